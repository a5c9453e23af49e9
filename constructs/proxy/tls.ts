/** Where the proxy's certificate comes from. */
export class Tls {
  /**
   * A certificate the proxy makes for itself, for an environment that only its developers visit: browsers warn about
   * it. It is made once and kept in the proxy's certificate volume.
   */
  static selfSigned(): Tls {
    return new Tls(
      (domains) => `
if [ ! -s /certificates/privkey.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=${domains[0]}" \\
    -addext "subjectAltName=${domains.map((domain) => `DNS:${domain}`).join(",")}" \\
    -keyout /certificates/privkey.pem.new -out /certificates/fullchain.pem 2>/dev/null
  mv /certificates/privkey.pem.new /certificates/privkey.pem
fi`,
    );
  }

  private constructor(
    /** Shell commands that leave a certificate in `/certificates`, run in the proxy's container before Nginx starts. */
    readonly prepare: (domains: readonly string[]) => string,
  ) {}
}
