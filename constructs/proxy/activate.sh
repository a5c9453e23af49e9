#!/bin/sh
# Waits until the proxy uses a release of its configuration, and then until its clients have left the one before.
#
#   activate.sh PROXY DRAIN_SECONDS VERSION
set -eu

status=http://$1:8081
drain=$2
version=$3

# No proxy, nobody to wait for: it reads the newest release when it starts.
getent hosts "$1" >/dev/null || exit 0

until [ "$(curl -fsS -m 2 "$status/version" 2>/dev/null)" = "$version" ]; do
  if refusal=$(curl -fsS -m 2 "$status/refused-$version" 2>/dev/null); then
    echo "Nginx refused the configuration; the one before stays in use:"
    echo "$refusal"
    exit 1
  fi
  getent hosts "$1" >/dev/null || exit 0
  sleep 0.2
done

sleep "$drain"
