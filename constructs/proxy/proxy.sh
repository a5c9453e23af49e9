# Process 1 of the proxy's container. Nginx takes the shell's place; beside it a watcher loads every new release of the
# configuration, if Nginx accepts it, and follows containers that come back with another address.
set -eu

volume=/etc/portolan

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

# Names become addresses here and not in Nginx: its new workers would know none until their first answer, and a name that
# nobody has for the moment would keep it from starting. Port 9 stands for nobody.
addresses() {
  while IFS= read -r line; do
    case $line in
      '  server '*)
        target=${line#  server }
        target=${target%;}
        address=$(getent hosts "${target%:*}" | cut -d ' ' -f 1 | head -n 1)
        if [ -n "$address" ]; then line="  server $address:${target##*:};"; else line='  server 127.0.0.1:9;'; fi
        ;;
    esac
    printf '%s\n' "$line"
  done <"$volume/releases/$1/upstreams.conf"
}

prepared() {
  announce "$1"
  use "$volume/releases/$1/nginx.conf"
  addresses "$1" >/tmp/upstreams.conf
}

accepted() {
  rm -f /tmp/status/refused-*
  prepared "$1"
  if answer=$(nginx -t -q -c /tmp/nginx.conf 2>&1); then
    used=$1
    return 0
  fi
  echo "configuration $1 refused: $answer" >&2
  printf '%s\n' "$answer" >"/tmp/status/refused-$1"
  if [ "$used" = none ]; then starting; else prepared "$used"; fi
  return 1
}

newest() {
  basename "$(readlink "$volume/current" || echo none)"
}

# Workers that serve the release before end with their last client; the deploy that waits for that is told.
reloaded() {
  before=$(grep -ls '^nginx: worker' /proc/[0-9]*/cmdline || true)
  rm -f /tmp/status/alone-*
  # It fails while Nginx is only starting; the next round tries again.
  nginx -s reload -c /tmp/nginx.conf || return 1
  {
    for worker in $before; do
      while [ -e "$worker" ]; do sleep 0.1; done
    done
    touch "/tmp/status/alone-$used"
  } &
}

moved() {
  [ "$used" != none ] && addresses "$used" >/tmp/upstreams.new && ! cmp -s /tmp/upstreams.new /tmp/upstreams.conf
}

watch() {
  while :; do
    release=$(newest)
    if [ "$release" != "$seen" ]; then
      if ! accepted "$release" || reloaded; then seen=$release; fi
    elif moved; then
      mv /tmp/upstreams.new /tmp/upstreams.conf
      reloaded || rm -f /tmp/upstreams.conf
    fi
    sleep 0.3
  done
}

# Before the very first release there are no routes: every answer is that it will take a moment.
starting() {
  announce none
  use /tmp/starting.conf
}

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
starting
[ "$seen" = none ] || accepted "$seen" || true

watch &
exec nginx -c /tmp/nginx.conf -g 'daemon off;'
