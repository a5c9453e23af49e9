/** One location of a server: where requests whose path begins with `path` go. */
export interface RouteModel {
  readonly path: string;
  /** What `path` is replaced by for the upstream; left as it is otherwise. */
  readonly to?: string;
  readonly upstream: string;
}

export interface ServerModel {
  readonly host: string;
  readonly routes: readonly RouteModel[];
}

export interface UpstreamModel {
  readonly name: string;
  /** `host:port` of each replica. */
  readonly addresses: readonly string[];
}

/** Ports Nginx listens on inside its container, which has no right to lower ones. */
export const PORTS = { http: 8080, https: 8443, status: 8081 };

/** The proxy's configuration as a person would write it. Upstreams are in a file of their own, `upstreams.conf`. */
export function nginxConfig(servers: readonly ServerModel[], httpsPort: number, workers: number): string {
  return `worker_processes ${workers};
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
# An old worker goes when its last request ends, and after this long at the latest.
worker_shutdown_timeout 60s;

events {
  worker_connections 4096;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  server_tokens off;
  sendfile on;
  tcp_nopush on;
  # Nothing is written outside the memory-backed /tmp.
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;

  log_format json escape=json
    '{"time":"$time_iso8601","client":"$remote_addr","host":"$host","method":"$request_method","path":"$uri",'
    '"status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"upstream":"$upstream_addr",'
    '"upstream_seconds":"$upstream_response_time","request_id":"$request_id"}';
  access_log /dev/stdout json;

  # A reload closes idle connections only after they had this long to be used: without it, a request that a client
  # sends on one in that very moment is lost.
  keepalive_min_timeout 2s;
  keepalive_timeout 65s;
  client_max_body_size 10m;

  # The addresses of the containers that this release names; proxy.sh keeps them up to date.
  include /tmp/upstreams.conf;

  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Request-ID $request_id;
  proxy_connect_timeout 5s;
  # Bodies and answers pass through: they would fill the memory-backed /tmp, and an upload that is kept back until it is
  # complete would look for a container that a deploy has replaced meanwhile.
  proxy_request_buffering off;
  proxy_max_temp_file_size 0;

  ssl_certificate /certificates/fullchain.pem;
  ssl_certificate_key /certificates/privkey.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls:5m;
  ssl_session_tickets off;

  # The version in use, for the deploy that waits for it.
  server {
    listen ${PORTS.status};
    access_log off;
    default_type text/plain;
    root /tmp/status;
    include /tmp/version.conf;
  }

  server {
    listen ${PORTS.http} default_server;
    server_name _;
    return 444;
  }

  server {
    listen ${PORTS.https} ssl default_server;
    server_name _;
    ssl_reject_handshake on;
  }
${servers.map((server) => serverBlock(server, httpsPort)).join("")}}
`;
}

export function upstreamsConfig(upstreams: readonly UpstreamModel[]): string {
  return upstreams
    .map(
      ({ name, addresses }) => `upstream ${name} {
  zone ${name} 64k;
${addresses.map((address) => `  server ${address};\n`).join("")}  keepalive 16;
}
`,
    )
    .join("\n");
}

function serverBlock({ host, routes }: ServerModel, httpsPort: number): string {
  return `
  server {
    listen ${PORTS.http};
    server_name ${host};
    return 308 https://$host${httpsPort === 443 ? "" : `:${httpsPort}`}$request_uri;
  }

  server {
    listen ${PORTS.https} ssl;
    http2 on;
    server_name ${host};
${routes.map(locationBlock).join("")}  }
`;
}

/** A path that ends in a slash stands for all below it, any other for itself alone. */
function locationBlock({ path, to, upstream }: RouteModel): string {
  return `
    location ${path.endsWith("/") ? path : `= ${path}`} {
      proxy_pass http://${upstream}${to ?? ""};
    }
`;
}
