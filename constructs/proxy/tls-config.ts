/** How one host name is served over TLS. */
export interface ServerTls {
  /** File with the certificate, its chain and its key. */
  readonly certificate: string;
}

/**
 * Mozilla's guideline 6.0, "intermediate". The curves are OpenSSL's own choice, which has the post-quantum X25519MLKEM768
 * from 3.5 on; older versions would refuse its name. No stapling: Let's Encrypt has ended OCSP.
 */
export const TLS_SETTINGS = `  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
  ssl_prefer_server_ciphers off;
  ssl_session_cache shared:tls:5m;
  ssl_session_timeout 1d;
  ssl_session_tickets off;
`;

export function challengeLocation(folder: string): string {
  return `    location ^~ /.well-known/acme-challenge/ {
      root ${folder};
      default_type text/plain;
    }
`;
}
