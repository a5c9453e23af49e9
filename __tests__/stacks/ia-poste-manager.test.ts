import { synthesisedSystem } from "../systems";
import { namesOf } from "./names";

test("keeps its addresses and names, which are a contract: another name is another container, and an empty volume", () => {
  expect(namesOf(synthesisedSystem("ia-poste-manager", "local"))).toMatchInlineSnapshot(`
    "docker_container.app_config-backup_0965A083 = ia-poste-manager-local-app-config-backup-…
    docker_container.app_db-backup_97F702F4 = ia-poste-manager-local-app-db-backup-…
    docker_container.app_owner_8DB65847 = ia-poste-manager-local-app-owner-…
    docker_container.app_release_1C01BE02 = ia-poste-manager-local-app-release-…
    docker_container.app_service_1_1ED3B91E = ia-poste-manager-local-app-…
    docker_container.config_backup_secrets_write_F95EB791 = ia-poste-manager-local-config-backup-secrets-write-…
    docker_container.config_backup_service_1_9B0E36D3 = ia-poste-manager-local-config-backup
    docker_container.db_backup_secrets_write_1994EFDD = ia-poste-manager-local-db-backup-secrets-write-…
    docker_container.db_backup_service_1_F6DB4B1D = ia-poste-manager-local-db-backup
    docker_container.proxy_config_release_4CF4C365 = ia-poste-manager-local-proxy-config-release-…
    docker_container.proxy_metrics_owner_C5EDDC99 = ia-poste-manager-local-proxy-metrics-owner-…
    docker_container.proxy_owner_26B0A6D2 = ia-poste-manager-local-proxy-owner-…
    docker_container.proxy_server_1_DEA9C86D = ia-poste-manager-local-proxy
    docker_network.application = ia-poste-manager-local-network-app
    docker_network.network_39EEAA36 = ia-poste-manager-local-network
    docker_volume.config_backup_secrets_volume_91D62F04 = ia-poste-manager-local-config-backup-secrets-volume
    docker_volume.config_backup_state_18C2B4C3 = ia-poste-manager-local-config-backup-state
    docker_volume.db_backup_secrets_volume_DA4DD8FA = ia-poste-manager-local-db-backup-secrets-volume
    docker_volume.db_backup_state_4C85524D = ia-poste-manager-local-db-backup-state
    docker_volume.disposable = none
    docker_volume.metrics_11C9AF8C = ia-poste-manager-local-metrics
    docker_volume.protected = ia-poste-manager-local-config-backup-repository, ia-poste-manager-local-config-data, ia-poste-manager-local-db-backup-repository, ia-poste-manager-local-db-data
    docker_volume.proxy_certificates_48247B9A = ia-poste-manager-local-proxy-certificates
    docker_volume.proxy_config_volume_FCAE77E9 = ia-poste-manager-local-proxy-config-volume
    docker_volume.proxy_passwords_volume_18D09CBE = ia-poste-manager-local-proxy-passwords-volume"
  `);
});

test("keeps backups of emails and settings for seven days, four weeks and twelve months, and copies both offsite", () => {
  const stack = synthesisedSystem("ia-poste-manager", "production");
  const offsite =
    "OFFSITE_REPOSITORY=sftp://backup@storage.ia-poste-manager.example:22//backups/ia-poste-manager-production";
  const common = ["TZ=Europe/Paris", "SCHEDULE=0 3 * * *", "KEEP=daily=7 weekly=4 monthly=12"];
  expect(stack.container("db/backup").env).toEqual(
    expect.arrayContaining([...common, "SQLITE_FILES=/data/iaposte.db", `${offsite}-db`]),
  );
  expect(stack.container("config/backup").env).toEqual(
    expect.arrayContaining([...common, "FILES=/data", `${offsite}-config`]),
  );
});

test("mounts database and settings where the application writes them, and protects both", () => {
  const stack = synthesisedSystem("ia-poste-manager", "local");
  const volume = (id: string) => `\${docker_volume.protected["ia-poste-manager-local-${id}-data"].name}`;
  expect(stack.container("app").mounts).toEqual([
    expect.objectContaining({ source: volume("db"), target: "/app/data" }),
    expect.objectContaining({
      source: volume("config"),
      target: "/app/config",
    }),
  ]);
});

test.each(["local", "production"])("backs everything up before a release in %s", (environment) => {
  const stack = synthesisedSystem("ia-poste-manager", environment);
  expect(stack.container("app/release").depends_on).toEqual(
    expect.arrayContaining([stack.addressOf("app/db-backup"), stack.addressOf("app/config-backup")]),
  );
});
