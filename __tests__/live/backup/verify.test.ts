import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { Mysql, Postgres, type Server } from "./servers";

jest.setTimeout(600_000);

beforeAll(ensureNetwork);

const servers: readonly Server[] = [
  new Postgres("portolan-t-backup-verify-postgres"),
  new Mysql("portolan-t-backup-verify-mysql", "mysql:8.4", "mysql"),
];

/** Makes a backup whose dump is that of run $DUMP, changed by a filter, and whose manifest is that of run $MANIFEST. */
const FORGE = `
forge() {
  STARTED=$(date +%s) WHICH=local RUN_ID=$(new_run)
  export RUN_ID
  SNAPSHOT=$MANIFEST && RUN=$(choose_run local) && read_manifest >"$WORK/manifest.json"
  SNAPSHOT=$DUMP && RUN=$(choose_run local)
  mkdir -p "$SCRATCH"
  for part in $(jq -r '.parts[].part' <<<"$RUN"); do
    read_part "$part" >"$SCRATCH/$part"
    [[ $part == roles.json ]] || "$@" <"$SCRATCH/$part" >"$SCRATCH/forged"
    [[ $part == roles.json ]] && mv "$SCRATCH/$part" "$SCRATCH/forged"
    store "$part" "part,part-$part" "$STARTED" cat "$SCRATCH/forged" >/dev/null
  done
  store manifest.json "manifest,time-$STARTED" "$STARTED" cat "$WORK/manifest.json" >/dev/null
}`;

describe.each(servers.map((server) => [server.engine, server] as const))("verification of %s", (engine, server) => {
  let backup: BackupContainer;
  let good: string;

  beforeAll(async () => {
    const image = await backupImage(server.base);
    backup = await BackupContainer.create(`t-verify-${engine}`, image, server.environment);
    await backup.makeRepository();
    await server.start();
    good = await newBackup();
    await backup.ok("verify");
  });

  afterAll(async () => {
    await server.remove();
    await backup?.remove();
  });

  afterEach(async () => {
    expect(await backup.metrics()).toMatchObject({ verify_last_exit_code: Exit.VERIFICATION_FAILED });
    // What was proved before stays proved, and the scratch data is gone.
    expect((await backup.list()).find(({ run }) => run === good)?.verified).not.toBeNull();
    expect((await backup.ok("bash", "-c", "ls /state")).stdout).not.toContain("scratch");
  });

  test("catches a truncated dump", async () => {
    await backup.script(`${FORGE}\nDUMP=${good} MANIFEST=${good} forge head --bytes=-2000`);
    await failsWith(/cannot be restored|was restored, but cannot be read|is not what was dumped/);
  });

  test("catches a changed row", async () => {
    await server.query("UPDATE child SET id = 99 WHERE id = 1");
    await backup.script(`${FORGE}\nDUMP=${await newBackup()} MANIFEST=${good} forge cat`);
    await failsWith(/table (public\.)?child has \d+ rows as expected, but not the same ones/);
  });

  test("catches a dropped table", async () => {
    await server.query("DROP TABLE debit");
    await backup.script(`${FORGE}\nDUMP=${await newBackup()} MANIFEST=${good} forge cat`);
    await failsWith(/table (public\.)?debit is missing/);
    // Older backups may be the only good ones now.
    const before = await backup.list();
    expect(before.length).toBeGreaterThan(3);
    const refused = await backup.with({ KEEP: "last=1" }).verb("forget");
    expect(refused.stderr).toMatch(/the last verification or check failed/);
    expect(refused.exitCode).toBe(Exit.REFUSED);
    expect(await backup.list()).toEqual(before);
  });

  async function newBackup(): Promise<string> {
    await backup.ok("backup");
    return (await backup.list()).at(-1)?.run ?? "";
  }

  async function failsWith(message: RegExp): Promise<void> {
    const finished = await backup.verb("verify");
    expect(finished.stderr).toMatch(message);
    expect(finished.exitCode).toBe(Exit.VERIFICATION_FAILED);
  }
});
