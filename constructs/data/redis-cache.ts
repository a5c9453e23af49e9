import { Construct } from "constructs";
import type { Connectable, Connection } from "../app/connection";
import { withoutBackup } from "../backup/back-up";
import { DataVolume, Health, type Removal, type Resources } from "../runtime";
import { limits } from "../runtime/resources";
import { Secret } from "../secret";
import { dataServer } from "./data-server";

/** What survives a restart of the cache. */
export enum Persistence {
  /** Nothing. */
  NONE = "none",
  /** A snapshot now and then, and at every orderly stop. */
  SNAPSHOTS = "snapshots",
  /** Everything up to the last second. */
  EVERY_SECOND = "every-second",
}

/** What Redis does when its memory is full; the names are Redis's own. */
export type EvictionPolicy =
  | "noeviction"
  | "allkeys-lru"
  | "allkeys-lfu"
  | "allkeys-random"
  | "volatile-lru"
  | "volatile-lfu"
  | "volatile-random"
  | "volatile-ttl";

const SETTINGS: Readonly<Record<Persistence, readonly string[]>> = {
  [Persistence.NONE]: ['save ""', "appendonly no"],
  [Persistence.SNAPSHOTS]: ["save 3600 1 300 100 60 10000", "appendonly no"],
  [Persistence.EVERY_SECOND]: ['save ""', "appendonly yes", "appendfsync everysec"],
};

export interface RedisCacheProps {
  /** Version, as in the tag of the official image. */
  readonly version: string;

  /**
   * Whatever it is, there is no backup, and each plan says so for what persists.
   *
   * @default Persistence.NONE
   */
  readonly persistence?: Persistence;

  /** @default "allkeys-lru" */
  readonly eviction?: EvictionPolicy;

  /** @default - 128 MiB of memory and one core */
  readonly resources?: Resources;

  /**
   * What becomes of persistent data when the cache leaves the code.
   *
   * @default Removal.REFUSE
   */
  readonly removal?: Removal;
}

/**
 * A Redis server. Applications that {@link AppService.connectTo} it get `REDIS_URL` with its password, the secret
 * `<ID>_PASSWORD`.
 */
export class RedisCache extends Construct implements Connectable {
  readonly password: Secret;
  readonly host: string;

  private readonly connected: Pick<Connection, "network" | "startAfter">;

  constructor(scope: Construct, id: string, props: RedisCacheProps) {
    super(scope, id);
    const persistence = props.persistence ?? Persistence.NONE;
    const resources = { memory: props.resources?.memory ?? 128, cpus: props.resources?.cpus };
    const { memory } = limits(this, resources);
    this.password = Secret.named(`${id.toUpperCase().replaceAll("-", "_")}_PASSWORD`, { minLength: 24 });
    const data =
      persistence === Persistence.NONE ? undefined : new DataVolume(this, "data", { removal: props.removal });
    if (data) withoutBackup(this, "a cache: what persists outlives a restart, not the loss of its volume or host");
    const { network, host, ready } = dataServer(this, {
      image: `redis:${props.version}`,
      secrets: { password: this.password },
      readsSecretsAtStart: true,
      data: data && { volume: data, path: "/data" },
      entrypoint: ["sh", "-c"],
      command: [
        serverScript([
          ...SETTINGS[persistence],
          // A snapshot is written by a copy of the process, which needs room for what changes meanwhile.
          `maxmemory ${Math.floor(memory * (persistence === Persistence.NONE ? 0.75 : 0.6))}mb`,
          `maxmemory-policy ${props.eviction ?? "allkeys-lru"}`,
        ]),
      ],
      user: "redis",
      tmpfs: { "/tmp": "rw,noexec,nosuid,size=1m" },
      resources,
      health: Health.command(`${PING} 127.0.0.1 ping)" = PONG ]`),
      ready: (host) => ({
        script: `until ${PING} ${host} ping 2>/dev/null)" = PONG ]; do sleep 0.2; done`,
        memory: 32,
        timeoutSeconds: 120,
      }),
    });
    this.host = host;
    this.connected = { network, startAfter: [ready] };
  }

  connection(): Connection {
    const password = this.password.urlValueIn(this);
    return {
      ...this.connected,
      environment: { REDIS_URL: `redis://:${password}@${this.host}:6379/0` },
    };
  }
}

/** The password goes through the environment of redis-cli: as an argument every process list would show it. */
const PING = '[ "$(REDISCLI_AUTH="$(cat /run/secrets/password)" redis-cli -h';

/** Starts the server with its configuration on standard input, the one place where the password is in no list. */
function serverScript(settings: readonly string[]): string {
  return [
    // Redis splits lines at spaces and knows backslashes, but only inside quotes.
    String.raw`password=$(sed 's/[\\"]/\\&/g' /run/secrets/password)`,
    "exec redis-server - <<END",
    "dir /data",
    ...settings,
    'requirepass "$password"',
    "END",
  ].join("\n");
}
