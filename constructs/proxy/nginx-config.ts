import type { SecurityHeaders } from "./security-headers";
import { PORTS, publicPort, type ServerModel, type ServerSettings, serverBlock, strangersBlock } from "./server-block";
import { TLS_SETTINGS } from "./tls-config";

/** A zone in which the requests of each client are counted. */
export interface ZoneModel {
  readonly name: string;
  readonly rate: string;
}

export interface ConfigModel extends ServerSettings {
  readonly workers: number;
  readonly servers: readonly ServerModel[];
  readonly headers: SecurityHeaders;
  readonly zones: readonly ZoneModel[];
  readonly concurrentRequestsPerClient: number;
  readonly trustedProxies: readonly string[];
}

/** In which a client could name another path than the one that the guards have seen. */
const PATH_HEADERS = [
  "X-Original-URL",
  "X-Original-URI",
  "X-Rewrite-URL",
  "X-Forwarded-Path",
  "X-Forwarded-URI",
  "X-Script-Name",
];

/** The proxy's configuration as a person would write it. Upstreams are in a file of their own, `upstreams.conf`. */
export function nginxConfig(model: ConfigModel): string {
  const encrypted = model.servers.some(({ tls }) => tls);
  const host = `$host${encrypted ? publicPort(model) : ""}`;
  return `worker_processes ${model.workers};
pid /tmp/nginx.pid;
error_log stderr warn;
# An old worker goes when its last request ends, and after this long at the latest.
worker_shutdown_timeout 60s;
worker_rlimit_nofile 16384;

events {
  worker_connections 4096;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  server_tokens off;
  absolute_redirect off;
  sendfile on;
  tcp_nopush on;
  # Nothing is written outside the memory-backed /tmp.
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;

  # No query strings: they have secrets in them now and then.
  log_format json escape=json
    '{"time":"$time_iso8601","client":"$remote_addr","host":"$host","method":"$request_method","path":"$uri",'
    '"status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"upstream":"$upstream_addr",'
    '"upstream_seconds":"$upstream_response_time","request_id":"$request_id"}';
  # As much as a pipe takes whole.
  access_log /dev/stdout json buffer=4k flush=1s;
${trustedLines(model.trustedProxies)}
  # A reload closes idle connections only after they had this long to be used: without it, a request that a client
  # sends on one in that very moment is lost.
  keepalive_min_timeout 2s;
  keepalive_timeout 65s;

  # What a client may cost.
  client_max_body_size 10m;
  client_header_timeout 10s;
  client_body_timeout 30s;
  send_timeout 30s;
  reset_timedout_connection on;
  # Whoever has an IPv6 address has the other 2^64 of its network, too.
  map $remote_addr $client {
    default $binary_remote_addr;
    "~^(?<network>(?:[0-9a-f]+:){4})" $network;
    "~^(?<network>[0-9a-f]+[0-9a-f:]*?::)" $network;
  }
  limit_conn_zone $client zone=connections.client:1m;
  limit_conn connections.client ${model.concurrentRequestsPerClient};
  limit_conn_status 429;
  limit_conn_log_level info;
${zoneLines(model.zones)}
  gzip on;
  gzip_vary on;
  gzip_proxied any;
  gzip_min_length 1000;
  gzip_types text/plain text/css text/xml application/javascript application/json application/manifest+json
    application/xml image/svg+xml;

${headerLines(model.headers, encrypted)}
  # The addresses of the containers that this release names; proxy.sh keeps them up to date.
  include /tmp/upstreams.conf;

  map $http_upgrade $websocket {
    ~*^websocket$ websocket;
  }
  map $websocket $connection_header {
    websocket upgrade;
  }
  proxy_http_version 1.1;
  proxy_set_header Upgrade $websocket;
  proxy_set_header Connection $connection_header;
  # The host whose server was chosen: the header Host may name another one than the request line, which counts.
  proxy_set_header Host ${host};
  proxy_set_header X-Forwarded-Host ${host};
  proxy_set_header X-Forwarded-Port "";
  proxy_set_header X-Forwarded-Prefix "";
  proxy_set_header Forwarded "";
  # Some frameworks take the path from these.
${PATH_HEADERS.map((name) => `  proxy_set_header ${name} "";\n`).join("")}  proxy_set_header Authorization $authorization;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto ${encrypted ? "$scheme" : "https"};
  proxy_set_header X-Request-ID $request_id;
  proxy_connect_timeout 2s;
  proxy_read_timeout 5m;
  proxy_send_timeout 5m;
  # Another replica gets the request when one fails, but never a POST or PATCH that may have been executed. HTTP lets the
  # other methods be repeated.
  proxy_next_upstream error timeout;
  proxy_next_upstream_tries 3;
  # Bodies and answers pass through: they would fill the memory-backed /tmp, an upload that is kept back until it is
  # complete would look for a container that a deploy has replaced meanwhile, and events would come late.
  proxy_request_buffering off;
  proxy_buffering off;
  proxy_buffer_size 16k;
  proxy_buffers 4 16k;
  proxy_max_temp_file_size 0;

${encrypted ? `${TLS_SETTINGS}\n` : ""}  # The version in use, for the deploy that waits for it.
  server {
    listen ${PORTS.status};
    access_log off;
    log_not_found off;
    default_type text/plain;
    root /tmp/status;
    include /tmp/version.conf;
  }
${strangersBlock(encrypted, model)}${model.servers.map((server) => serverBlock(server, model)).join("")}}
`;
}

function trustedLines(networks: readonly string[]): string {
  if (networks.length === 0) return "";
  return `
  # Who may say for whom it asks.
${networks.map((network) => `  set_real_ip_from ${network};\n`).join("")}  real_ip_header X-Forwarded-For;
  real_ip_recursive on;
`;
}

function zoneLines(zones: readonly ZoneModel[]): string {
  if (zones.length === 0) return "";
  return `${zones.map(({ name, rate }) => `  limit_req_zone $client zone=${name}:1m rate=${rate};\n`).join("")}  limit_req_status 429;
  limit_req_log_level info;
`;
}

/** Of a header that the application sends as well, the proxy's counts. */
function headerLines({ hsts, others }: SecurityHeaders, encrypted: boolean): string {
  const headers = {
    "Strict-Transport-Security": encrypted ? "$hsts" : `"${hsts}"`,
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, `"${value}"`])),
    "X-Request-ID": "$request_id",
  };
  const hidden = ["X-Powered-By", ...Object.keys(headers)];
  return `${encrypted ? `  map $https $hsts {\n    on "${hsts}";\n  }\n` : ""}  # Where the proxy itself has to say that the service is away, not where the service does.
  map $status:$upstream_status $retry_after {
    ~^503:(?!.*503$) 10;
  }
  map $host $unavailable {
    default "<!doctype html><title>Back soon</title><p>This site is away for a moment. Please try again.";
  }
${Object.entries(headers)
  .map(([name, value]) => `  add_header ${name} ${value} always;\n`)
  .join("")}  add_header Retry-After $retry_after always;
${hidden.map((name) => `  proxy_hide_header ${name};\n`).join("")}`;
}
