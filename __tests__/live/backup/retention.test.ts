import { run } from "../../../scripts/run";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";

jest.setTimeout(1_800_000);

const DAYS = 400;
const DAY = 86_400;
/** Kept whatever the policy says. */
const NEWEST = 3;

/** 400 backups, one a day at 03:00 UTC, the last one today; each is a manifest and no more, which is what retention reads. */
const SIMULATE = `
make_run() {
  time=$(($(date -d "$1 days ago 03:00" +%s)))
  repository local backup --quiet --host "$NAME" --tag "run-day$1,engine-files,manifest,part,part-files,time-$time" \
    --time "$(date -d "@$time" '+%F %T')" --stdin --stdin-filename manifest.json <<<'{"databases":{}}' >/dev/null
}
for day in $(seq ${DAYS - 2} -2 0); do
  make_run "$((day + 1))" &
  make_run "$day"
  wait $!
done
now=$(date +%s)
RUN_ID=day250 && store verified.json "verified,time-$now" "$now" echo '{}' >/dev/null`;

describe(`retention of ${DAYS} daily backups`, () => {
  let backup: BackupContainer;
  let all: Map<string, Date>;

  beforeAll(async () => {
    await ensureNetwork();
    const image = await backupImage("debian:13-slim");
    const settings = { ENGINE: "files", FILES: "/etc/hostname" };
    backup = await BackupContainer.create("t-retention", image, settings);
    await backup.makeRepository();
    await backup.script(SIMULATE);
    all = new Map((await backup.list()).map(({ run, time }) => [run, new Date(time * 1000)]));
    expect(all.size).toBe(DAYS);
  });

  afterAll(() => backup?.remove());

  test("within 30 days: those, and the one a restore was last proved with", async () => {
    const newest = Math.max(...[...all.values()].map(Number));
    const wanted = [...all].filter(([, time]) => newest - Number(time) < 30 * DAY * 1000).map(([name]) => name);
    expect(await keptBy("within 30d")).toEqual([...wanted, "day250"].sort());
  });

  test("grandfather, father, son: 7 daily, 4 weekly, 12 monthly, and the proved one", async () => {
    const wanted = new Set([
      ...newestOf(7, (time) => time.toISOString().slice(0, 10)),
      ...newestOf(4, isoWeek),
      ...newestOf(12, (time) => time.toISOString().slice(0, 7)),
    ]);
    expect(await keptBy("daily=7 weekly=4 monthly=12")).toEqual([...wanted, "day250"].sort());
  });

  test("a policy of one still keeps the three newest", async () => {
    const newest = ["day0", "day1", "day2", "day250"];
    expect(await keptBy("daily=1")).toEqual(newest);
    expect(await keptBy("last=1")).toEqual(newest);
  });

  test.each(["daily=0", "within 0d", "daily=0 weekly=0", "forever", ""])("KEEP=%p is refused", async (KEEP) => {
    const finished = await backup.with({ KEEP: KEEP || " " }).verb("backup");
    expect(finished.stderr).toMatch(/KEEP/);
    expect(finished.exitCode).toBe(Exit.BAD_CONFIGURATION);
  });

  test("backups of containers with ever other names are those of one", async () => {
    const settings = { ENGINE: "files", FILES: "/etc/hostname", KEEP: "last=3" };
    const other = await BackupContainer.create("t-retention-names", await backupImage("debian:13-slim"), settings);
    await other.makeRepository();
    const names = new Set<string>();
    for (const _ of [1, 2, 3, 4, 5]) names.add((await other.ok("bash", "-c", "backup && hostname")).stdout);
    expect(names.size).toBe(5);
    expect(await other.list()).toHaveLength(3);
    await other.remove();
  });

  test("a backup from the future is set aside and told of, and the policy goes on as if it were not there", async () => {
    const copy = await copied("future");
    const time = Math.floor(Date.now() / 1000) + 300 * DAY;
    await copy.script(`RUN_ID=future && store manifest.json "manifest,time-${time}" ${time} echo '{}' >/dev/null
      remember last_success ${time}`);
    const { stderr } = await copy.with({ KEEP: "daily=5" }).ok("forget");
    expect(stderr).toMatch(/the backup future is from the future/);
    expect((await copy.list()).map(({ run, future }) => [run, future])).toEqual([
      ...["day250", "day4", "day3", "day2", "day1", "day0"].map((run) => [run, false]),
      ["future", true],
    ]);
    expect(await copy.metrics()).toMatchObject({ future_snapshots: 1, last_success_timestamp_seconds: 0 });
    // Its own manifest is empty.
    expect((await copy.ok("show")).stdout).toContain('"databases"');
    await copy.remove();
  });

  test("nothing goes after a backup that failed", async () => {
    const copy = await copied("failed");
    const broken = copy.with({ FILES: "/does/not/exist", KEEP: "daily=1" });
    expect((await broken.verb("backup")).exitCode).toBe(Exit.DUMP_FAILED);
    expect(await copy.list()).toHaveLength(DAYS);
    expect((await broken.verb("forget")).exitCode).toBe(Exit.REFUSED);
    expect(await copy.list()).toHaveLength(DAYS);
    await copy.remove();
  });

  /** Names of the backups that are left once a policy was applied to all of them. */
  async function keptBy(policy: string): Promise<string[]> {
    const copy = await copied("policy");
    await copy.with({ KEEP: policy }).ok("forget");
    const kept = (await copy.list()).map(({ run }) => run).sort();
    expect(await copy.metrics()).toMatchObject({ snapshots: kept.length });
    await copy.remove();
    return kept;
  }

  async function copied(purpose: string): Promise<BackupContainer> {
    const copy = await BackupContainer.create(`t-retention-${purpose}`, await backupImage("debian:13-slim"), {
      ENGINE: "files",
      FILES: "/etc/hostname",
      NAME: backup.name,
    });
    const volumes = ["-v", `${backup.volumes.repository}:/from:ro`, "-v", `${copy.volumes.repository}:/to`];
    await run("docker", [
      "run",
      "--rm",
      "-u",
      "0",
      ...volumes,
      await backupImage("debian:13-slim"),
      "cp",
      "-a",
      "/from/.",
      "/to/",
    ]);
    return copy;
  }

  /** The newest backup of each of the newest periods. */
  function newestOf(periods: number, period: (time: Date) => string): string[] {
    const newest = new Map<string, string>();
    for (const [name, time] of [...all].sort(([, a], [, b]) => Number(b) - Number(a))) {
      if (!newest.has(period(time))) newest.set(period(time), name);
    }
    expect(periods).toBeGreaterThanOrEqual(NEWEST);
    return [...newest.values()].slice(0, periods);
  }
});

/** Monday of the week, which stands for its ISO number. */
function isoWeek(time: Date): string {
  const monday = new Date(time);
  monday.setUTCDate(time.getUTCDate() - ((time.getUTCDay() + 6) % 7));
  return monday.toISOString().slice(0, 10);
}
