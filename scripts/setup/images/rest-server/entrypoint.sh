#!/bin/sh
# What the official image does with its variables.
set -eu

if [ -n "${DISABLE_AUTHENTICATION:-}" ]; then
  OPTIONS="--no-auth ${OPTIONS:-}"
fi
# OPTIONS are several words.
# shellcheck disable=SC2086
exec rest-server --listen :8000 --path "$DATA_DIRECTORY" --htpasswd-file "$PASSWORD_FILE" ${OPTIONS:-}
