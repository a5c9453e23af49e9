/** What to type where Terraform's own words don't say it. */
export function remedyFor(errors: string): string | undefined {
  const port = /listen tcp\S* \S*?:(\d+): bind: address already in use|Bind for \S*?:(\d+) failed/.exec(errors);
  if (port) {
    return (
      `What to do: stop what uses port ${port[1] ?? port[2]} of the host, or choose other "ports" in the environment's file; ` +
      'for this machine alone in environments/<system>/local.override.json, like { "ports": { "http": 9080, "https": 9443 } }'
    );
  }
  if (/legacy build/.test(errors) && NO_NETWORK.test(errors)) {
    return (
      "What to do: images without a release are built on the host, which must reach what their Dockerfiles download; " +
      'let the host reach it, or build the images elsewhere, push them to a registry, and name "registry" and "release" in the ' +
      "environment's file"
    );
  }
  return undefined;
}

/** How Docker, and the tools inside a build, say that something cannot be reached. */
export const NO_NETWORK =
  /no such host|network is unreachable|i\/o timeout|connection refused|connection timed out|temporary failure (in name resolution|resolving)|could not resolve|TLS handshake timeout|context deadline exceeded/i;
