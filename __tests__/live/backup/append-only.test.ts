import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AppendOnlyServer, RestServer, S3Server } from "./append-only-servers";
import { BackupContainer, backupImage, Exit, ensureNetwork, PASSWORDS } from "./backup-container";

jest.setTimeout(900_000);

const RUBBISH = "rubbish";

/** Adds a backup that is from the future for restic only: with it, everything else is old. */
function add(place: string): string {
  return `repository ${place} backup --quiet --host "$NAME" --tag "run-${RUBBISH},engine-files,manifest,time-$(date +%s)" \
    --time '2099-01-01 00:00:00' --stdin --stdin-filename manifest.json <<<'{"databases":{}}' >/dev/null`;
}

/** What somebody does who has all that the backup container has, restic included; nothing of it may end well. */
const ATTACK = `
for attack in \
  "forget --unsafe-allow-remove-all --keep-last 1 --tag part" \
  "forget --unsafe-allow-remove-all --host $NAME --tag manifest" \
  "key passwd --new-password-file $SECRETS/database-password"; do
  if repository offsite $attack >/dev/null; then echo "allowed: $attack"; else echo "refused: $attack"; fi
done
${add("offsite")} && echo added`;

describe.each<[string, string, AppendOnlyServer]>([
  ["a REST server", "t-append-rest", new RestServer()],
  ["an S3 server that keeps versions", "t-append-s3", new S3Server()],
])("an append-only repository on %s", (_, name, server) => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-append-"));
  /** What was backed up, by its run. */
  const data = new Map<string, string>();
  let backup: BackupContainer;
  let elsewhere: BackupContainer;
  let before: string;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    await ensureNetwork();
    await server.start();
    const image = await backupImage("debian:13-slim");
    const settings = { NAME: name, ENGINE: "files", FILES: "/data", KEEP: "last=1", REACH_SECONDS: "20" };
    const offsite = { OFFSITE_REPOSITORY: `${server.address}/${name}`, APPEND_ONLY: "offsite" };
    backup = await BackupContainer.create(name, image, { ...settings, ...offsite }, [`${folder}:/data:ro`]);
    for (const [file, value] of Object.entries(server.keys)) backup.secret(`offsite-${file}`, value);
    elsewhere = await BackupContainer.create(`${name}-elsewhere`, image, settings);
    elsewhere.secret("repository-password", PASSWORDS["offsite-password"]);
  });

  afterAll(async () => {
    await backup?.remove();
    await elsewhere?.remove();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test("is filled, checked and verified; nothing is pruned from here, and that is no failure", async () => {
    for (const content of ["one", "two", "three", "four"]) {
      writeFileSync(join(folder, "file"), content, { mode: 0o644 });
      await backup.ok("backup");
      const [newest] = (await backup.list()).slice(-1);
      data.set(newest?.run as string, content);
    }
    expect(await backup.list()).toHaveLength(3);
    expect((await backup.list("--offsite")).map(({ run }) => run)).toEqual([...data.keys()]);
    await backup.ok("check", "--offsite");
    await backup.ok("verify", "--offsite");
    expect(await backup.metrics()).toMatchObject({ last_exit_code: 0, offsite_last_exit_code: 0 });
    const forget = await backup.with({ APPEND_ONLY: "local offsite" }).verb("forget");
    expect(forget.stderr).toMatch(/is append-only: nothing is removed from here/);
    expect(forget.exitCode).toBe(Exit.REFUSED);
  });

  test("keeps every password: which says that it takes another machine to remove one", async () => {
    await backup.ok("bash", "-c", "printf 'another-password-of-theirs\\n' | keys --add");
    const { exitCode, stderr } = await backup.verb("keys", "--retire");
    expect(stderr).toMatch(/lets no password be removed from here.* from another machine, with a key that may remove/);
    expect(exitCode).toBe(Exit.REFUSED);
    before = new Date().toISOString();
  });

  test("an intruder who has all that the host has destroys nothing", async () => {
    const { stdout } = await backup.script(ATTACK);
    expect(stdout.match(/^refused: .*$/gm)).toHaveLength(3);
    expect(stdout).not.toMatch(/^allowed/m);
    expect(stdout).toMatch(/^added$/m);
    expect((await server.destroy(name)).length).toBeGreaterThanOrEqual(4);
  });

  test("afterwards, from elsewhere, every backup restores; and old ones are pruned from there", async () => {
    const { address, keys } = await server.rescue(name, before);
    for (const [file, value] of Object.entries(keys)) elsewhere.secret(file, value);
    const rescued = elsewhere.with({ REPOSITORY: address });
    const runs = (await rescued.list()).map(({ run }) => run);
    expect(runs.filter((run) => run !== RUBBISH)).toEqual([...data.keys()]);
    await rescued.ok("check", "--all");
    for (const [run, content] of data) {
      const restore = `mkdir /tmp/out && restore --snapshot ${run} --to-file /tmp/out >&2 && cat /tmp/out/data/file`;
      expect((await rescued.ok("bash", "-c", restore)).stdout).toBe(content);
    }
    await rescued.ok("keys", "--retire");
    expect(JSON.parse((await rescued.script("repository local key list --json")).stdout)).toHaveLength(1);

    await rescued.script(add("local"));
    expect((await rescued.ok("forget")).stderr).toMatch(/a backup from the future/);
    expect(await rescued.list()).toHaveLength(5);
    await rescued.script(`repository local forget --unsafe-allow-remove-all --tag run-${RUBBISH} >/dev/null`);
    await rescued.ok("forget");
    expect((await rescued.list()).map(({ run }) => run)).toEqual([...data.keys()].slice(1));
  });
});
