#!/bin/sh
# Accompanies a release of the proxy's configuration (see constructs/runtime/release.sh).
#
#   activate.sh PROXY DRAIN_SECONDS ready VERSION    before it is put in place: the services it names do answer
#   activate.sh PROXY DRAIN_SECONDS used VERSION     after: the proxy uses it, and clients have left the one before
set -eu

proxy=$1
drain=$2
version=$4
status=http://$proxy:8081

# A deploy that was killed while it waited for a container believes in it the next time. Traffic is only ever sent to
# one that answers now.
ready() {
  deadline=$(($(date +%s) + 30))
  while read -r url; do
    [ -n "$url" ] || continue
    until answer=$(curl -fsS -m 5 -o /dev/null "$url" 2>&1); do
      if [ "$(date +%s)" -ge "$deadline" ]; then
        echo "$url does not answer its health check, so it gets no traffic: $answer"
        exit 1
      fi
      sleep 0.2
    done
  done </release/probes
}

# Until no client is left with the release before, and no longer than they are given.
drained() {
  deadline=$(($(date +%s) + drain))
  until curl -fsS -m 2 "$status/alone-$version" >/dev/null 2>&1 || [ "$(date +%s)" -gt "$deadline" ]; do
    sleep 0.1
  done
}

used() {
  # No proxy, nobody to wait for: it reads the newest release when it starts.
  while getent hosts "$proxy" >/dev/null; do
    if [ "$(curl -fsS -m 2 "$status/version" 2>/dev/null)" = "$version" ]; then
      drained
      return 0
    fi
    if refusal=$(curl -fsS -m 2 "$status/refused-$version" 2>/dev/null); then
      echo "Nginx refused the configuration; the one before stays in use:"
      echo "$refusal"
      exit 1
    fi
    sleep 0.2
  done
}

"$3"
