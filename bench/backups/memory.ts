import type { BackupContainer } from "../../__tests__/live/backup/backup-container";

/** Of cgroups v1 and v2: what the container's processes have, without the page cache, which gives way. */
const SCRIPT = `
while :; do
  grep -hE '^(total_rss|anon) ' /sys/fs/cgroup/memory/memory.stat /sys/fs/cgroup/memory.stat 2>/dev/null
  sleep 0.1
done >/tmp/memory &
"$@" >/dev/null || exit
kill $!
sort -n -k 2 /tmp/memory | tail -n 1`;

/** Runs a verb, and returns the most memory it had at once, in bytes. */
export async function peakMemory(backup: BackupContainer, ...verb: string[]): Promise<number> {
  const { stdout } = await backup.ok("bash", "-c", SCRIPT, "memory", ...verb);
  return Number(stdout.split(" ")[1]);
}
