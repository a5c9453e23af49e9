#!/bin/sh
# Process 1 of the container that gets certificates from an ACME server with lego, and keeps them young: one for each line
# of the proxy's list, which has a name and host names. The proxy finds it as /issued/NAME.pem.
#
#   acme.sh PROXY LEGO_OPTION…
#
# A certificate is asked for when it is new in the list, and looked at again with every hundredth of its lifetime: lego
# renews it when the server says so (ARI), or when a third of the lifetime is left. After a failure it is tried again
# within minutes, then ever later. Starting the container again tries at once.
set -euf
umask 077

# The official image has lego in its root folder.
PATH=$PATH:/
proxy=$1
shift
list=/etc/portolan/current/certificates
answers=/issued/challenges/.well-known/acme-challenge
# What one server has given is of no use with another.
state=/acme/$(printf %s "${ACME_SERVER#https://}" | sed 's/[^a-zA-Z0-9.-]/_/g')
notes=$state/notes
until [ -w /acme ] && [ -w /issued ] && [ -w /metrics ]; do sleep 0.1; done
mkdir -p "$notes" "$answers" /tmp/next /tmp/retry

if [ -n "${ACME_CA:-}" ]; then
  printf '%s\n' "$ACME_CA" >/tmp/ca.pem
  export LEGO_CA_CERTIFICATES=/tmp/ca.pem
fi
# The account's ticket, where a server asks for one.
for name in LEGO_EAB_KID LEGO_EAB_HMAC; do
  file=/run/secrets/$name
  [ ! -e "$file" ] || export LEGO_EAB=true "$name=$(cat "$file")"
done

crt() {
  echo "$state/certificates/$1.crt"
}

# Second at which a certificate ends. The image has no openssl.
expiry() {
  at=$(lego --path "$state" list | awk -v crt="$(crt "$1")" '/Expiry Date:/ { at = $3 " " $4 } $NF == crt { print at }')
  date -u -d "$at" +%s
}

# Seconds that a certificate was made for; as if for ninety days while there is none.
lifetime() {
  if [ -e "$(crt "$1")" ]; then
    echo $(($(expiry "$1") - $(date -r "$(crt "$1")" +%s)))
  else
    echo 7776000
  fi
}

between() {
  if [ "$2" -lt "$1" ]; then echo "$1"; elif [ "$2" -gt "$3" ]; then echo "$3"; else echo "$2"; fi
}

# Where a server limits how often it is asked, it says how long to wait, and lego does, for days if need be: that is a
# failure to tell of, and no reason for other names to wait. An hour is the longest that lego gives a provider's zone.
impatient_lego() {
  : >/tmp/said
  timeout 3900 lego "$@" >/tmp/said 2>&1 &
  while kill -0 $! 2>/dev/null; do
    ! grep -q acme:error:rateLimited /tmp/said || kill $! 2>/dev/null || true
    sleep 0.2
  done
  wait $!
}

# ask NAME LEGO_OPTION…
ask() {
  name=$1
  shift
  set -- --path "$state" --server "$ACME_SERVER" --email "$ACME_EMAIL" --accept-tos "$@"
  if [ -e "$(crt "$name")" ] && [ -n "$(find "$state/accounts" -path "*/$ACME_EMAIL/account.json" 2>/dev/null)" ]; then
    impatient_lego "$@" renew --dynamic --no-random-sleep
  else
    impatient_lego "$@" run
  fi
}

# Hands a certificate and its key to the proxy in the same instant.
publish() {
  [ -e "$(crt "$1")" ] || return 0
  cat "$state/certificates/$1.key" "$(crt "$1")" >"/issued/.$1"
  if cmp -s "/issued/.$1" "/issued/$1.pem"; then
    rm "/issued/.$1"
    return 0
  fi
  mv "/issued/.$1" "/issued/$1.pem"
  echo "$1: new certificate, valid until $(date -u -d "@$(expiry "$1")" '+%Y-%m-%d %H:%M')"
}

# note NAME WHAT VALUE: what outlives the container, the source of the metrics.
note() {
  printf '%s\n' "$3" >"$notes/$1.$2"
}

metric() {
  printf '# HELP portolan_certificate_%s %s\n# TYPE portolan_certificate_%s gauge\n' "$1" "$2" "$1"
  while read -r name _; do
    [ ! -e "$notes/$name.$1" ] ||
      printf 'portolan_certificate_%s{proxy="%s",name="%s"} %s\n' "$1" "$proxy" "$name" "$(cat "$notes/$name.$1")"
  done <"$list"
}

measure() {
  new=$(new_metrics acme)
  {
    metric last_attempt_timestamp_seconds 'When the ACME server was last asked.'
    metric last_success_timestamp_seconds 'When all was well with the certificate after that.'
    metric failures 'How often it was not, since then.'
  } >"$new"
  put_metrics "$new" acme
}

# attend NAME LEGO_OPTION…
attend() {
  name=$1
  # Also what an earlier container got, whatever becomes of this try.
  publish "$name"
  note "$name" last_attempt_timestamp_seconds "$(date +%s)"
  if ask "$@"; then
    publish "$name"
    note "$name" last_success_timestamp_seconds "$(date +%s)"
    note "$name" failures 0
    rm -f "/tmp/retry/$name"
    pause=$(between 5 $(($(lifetime "$name") / 100)) 21600)
  else
    failures=$(($(cat "$notes/$name.failures" 2>/dev/null || echo 0) + 1))
    note "$name" failures "$failures"
    least=$(between 5 $(($(lifetime "$name") / 1000)) 120)
    pause=$(between "$least" $(($(cat "/tmp/retry/$name" 2>/dev/null || echo 0) * 2)) 21600)
    echo "$pause" >"/tmp/retry/$name"
    echo "$name: failure $failures, next try in $pause s: $(tail -n 1 /tmp/said | sed 's#^[0-9/]* [0-9:]* ##; s/^[[:space:]]*//')"
    # The server has forgotten us: the next try makes itself known again.
    ! grep -q acme:error:accountDoesNotExist /tmp/said || rm -r "$state/accounts"
  fi
  echo $(($(date +%s) + pause)) >"/tmp/next/$name"
  # Without them it still has its work to do, and must not start over and ask again at once.
  measure || true
}

while :; do
  while read -r name hosts; do
    next=$(cat "/tmp/next/$name" 2>/dev/null || echo 0)
    # Names have no spaces.
    # shellcheck disable=SC2046,SC2086
    [ "$(date +%s)" -lt "$next" ] || attend "$name" "$@" $(printf ' --domains %s' $hosts) </dev/null
  done <"$list"
  sleep 2
done
