#!/bin/sh
# Options or a configuration file alone mean redis-server; as root, gives /data to the redis user and becomes it.
set -eu

case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "${1:-}" != redis-server ]; then
  exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec gosu redis "$0" "$@"
fi

# The official image is compiled with protected mode off, or else no other container could connect without a
# password; Debian's is not. What the caller says about it comes later and wins.
shift
case "${1:-}" in
  *.conf)
    file=$1
    shift
    if grep -q '^protected-mode' "$file"; then
      exec redis-server "$file" "$@"
    fi
    exec redis-server "$file" --protected-mode no "$@"
    ;;
esac
exec redis-server --protected-mode no "$@"
