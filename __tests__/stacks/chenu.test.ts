import { synthesisedSystem } from "../systems";
import { namesOf } from "./names";
import { privateNetworkOf } from "./reach";

test("keeps its addresses and names, which are a contract: another name is another container, and an empty volume", () => {
  const stack = synthesisedSystem("chenu", "local");
  expect(namesOf(stack)).toMatchInlineSnapshot(`
    "docker_container.backend_release_FBABBCD4 = chenu-local-backend-release-…
    docker_container.backend_service_1_5ED9E421 = chenu-local-backend-…
    docker_container.cache_ready_D3B2FF65 = chenu-local-cache-ready-…
    docker_container.cache_secrets_write_A9000336 = chenu-local-cache-secrets-write-…
    docker_container.cache_server_1_FECD6A91 = chenu-local-cache
    docker_container.db_backup_proof_service_1_9CEAE58B = chenu-local-db-backup-proof
    docker_container.db_backup_secrets_write_1994EFDD = chenu-local-db-backup-secrets-write-…
    docker_container.db_backup_service_1_F6DB4B1D = chenu-local-db-backup
    docker_container.db_ready_4CAB80A2 = chenu-local-db-ready-…
    docker_container.db_secrets_write_1E9A16EC = chenu-local-db-secrets-write-…
    docker_container.db_server_1_266C1534 = chenu-local-db
    docker_container.frontend_config_release_380DA00B = chenu-local-frontend-config-release-…
    docker_container.frontend_service_1_135240B6 = chenu-local-frontend-…
    docker_container.proxy_config_release_4CF4C365 = chenu-local-proxy-config-release-…
    docker_container.proxy_metrics_owner_C5EDDC99 = chenu-local-proxy-metrics-owner-…
    docker_container.proxy_owner_26B0A6D2 = chenu-local-proxy-owner-…
    docker_container.proxy_server_1_DEA9C86D = chenu-local-proxy
    docker_network.application = chenu-local-network-backend, chenu-local-network-frontend
    docker_network.cache_network_EF8AF865 = chenu-local-cache-network
    docker_network.db_network_171DF3EB = chenu-local-db-network
    docker_network.network_39EEAA36 = chenu-local-network
    docker_volume.cache_secrets_volume_77B56263 = chenu-local-cache-secrets-volume
    docker_volume.db_backup_proof_scratch_13EC209A = chenu-local-db-backup-proof-scratch
    docker_volume.db_backup_proof_socket_C75AD007 = chenu-local-db-backup-proof-socket
    docker_volume.db_backup_secrets_volume_DA4DD8FA = chenu-local-db-backup-secrets-volume
    docker_volume.db_backup_state_4C85524D = chenu-local-db-backup-state
    docker_volume.db_secrets_volume_3D1DBF76 = chenu-local-db-secrets-volume
    docker_volume.disposable = none
    docker_volume.frontend_config_volume_0E349054 = chenu-local-frontend-config-volume
    docker_volume.metrics_11C9AF8C = chenu-local-metrics
    docker_volume.protected = chenu-local-cache-data, chenu-local-db-backup-repository, chenu-local-db-data
    docker_volume.proxy_certificates_48247B9A = chenu-local-proxy-certificates
    docker_volume.proxy_config_volume_FCAE77E9 = chenu-local-proxy-config-volume
    docker_volume.proxy_passwords_volume_18D09CBE = chenu-local-proxy-passwords-volume"
  `);
});

test("lets the database and the cache reach nothing outside, and be reached by the backend and the backup alone", () => {
  const stack = synthesisedSystem("chenu", "local");
  for (const server of ["db", "cache"]) {
    const { network, members } = privateNetworkOf(stack, server);
    expect(network).toMatchObject({ internal: true });
    expect(members).toEqual([
      "local/backend",
      "local/backend/release",
      `local/${server}`,
      ...(server === "db" ? ["local/db/backup"] : []),
      `local/${server}/ready`,
    ]);
  }
});

test("migrates before the backend starts, and after the database and the cache answer", () => {
  const stack = synthesisedSystem("chenu", "local");
  const [db, cache, release] = ["db/ready", "cache/ready", "backend/release"].map((path) => stack.addressOf(path));
  expect(stack.container("backend/release").depends_on).toEqual([db, cache]);
  expect(stack.container("backend").depends_on).toEqual([release, db, cache]);
});

test("migrates in the release's own image and environment, as the one who may change the schema", () => {
  const stack = synthesisedSystem("chenu", "local");
  const [release, backend] = [stack.container("backend/release"), stack.container("backend")];
  expect(release).toMatchObject({
    image: backend.image,
    env: backend.env?.map((line) => line.replace("chenu_rows:", "chenu:").replace("DB_ROWS_PASSWORD", "DB_PASSWORD")),
    user: backend.user,
  });
  expect(release.env).not.toEqual(backend.env);
  expect(release.command).toEqual(["python", "-m", "app.migrate"]);
});

test("is larger in production", () => {
  const staging = synthesisedSystem("chenu", "staging");
  const production = synthesisedSystem("chenu", "production");
  expect(staging.container("db")).toMatchObject({ memory: 512, cpus: "1.0" });
  expect(production.container("db")).toMatchObject({
    memory: 2048,
    cpus: "2.0",
  });
  expect(staging.containers("backend")).toHaveLength(1);
  expect(production.containers("backend")).toHaveLength(2);
});

test("is built from source where there is no release, and comes from the registry to the digest elsewhere", () => {
  const images = (environment: string) =>
    Object.values(synthesisedSystem("chenu", environment).resources("docker_image")).map(({ name }) => name);
  expect(images("local")).toEqual([
    expect.stringMatching(/^chenu-local-backend-image:[0-9a-f]{12}$/),
    "redis:8",
    expect.stringMatching(/^chenu-local-db-backup-image:[0-9a-f]{12}$/),
    "postgres:18",
    expect.stringMatching(/^chenu-local-frontend-image:[0-9a-f]{12}$/),
    "nginx:1.30",
  ]);
  expect(images("staging")).toEqual([
    expect.stringMatching(
      /^registry\.chenu\.example\/chenu\/backend@\$\{data\.docker_registry_image\.\w+\.sha256_digest\}$/,
    ),
    "registry.chenu.example/redis:8",
    expect.stringMatching(/^chenu-staging-db-backup-image:[0-9a-f]{12}$/),
    "registry.chenu.example/postgres:18",
    expect.stringMatching(/^registry\.chenu\.example\/chenu\/frontend@\$\{/),
    "registry.chenu.example/nginx:1.30",
  ]);
});

test("is backed up before a release, and to another place, in production", () => {
  const stack = synthesisedSystem("chenu", "production");
  expect(stack.container("backend/release").depends_on).toContain(stack.addressOf("backend/db-backup"));
  expect(stack.container("db/backup").env).toContain(
    "OFFSITE_REPOSITORY=s3:https://s3.eu-central-1.amazonaws.com/chenu-backups/chenu-production-db",
  );
  expect(synthesisedSystem("chenu", "staging").containers("backend/db-backup")).toEqual([]);
});

test("protects the database's volume, its backups' and the cache's in every environment", () => {
  for (const environment of ["local", "staging", "production"]) {
    expect(synthesisedSystem("chenu", environment).resources("docker_volume").protected).toMatchObject({
      for_each: {
        [`chenu-${environment}-cache-data`]: `chenu-${environment}-cache-data`,
        [`chenu-${environment}-db-backup-repository`]: `chenu-${environment}-db-backup-repository`,
        [`chenu-${environment}-db-data`]: `chenu-${environment}-db-data`,
      },
    });
  }
});
