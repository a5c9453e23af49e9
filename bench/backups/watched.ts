import type { BackupContainer } from "../../__tests__/live/backup/backup-container";

/** Of cgroups v1 and v2: what the container's processes have, without the page cache, which gives way. */
const SCRIPT = `
while :; do
  grep -hE '^(total_rss|anon) ' /sys/fs/cgroup/memory/memory.stat /sys/fs/cgroup/memory.stat 2>/dev/null
  sleep 0.1
done >/tmp/memory &
"$@" 2> >(while read -r line; do echo "$(date +%s.%N) $line"; done >&2) >/dev/null || exit
kill $!
sort -n -k 2 /tmp/memory | tail -n 1`;

export interface Watched {
  /** The most memory it had at once, in bytes. */
  readonly memory: number;
  /** What it said, each line after the second at which it said it. */
  readonly said: string;
}

/** Runs a verb and watches it. */
export async function watched(backup: BackupContainer, ...verb: string[]): Promise<Watched> {
  const { stdout, stderr } = await backup.ok("bash", "-c", SCRIPT, "watched", ...verb);
  return { memory: Number(stdout.split(" ")[1]), said: stderr };
}
