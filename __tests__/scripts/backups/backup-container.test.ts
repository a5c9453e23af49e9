import { restoreOptions } from "../../../scripts/backups/backup-container";
import type { BackupDescription } from "../../../scripts/backups/description";
import { POLICY } from "./policy";

const BACKUP = {
  ...{ container: "shop-local-db-backup", name: "shop-local-db", repository: "/repository", ...POLICY },
  dataVolume: "shop-local-db-data",
};
const INSPECTION = {
  Id: "a1b2",
  Image: "sha256:abc",
  State: { Status: "running", Running: true, ExitCode: 0 },
  Config: { Env: ["NAME=shop-local-db", "KEEP=daily=7 weekly=4"], User: "999:999" },
  HostConfig: { Memory: 419_430_400, CpuShares: 128 },
  Mounts: [
    { Name: "shop-local-db-backup-state", Destination: "/state", RW: true },
    { Name: "shop-local-db-backup-secrets-volume", Destination: "/run/secrets", RW: false },
  ],
};

function mountsOf(options: readonly string[]): string[] {
  return options.filter((_, index) => options[index - 1] === "--volume");
}

test("a restore has what the backup has, and the administrator's password", () => {
  const backup: BackupDescription = {
    ...BACKUP,
    engine: "postgres",
    databases: ["shop"],
    adminSecrets: "shop-local-db-secrets-volume",
  };
  const options = restoreOptions(backup, INSPECTION);
  expect(mountsOf(options)).toEqual([
    "shop-local-db-backup-state:/state",
    "shop-local-db-backup-secrets-volume:/run/secrets:ro",
    "shop-local-db-secrets-volume:/run/admin:ro",
  ]);
  expect(options.join(" ")).toContain("--env NAME=shop-local-db --env KEEP=daily=7 weekly=4");
  expect(options.join(" ")).toContain("--network container:shop-local-db-backup");
  expect(options.join(" ")).toContain("--user 999:999 --memory 419430400 --memory-swap 419430400 --cpu-shares 128");
  for (const option of ["--read-only", "--cap-drop ALL", "--security-opt no-new-privileges"]) {
    expect(options.join(" ")).toContain(option);
  }
});

test("where there is no server, it may write the data that the backup only reads", () => {
  const backup: BackupDescription = { ...BACKUP, engine: "sqlite", databases: ["/data/shop.db"] };
  const data = { Name: "shop-local-db-data", Destination: "/data", RW: false };
  const options = restoreOptions(backup, { ...INSPECTION, Mounts: [...INSPECTION.Mounts, data] });
  expect(mountsOf(options)).toEqual([
    "shop-local-db-backup-state:/state",
    "shop-local-db-backup-secrets-volume:/run/secrets:ro",
    "shop-local-db-data:/data",
  ]);
});
