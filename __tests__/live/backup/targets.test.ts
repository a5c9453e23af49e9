import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";

jest.setTimeout(300_000);

describe("a restore of files", () => {
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    const settings = { ENGINE: "files", FILES: "/state/data" };
    backup = await BackupContainer.create("t-targets", await backupImage("debian:13-slim"), settings);
    await backup.makeRepository();
    await backup.ok("bash", "-c", "mkdir -p /state/data/images && echo kept >/state/data/images/one");
    await backup.ok("backup");
  });

  afterAll(() => backup?.remove());

  test.each(["images", "/state/nowhere/images", "/tmp/images", "/state/data"])(
    "goes neither among the files nor where it would be lost: %s",
    async (target) => {
      const refused = await backup.verb("restore", "--to-database", target);
      expect([refused.exitCode, refused.stderr]).toEqual([Exit.REFUSED, expect.stringContaining(target)]);
      expect((await backup.ok("find", "/state/data", "-type", "f")).stdout).toBe("/state/data/images/one\n");
    },
  );

  test("brings back names in any bytes, and can prove it", async () => {
    const names = [
      String.raw`caf\xe9`,
      String.raw`\xe9\x80x`,
      String.raw`\xed\xa0\x80`,
      String.raw`\xef\xbf\xbd`,
      "été",
      String.raw`a\nb`,
      String.raw`tab\t"\\`,
    ];
    const made = names.map((name) => `echo kept >"$(printf '${name}')"`).join("; ");
    await backup.ok("bash", "-ec", `mkdir /state/data/odd; cd /state/data/odd; ${made}`);
    await backup.ok("backup");
    await backup.ok("verify");
    await backup.ok("restore", "--to-database", "/state/back");
    const listed = (folder: string) => backup.ok("bash", "-c", `cd ${folder} && find . -type f | sort | base64`);
    expect(await listed("/state/back/state/data")).toEqual(await listed("/state/data"));
    await backup.ok("rm", "-r", "/state/back", "/state/data/odd");
  });

  test("leaves nothing out, and gets over folders that nobody may write to", async () => {
    await backup.ok(
      ...["bash", "-ec"],
      `cd /state/data
       echo 'Signature: 8a477f597d28d172789f06886806bc55' >CACHEDIR.TAG
       mkdir -p sub/.before-noon .restored-art locked
       echo kept | tee sub/.before-noon/file .restored-art/file locked/file >/dev/null
       chmod 555 locked`,
    );
    const listed = () => backup.ok("bash", "-c", "cd /state/data && find . -printf '%p %M\n' | sort");
    const before = await listed();
    await backup.ok("backup");
    await backup.ok("verify");
    await backup.ok("backup");
    await backup.ok("restore", "--prepare");
    await backup.ok("restore", "--swap");
    // Of the restored data only: those from before come back, by every way that there is.
    await backup.ok("touch", "/state/data/since");
    for (let exchange = 0; exchange < 3; exchange++) await backup.ok("restore", "--swap-back");
    await backup.ok("restore", "--drop-old");
    expect(await listed()).toEqual(before);
    await backup.ok("bash", "-c", "cd /state/data && chmod 755 locked && rm -r CACHEDIR.TAG sub .restored-art locked");
  });

  test("half exchanged is no backup", async () => {
    await backup.ok("bash", "-c", `mkdir -p /state/restore && echo '{ "step": "swapping" }' >/state/restore/data.json`);
    const before = await backup.list();
    expect((await backup.verb("backup")).exitCode).toBe(Exit.REFUSED);
    expect(await backup.list()).toEqual(before);
    expect(await backup.metrics()).toMatchObject({ last_exit_code: Exit.REFUSED });
  });

  test("old ones that can't be removed do not keep a backup from its copy elsewhere", async () => {
    await backup.ok("rm", "/state/restore/data.json");
    const copying = backup.with({ OFFSITE_REPOSITORY: "/state/offsite", KEEP: "last=1" });
    for (let i = 0; i < 4; i++) await copying.ok("backup");

    const folder = mkdtempSync(join(tmpdir(), "portolan-restic-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "restic"), FULL_DISK, { mode: 0o755 });
    const full = await copying.mounting(`${folder}/restic:/usr/local/sbin/restic:ro`).verb("backup");
    rmSync(folder, { recursive: true });
    expect(full.exitCode).toBe(22);
    expect((await copying.list("--offsite")).at(-1)).toEqual((await copying.list()).at(-1));
    expect(await copying.metrics()).toMatchObject({ last_exit_code: 22, offsite_last_exit_code: 0 });
  });
});

/** Stands before restic in the search path: the local disk has no room to let anything go. */
const FULL_DISK = `#!/bin/bash
if [[ $RESTIC_REPOSITORY == /repository && " $* " == *" forget "* && " $* " != *" --dry-run "* ]]; then
  echo 'no space left on device' >&2
  exit 1
fi
PATH=\${PATH//\\/usr\\/local\\/sbin:/} exec restic "$@"
`;
