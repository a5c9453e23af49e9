# Process 1 of the proxy's container. Nginx takes the shell's place; beside it a watcher loads every new release of the
# configuration, if Nginx accepts it, and follows containers that come back with another address or hang.
# shellcheck disable=SC2154 # $proxy, its name, is set in front of this, as are the functions of the other parts.
set -eu

volume=/etc/portolan

# The volume gets its owner while this container starts.
until [ -w /certificates ]; do sleep 0.1; done

# What Nginx is started with never changes, so that a reload finds whatever it includes then.
use() {
  printf 'include %s;\n' "$1" >/tmp/nginx.conf
}

# Part of the configuration: only workers that have loaded a release say that it is in use.
announce() {
  printf 'location = /version { return 200 %s; }\n' "$1" >/tmp/version.conf
}

prepared() {
  announce "$1"
  use "$volume/releases/$1/nginx.conf"
  addresses "$1" >/tmp/upstreams.conf
  probes "$1" >/tmp/probes
}

report() {
  new=$(new_metrics config)
  cat >"$new" <<END
# HELP portolan_proxy_config_accepted Whether Nginx uses the newest configuration, or has refused it.
# TYPE portolan_proxy_config_accepted gauge
portolan_proxy_config_accepted{proxy="$proxy"} $1
# HELP portolan_proxy_config_changed_timestamp_seconds When that was last said.
# TYPE portolan_proxy_config_changed_timestamp_seconds gauge
portolan_proxy_config_changed_timestamp_seconds{proxy="$proxy"} $(date +%s)
END
  put_metrics "$new" config
}

accepted() {
  prepared "$1"
  if answer=$(adopt "$1" 2>&1); then
    [ -z "$answer" ] || echo "$answer" >&2
    if answer=$(nginx -t -q -c /tmp/nginx.conf 2>&1); then
      used=$1
      report 1
      return 0
    fi
  fi
  echo "configuration $1 refused: $answer" >&2
  printf '%s\n' "$answer" >"/tmp/status/refused-$1"
  report 0
  if [ "$used" = none ]; then starting; else prepared "$used"; fi
  return 1
}

newest() {
  release=$(readlink "$volume/current") || release=none
  release=${release##*/}
}

# Workers that serve the release before end with their last client; the deploy that waits for that is told.
reloaded() {
  # Each takes its memory with it: with many of them, the next one waits.
  [ "$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -c '^nginx: worker process is shutting down')" -lt 12 ] || return 1
  before=$(grep -ls '^nginx: worker' /proc/[0-9]*/cmdline || true)
  rm -f /tmp/status/alone-* /tmp/unloaded
  nginx -s reload -c /tmp/nginx.conf || return 1
  loaded=$used
  {
    for worker in $before; do
      while [ -e "$worker" ]; do sleep 0.1; done
    done
    touch "/tmp/status/alone-$used"
  } &
}

moved() {
  [ "$used" != none ] || return 1
  listen_to_replicas
  addresses "$used" >/tmp/upstreams.new && ! cmp -s /tmp/upstreams.new /tmp/upstreams.conf
}

watch() {
  # Nginx reads its configuration while it starts: only then may another take its place.
  until [ -s /tmp/nginx.pid ]; do sleep 0.1; done
  round=0
  while :; do
    newest
    round=$((round + 1))
    if [ "$release" != "$seen" ]; then
      rm -f /tmp/status/refused-*
      # Back at the one in use, because another was refused, which is still what there is to report.
      if [ "$release $release" = "$used $loaded" ] || ! accepted "$release" || reloaded; then seen=$release; fi
    elif [ $((round % 2)) -eq 0 ] && moved; then
      mv /tmp/upstreams.new /tmp/upstreams.conf
      reloaded || rm -f /tmp/upstreams.conf
    elif renewed; then
      reloaded || touch /tmp/unloaded
    fi
    sleep 0.3
  done
}

# Before the very first release there are no routes: every answer is that it will take a moment.
starting() {
  announce none
  use /tmp/starting.conf
}

# A release that is refused has not kept the one before from serving; neither does a restart.
last_good() {
  find "$volume/releases" -mindepth 1 -maxdepth 1 ! -name "$seen" -printf '%T@ %f\n' | sort -rn | while read -r _ other; do
    if accepted "$other" >&2; then
      echo "$other"
      return
    fi
  done
}

# Nothing is written outside the memory-backed /tmp.
cat >/tmp/paths.conf <<'END'
client_body_temp_path /tmp/body;
proxy_temp_path /tmp/proxy;
fastcgi_temp_path /tmp/fastcgi;
uwsgi_temp_path /tmp/uwsgi;
scgi_temp_path /tmp/scgi;
END
cat >/tmp/starting.conf <<'END'
pid /tmp/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  include /tmp/paths.conf;
  server {
    listen 8080;
    return 503;
  }
  server {
    listen 8081;
    log_not_found off;
    root /tmp/status;
    include /tmp/version.conf;
  }
}
END
mkdir -p /tmp/status /tmp/silent
used=none
newest
seen=$release
starting
if [ "$seen" != none ] && ! accepted "$seen"; then
  good=$(last_good)
  used=${good:-none}
  report 0
fi

loaded=$used
watch &

# Nginx repeats the whole request in its errors, and what comes after a "?" may be secret.
mkfifo /tmp/errors
sed -u 's/?[^" ]*/?/g' </tmp/errors >&2 &
exec nginx -c /tmp/nginx.conf -g 'daemon off;' 2>/tmp/errors
