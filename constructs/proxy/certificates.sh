#!/bin/sh
# Part of proxy.sh: keeps the certificates in use, /certificates/NAME.pem, up to date. Each is one file with its key, so
# that both change in the same instant. What is offered is taken only if Nginx can serve it; until then the one before
# stays. Who offers is a function of its own, `offered FOLDER NAME HOST…`, which gets the release's folder.
# shellcheck disable=SC2154 # $proxy, $volume and $used are proxy.sh's.
umask 077

# Names have no spaces.
# shellcheck disable=SC2086
self_made() {
  days=$1
  shift
  names=$(printf ',DNS:%s' "$@")
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$days" -subj "/CN=self-signed" \
    -addext "subjectAltName=${names#,}" -keyout - -out - 2>/dev/null
}

# What is wrong with a file of certificate and key.
fault() {
  public=$(openssl x509 -in "$1" -noout -pubkey 2>/dev/null) || {
    echo 'cannot be read'
    return
  }
  [ "$public" = "$(openssl pkey -in "$1" -passin pass: -pubout 2>/dev/null)" ] || {
    echo 'does not match its key'
    return
  }
  # A key that is too short, or a chain that breaks off. In place of the one in use it would be the end of all reloads.
  cat >/tmp/trial.conf <<END
pid /tmp/trial.pid;
events {}
http {
  include /tmp/paths.conf;
  server {
    listen unix:/tmp/trial.sock ssl;
    ssl_certificate $1;
    ssl_certificate_key $1;
  }
}
END
  # Without the time in front, which would make it something new to say each time.
  answer=$(nginx -t -q -c /tmp/trial.conf 2>&1) || echo "cannot be served: $(echo "$answer" | sed -n 's/.*\[emerg\][ 0-9#:]*//p' | head -n 1)"
  rm -f /tmp/trial.sock
}

ends_within() {
  ! openssl x509 -in "$2" -noout -checkend "$1" >/dev/null 2>&1
}

# How many of the host names a certificate is for.
covered() {
  file=$1
  shift
  for host in "$@"; do
    # A wildcard is for any name in its place.
    openssl x509 -in "$file" -noout -checkhost "$(echo "$host" | sed 's/^\*/any/')"
  done | grep -c ' does match ' || true
}

# The certificate in use under another name that is for most of these hosts, self-made ones aside: where certificates come
# from another source now, visitors would get a warning until the first is there.
substitute() {
  most=0
  best=
  for candidate in /certificates/*.pem; do
    ! ends_within 0 "$candidate" || continue
    ! openssl x509 -in "$candidate" -noout -subject | grep -q 'CN *= *self-signed$' || continue
    count=$(covered "$candidate" "$@")
    if [ "$count" -gt "$most" ]; then
      most=$count
      best=$candidate
    fi
  done
  echo "$best"
}

use_certificate() {
  cp "$1" /certificates/.new
  mv /certificates/.new "$2"
  touch /tmp/unloaded
  rm -f /tmp/measured
}

stand_in() {
  name=$1
  shift
  other=$(substitute "$@")
  if [ -n "$other" ]; then
    use_certificate "$other" "/certificates/$name.pem"
    rm -f "/certificates/$name.placeholder"
    echo "certificate $name: none yet, that of $(basename "$other" .pem) takes its place"
  elif [ ! -s "/certificates/$name.pem" ]; then
    self_made 30 "$@" >/tmp/offered.pem
    use_certificate /tmp/offered.pem "/certificates/$name.pem"
    touch "/certificates/$name.placeholder"
    echo "certificate $name: none yet, a self-signed one takes its place"
  fi
}

# Brings the certificates of a release up to date, and fails when one that is offered can't be served. When the proxy
# starts, a certificate that it has already is good enough.
adopt() {
  folder=$volume/releases/$1
  all_good=true
  while read -r name hosts; do
    current=/certificates/$name.pem
    # shellcheck disable=SC2086
    if offered "$folder" "$name" $hosts >/tmp/offered.pem 2>/dev/null; then
      ! cmp -s /tmp/offered.pem "$current" || continue
      fault=$(fault /tmp/offered.pem)
      if [ -z "$fault" ]; then
        use_certificate /tmp/offered.pem "$current"
        rm -f "/certificates/$name.placeholder"
        echo "certificate $name: in use, valid until $(moment "$current" enddate)"
      else
        [ "$used" = none ] && [ -s "$current" ] || all_good=false
        echo "certificate $name: $fault"
      fi
    elif ends_within 0 "$current"; then
      # shellcheck disable=SC2086
      stand_in "$name" $hosts
    fi
  done <"$folder/certificates"
  cmp -s "$folder/certificates" /tmp/measured || measure "$folder/certificates" || true
  $all_good
}

moment() {
  date -u -d "$(openssl x509 -in "$1" -noout "-$2" | cut -d = -f 2)" "${3:-+%Y-%m-%d %H:%M}"
}

# Of what is in use, whatever made it. A placeholder counts as expired for ever.
measure() {
  new=$(new_metrics certificates)
  for what in expiry:enddate issued:startdate; do
    metric=portolan_certificate_${what%:*}_timestamp_seconds
    printf '# HELP %s %s of the certificate in use.\n# TYPE %s gauge\n' "$metric" "${what#*:}" "$metric"
    while read -r name _; do
      at=0
      [ -e "/certificates/$name.placeholder" ] || at=$(moment "/certificates/$name.pem" "${what#*:}" +%s)
      printf '%s{proxy="%s",name="%s"} %s\n' "$metric" "$proxy" "$name" "$at"
    done <"$1"
  done >"$new"
  put_metrics "$new" certificates
  cp "$1" /tmp/measured
}

looks=0
said=

# Looks for new certificates every ten seconds or so; true when Nginx has still to load one.
renewed() {
  looks=$((looks + 1))
  if [ $((looks % 30)) -eq 0 ] && [ "$used" != none ]; then
    saying=$(adopt "$used" || true)
    [ -z "$saying" ] || [ "$saying" = "$said" ] || echo "$saying" >&2
    said=$saying
  fi
  [ -e /tmp/unloaded ]
}
