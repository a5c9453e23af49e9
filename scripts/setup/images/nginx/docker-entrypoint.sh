#!/bin/sh
# Runs what was put into /docker-entrypoint.d, then the command.
set -eu

case "${1:-}" in
  nginx | nginx-debug)
    for script in /docker-entrypoint.d/*.sh; do
      if [ -x "$script" ]; then
        "$script"
      fi
    done
    ;;
esac

exec "$@"
