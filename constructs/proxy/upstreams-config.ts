export interface UpstreamModel {
  readonly name: string;
  /** `host:port` of each replica. */
  readonly addresses: readonly string[];
  readonly sticky: boolean;
}

/** A file of its own, which proxy.sh translates: names become addresses, and replicas that hang are `down`. */
export function upstreamsConfig(upstreams: readonly UpstreamModel[]): string {
  return upstreams.map(upstreamBlock).join("\n");
}

function upstreamBlock({ name, addresses, sticky }: UpstreamModel): string {
  const several = addresses.length > 1;
  const lines = [
    `zone ${name} 64k;`,
    ...(several ? ["least_conn;"] : []),
    ...(sticky ? ["sticky cookie replica path=/ secure httponly samesite=lax;"] : []),
    ...addresses.map((address) => `server ${address}${several ? " max_fails=10 fail_timeout=2s" : ""};`),
    "keepalive 32;",
    // Many servers close idle connections after five seconds. Whoever closes first loses no request.
    "keepalive_timeout 4s;",
  ];
  return `upstream ${name} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}
