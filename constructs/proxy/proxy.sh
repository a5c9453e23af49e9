# Process 1 of the proxy's container. Nginx takes the shell's place; beside it a watcher loads every new release of the
# configuration, if Nginx accepts it.
set -eu

releases=/etc/portolan

# The volume gets its owner while this container starts.
until [ -w /certificates ]; do sleep 0.1; done
@PREPARE@

# What Nginx is started with never changes, so that a reload finds whatever it includes then.
use() {
  printf 'include %s;\n' "$1" >/tmp/nginx.conf
}

# Part of the configuration: only workers that have loaded a release say that it is in use.
announce() {
  printf 'location = /version { return 200 %s; }\n' "$1" >/tmp/version.conf
}

accepted() {
  announce "$1"
  use "$releases/current/nginx.conf"
  rm -f /tmp/status/refused-*
  if answer=$(nginx -t -q -c /tmp/nginx.conf 2>&1); then
    used=$1
    return 0
  fi
  echo "configuration $1 refused: $answer" >&2
  printf '%s\n' "$answer" >"/tmp/status/refused-$1"
  announce "$used"
  [ "$used" != none ] || use /tmp/starting.conf
  return 1
}

newest() {
  basename "$(readlink "$releases/current" || echo none)"
}

watch() {
  while :; do
    release=$(newest)
    if [ "$release" != "$seen" ]; then
      seen=$release
      if accepted "$release"; then nginx -s reload -c /tmp/nginx.conf; fi
    fi
    sleep 0.2
  done
}

# Before the very first release there are no routes: every answer is that it will take a moment.
cat >/tmp/starting.conf <<'END'
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen 8080;
    return 503;
  }
  server {
    listen 8081;
    include /tmp/version.conf;
  }
}
END
mkdir -p /tmp/status
used=none
seen=$(newest)
announce none
use /tmp/starting.conf
[ "$seen" = none ] || accepted "$seen" || true

watch &
exec nginx -c /tmp/nginx.conf -g 'daemon off;'
