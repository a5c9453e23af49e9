/** Where the proxy's certificate comes from. */
export class Tls {
  /**
   * A certificate the proxy makes for itself, for an environment that only its developers visit: browsers warn about
   * it. It is kept in the proxy's certificate volume, and made again when it is about to end or lacks a host name.
   */
  static selfSigned(): Tls {
    return new Tls(
      (hosts) => `
certified() {
  [ -s /certificates/fullchain.pem ] && openssl x509 -in /certificates/fullchain.pem -noout -checkend 2592000 >/dev/null || return 1
  for host in ${hosts.join(" ")}; do
    openssl x509 -in /certificates/fullchain.pem -noout -checkhost "$host" | grep -q ' does match ' || return 1
  done
}
if ! certified; then
  said=$(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=${hosts[0]}" \\
    -addext "subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}" \\
    -keyout /certificates/privkey.new -out /certificates/fullchain.new 2>&1) || { echo "$said" >&2; exit 1; }
  mv /certificates/privkey.new /certificates/privkey.pem
  mv /certificates/fullchain.new /certificates/fullchain.pem
fi`,
    );
  }

  private constructor(
    /** Shell commands that leave a certificate in `/certificates`, run in the proxy's container before Nginx starts. */
    readonly prepare: (hosts: readonly string[]) => string,
  ) {}
}
