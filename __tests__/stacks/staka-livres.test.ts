import { labelOf } from "../synthesised";
import { synthesisedSystem } from "../systems";
import { namesOf } from "./names";
import { privateNetworkOf } from "./reach";

test("keeps its addresses and names, which are a contract: another name is another container, and an empty volume", () => {
  expect(namesOf(synthesisedSystem("staka-livres", "local"))).toMatchInlineSnapshot(`
    "docker_container.backend_owner_BC0DBD6A = staka-livres-local-backend-owner-…
    docker_container.backend_release_FBABBCD4 = staka-livres-local-backend-release-…
    docker_container.backend_service_1_5ED9E421 = staka-livres-local-backend-…
    docker_container.db_backup_proof_service_1_9CEAE58B = staka-livres-local-db-backup-proof
    docker_container.db_backup_secrets_write_1994EFDD = staka-livres-local-db-backup-secrets-write-…
    docker_container.db_backup_service_1_F6DB4B1D = staka-livres-local-db-backup
    docker_container.db_ready_4CAB80A2 = staka-livres-local-db-ready-…
    docker_container.db_secrets_write_1E9A16EC = staka-livres-local-db-secrets-write-…
    docker_container.db_server_1_266C1534 = staka-livres-local-db
    docker_container.frontend_config_release_380DA00B = staka-livres-local-frontend-config-release-…
    docker_container.frontend_service_1_135240B6 = staka-livres-local-frontend-…
    docker_container.proxy_config_release_4CF4C365 = staka-livres-local-proxy-config-release-…
    docker_container.proxy_metrics_owner_C5EDDC99 = staka-livres-local-proxy-metrics-owner-…
    docker_container.proxy_owner_26B0A6D2 = staka-livres-local-proxy-owner-…
    docker_container.proxy_server_1_DEA9C86D = staka-livres-local-proxy
    docker_container.uploads_backup_secrets_write_78B15701 = staka-livres-local-uploads-backup-secrets-write-…
    docker_container.uploads_backup_service_1_477A2F18 = staka-livres-local-uploads-backup
    docker_network.application = staka-livres-local-network-backend, staka-livres-local-network-frontend
    docker_network.db_network_171DF3EB = staka-livres-local-db-network
    docker_network.network_39EEAA36 = staka-livres-local-network
    docker_volume.db_backup_proof_scratch_13EC209A = staka-livres-local-db-backup-proof-scratch
    docker_volume.db_backup_proof_socket_C75AD007 = staka-livres-local-db-backup-proof-socket
    docker_volume.db_backup_secrets_volume_DA4DD8FA = staka-livres-local-db-backup-secrets-volume
    docker_volume.db_backup_state_4C85524D = staka-livres-local-db-backup-state
    docker_volume.db_secrets_volume_3D1DBF76 = staka-livres-local-db-secrets-volume
    docker_volume.disposable = none
    docker_volume.frontend_config_volume_0E349054 = staka-livres-local-frontend-config-volume
    docker_volume.metrics_11C9AF8C = staka-livres-local-metrics
    docker_volume.protected = staka-livres-local-db-backup-repository, staka-livres-local-db-data, staka-livres-local-uploads-backup-repository, staka-livres-local-uploads-data
    docker_volume.proxy_certificates_48247B9A = staka-livres-local-proxy-certificates
    docker_volume.proxy_config_volume_FCAE77E9 = staka-livres-local-proxy-config-volume
    docker_volume.proxy_passwords_volume_18D09CBE = staka-livres-local-proxy-passwords-volume
    docker_volume.uploads_backup_secrets_volume_08103ED6 = staka-livres-local-uploads-backup-secrets-volume
    docker_volume.uploads_backup_state_04141986 = staka-livres-local-uploads-backup-state"
  `);
});

test("lets the database reach nothing outside, and be reached by the backend and its backup alone", () => {
  const stack = synthesisedSystem("staka-livres", "local");
  const { network, members } = privateNetworkOf(stack, "db");
  expect(network).toMatchObject({ internal: true });
  expect(members).toEqual(["local/backend", "local/backend/release", "local/db", "local/db/backup", "local/db/ready"]);
});

test("fits the machine it runs on, with 2 cores and 4 GB, also while a release takes the place of another", () => {
  const containers = Object.values(synthesisedSystem("staka-livres", "production").allContainers);
  const memory = (some: typeof containers) => some.reduce((sum, container) => sum + Number(container.memory), 0);
  const services = containers.filter(({ restart }) => restart === "unless-stopped");
  const replaced = services.filter(({ lifecycle }) => lifecycle.create_before_destroy);
  const backups = containers.filter(({ name }) => /-backend-\w+-backup-/.test(name));
  expect([services.length, replaced.length, backups.length]).toEqual([8, 2, 2]);
  // Without what Ubuntu takes, and Docker itself. The backups before a release are made before its containers come.
  expect(memory(services) + Math.max(memory(replaced), memory(backups))).toBeLessThan(4096 - 512);
  expect(Math.max(...containers.map(({ cpus }) => Number(cpus)))).toBeLessThanOrEqual(2);
});

test("backs the orders and the manuscripts up each night, for thirty days, and copies both offsite", () => {
  const stack = synthesisedSystem("staka-livres", "production");
  const offsite = "OFFSITE_REPOSITORY=s3:https://s3.gra.io.cloud.ovh.net/staka-livres-backups/staka-livres-production";
  const common = ["TZ=Europe/Paris", "ROUNDS=0 3 * * *", "KEEP=within 30d", "REPOSITORY=/repository"];
  expect(stack.container("db/backup").env).toEqual(
    expect.arrayContaining([...common, "SCHEDULE=0 3 * * *", "DATABASES=stakalivres", `${offsite}-db`]),
  );
  expect(stack.container("uploads/backup").env).toEqual(
    expect.arrayContaining([...common, "SCHEDULE=30 3 * * *", "FILES=/data", `${offsite}-uploads`]),
  );
});

test("mounts the uploads where the backend writes them, and protects them like the database", () => {
  const stack = synthesisedSystem("staka-livres", "local");
  const volume = {
    source: '${docker_volume.protected["staka-livres-local-uploads-data"].name}',
  };
  expect(stack.container("backend").mounts).toEqual([expect.objectContaining({ ...volume, target: "/app/uploads" })]);
  expect(stack.container("uploads/backup").mounts).toContainEqual(
    expect.objectContaining({ ...volume, target: "/data", read_only: true }),
  );
});

test("migrates with a backup before it in production, and after the database answers", () => {
  const stack = synthesisedSystem("staka-livres", "production");
  expect(stack.container("backend/release").command).toEqual(["node", "migrate.js"]);
  expect(stack.container("backend/release").depends_on).toEqual(
    expect.arrayContaining(
      ["db/ready", "backend/db-backup", "backend/uploads-backup"].map((path) => stack.addressOf(path)),
    ),
  );
  expect(synthesisedSystem("staka-livres", "local").containers("backend/db-backup")).toEqual([]);
});

test("fits a host of two cores and 4 GB in production, also while a release takes the place of another", () => {
  const containers = Object.values(synthesisedSystem("staka-livres", "production").allContainers);
  const services = containers.filter(({ must_run }) => must_run !== false);
  const backend = services.filter((container) => labelOf(container, "construct") === "production/backend");
  const memory = [...services, ...backend].reduce((sum, container) => sum + Number(container.memory), 0);
  expect(memory).toBeLessThan(3800);
  for (const { cpus } of containers) expect(Number(cpus)).toBeLessThanOrEqual(2);
});
