import type { BackupDescription } from "../../../scripts/backups/description";
import { failures } from "../../../scripts/backups/list";
import { attempt, run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { BackupContainer, Exit, ensureNetwork, type Run } from "./backup-container";
import { FakeClock, fakeClockImage } from "./fake-clock";

jest.setTimeout(600_000);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** From the first backup of a round, of something else, to this one. */
const SINCE_ITS_ROUND = HOUR / 4;
const DISK = "portolan-t-backup-t-night-disk";
/** The whole host has one disk. */
const ONE_DISK = { STATE: "/disk/state", METRICS: "/disk/metrics", REPOSITORY: "/disk/repository" };
interface Failure {
  readonly verb: string;
  readonly exitCode: number;
  readonly why: string;
}

/** One night, hour by hour: whatever has happened, there is a good backup within the hour, and in the morning it is told. */
describe("a night of trouble", () => {
  const clock = new FakeClock();
  /** Midnight of it, in UTC. */
  const midnight = Math.ceil(Date.now() / DAY) * DAY;
  const at = (hours: number, seconds = 0) => midnight + hours * HOUR + seconds * 1000;
  let backup: BackupContainer;
  let running: string;
  let keeper: string;

  beforeAll(async () => {
    await ensureNetwork();
    backup = await BackupContainer.create("t-night", await fakeClockImage("debian:13-slim"), {
      ...{ ENGINE: "files", FILES: "/usr/share/zoneinfo", SCHEDULE: "0 3-6 * * *", ROUNDS: "45 2-5 * * *" },
      ...{ VERIFY_SCHEDULE: "0 0 1 1 *", CHECK_SCHEDULE: "0 0 1 1 *", ...ONE_DISK },
    });
    await attempt("docker", ["volume", "rm", DISK]);
    const options = ["type=tmpfs", "device=tmpfs", "o=size=200m,mode=777"].flatMap((option) => ["--opt", option]);
    await run("docker", ["volume", "create", ...options, DISK]);
    backup = backup.mounting(`${DISK}:/disk`, clock.mount);
    // Something has to keep the memory there while the backup's container is down.
    keeper = await backup.start(
      "keeper",
      "bash",
      "-c",
      "mkdir -p /disk/{state,metrics,repository}; exec sleep infinity",
    );
    clock.set(at(2));
    running = await backup.start("running", "run");
    await inside("backup");
  });

  afterAll(async () => {
    await backup?.remove();
    await attempt("docker", ["volume", "rm", DISK]);
    clock.remove();
  });

  test("03:00, the host is off: the night is made up for when it is back", async () => {
    await run("docker", ["stop", running]);
    clock.set(at(3, 1200));
    await run("docker", ["start", running]);
    await goodBackup(at(3));
    await told("backup", Exit.MISSED, /the host, or this container, was down/);
  });

  test("04:00, the disk is full: that is written down all the same, and tried again when there is room", async () => {
    await run("docker", ["exec", keeper, "bash", "-c", "head -c 1G /dev/zero >/disk/full || true"]);
    clock.set(at(4));
    await told("backup", Exit.DISK_FULL, /full|no room/);
    await eventually(async () => expect(await metrics()).toMatchObject({ last_exit_code: Exit.DISK_FULL }));
    expect((await inside("find", "/disk/state/values", "/disk/metrics", "-type", "f", "-empty")).stdout).toBe("");

    await inside("rm", "/disk/full");
    await ended();
    clock.set(at(4, 1860));
    await goodBackup(at(4));
  });

  test("05:00, the clock jumps a day ahead and back: its backup is no newest one, and today's is made", async () => {
    clock.set(at(5) + DAY);
    await goodBackup(at(5) + DAY);
    clock.set(at(5, 600));
    await told("clock", Exit.CLOCK_JUMPED, /by -8[56]\d\d\d seconds/);
    await goodBackup(at(5));
    const [future, ...more] = (await list()).filter((made) => made.future);
    expect(more).toEqual([]);
    await told("clock", Exit.CLOCK_JUMPED, new RegExp(`${future?.run} is from the future`));
    // What comes back when nothing else is said, and what is kept.
    expect((await inside("show", "--at", "@9999999999")).stdout).not.toContain(future?.run);
    expect(await metrics()).toMatchObject({ future_snapshots: 1, last_exit_code: 0 });
  });

  test("06:00, it is killed for want of memory: failed, and made good", async () => {
    // As the kernel does it, in the middle of the work, to whoever has the most; the disk is memory here, too.
    const kill = "until grep -qx 137 /disk/state/values/last_exit_code && pkill -KILL -x backup; do sleep 0.05; done";
    const killed = inside("bash", "-c", kill);
    clock.set(at(6));
    await killed;
    await told("backup", Exit.KILLED, /memory/);
    await eventually(async () => expect(await metrics()).toMatchObject({ last_exit_code: Exit.KILLED }));
    await ended();
    clock.set(at(6, 1860));
    await goodBackup(at(6));
  });

  test("in the morning, metrics and the list tell each of these", async () => {
    clock.set(at(8));
    const all: (Failure & { time: number })[] = JSON.parse((await inside("failures")).stdout);
    const text = failures(all, { timeZone: "UTC" } as BackupDescription);
    const found = await prometheus();
    for (const [verb, code] of [
      ["backup", Exit.MISSED],
      ["backup", Exit.DISK_FULL],
      ["clock", Exit.CLOCK_JUMPED],
      ["backup", Exit.KILLED],
    ] as const) {
      expect(text).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\d [\\d:]{8} +${verb} +${code} +\\S.*$`, "m"));
      expect(found).toContain(
        `failure_timestamp_seconds{name="t-night",engine="files",verb="${verb}",exit_code="${code}"}`,
      );
    }
    expect(await metrics()).toMatchObject({ last_exit_code: 0, future_snapshots: 1 });
    const [newest] = (await list()).filter(({ future }) => !future).slice(-1);
    expect((newest?.time ?? 0) * 1000).toBeGreaterThan(at(6));
    await inside("verify");
  });

  function inside(...command: string[]) {
    return run("docker", ["exec", running, ...command]);
  }

  async function list(): Promise<Run[]> {
    return JSON.parse((await inside("list")).stdout);
  }

  /** Until nothing is at work any more: a try is made good half an hour after its very end. */
  function ended(): Promise<void> {
    return eventually(async () => {
      await inside("pgrep", "--full", "--exact", "sleep 15");
    });
  }

  /** Until there is one of that round, whose data are not older. */
  function goodBackup(due: number): Promise<void> {
    return eventually(async () => {
      const made = (await list()).filter(({ time }) => time * 1000 >= due && time * 1000 < due + HOUR);
      expect(made.map(({ round }) => round)).toEqual([String((due - SINCE_ITS_ROUND) / 1000)]);
      expect(await metrics()).toMatchObject({ last_exit_code: 0 });
    }, 120);
  }

  function told(verb: string, exitCode: number, why: RegExp): Promise<void> {
    return eventually(async () => {
      const all: Failure[] = JSON.parse((await inside("failures")).stdout);
      expect(all).toContainEqual(expect.objectContaining({ verb, exitCode, why: expect.stringMatching(why) }));
    }, 120);
  }

  async function prometheus(): Promise<string> {
    return (await inside("cat", "/disk/metrics/t-night.prom")).stdout;
  }

  async function metrics(): Promise<Record<string, number>> {
    const lines = [...(await prometheus()).matchAll(/^portolan_backup_(\w+)\{name="[^"]*",engine="[^"]*"\} (\S+)$/gm)];
    return Object.fromEntries(lines.map(([, metric, value]) => [metric, Number(value)]));
  }
});
