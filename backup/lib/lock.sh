# shellcheck shell=bash
# One verb at a time that changes something. The kernel lets go of the lock when its holder dies, however it dies.

# Containers of the same backup share the volume, so an operator's container waits for the scheduled one too.
# `--wait SECONDS` on the verb's command line; operators are told at once instead.
take_lock() {
  mkdir -p "$STATE"
  exec 9>>"$STATE/lock"
  flock --wait "${WAIT:-0}" 9 || fail "$BUSY" "another job of $NAME is running: $(cat "$STATE/lock-holder" 2>/dev/null)"
  printf '%s since %s\n' "${0##*/}" "$(date '+%F %T %Z')" >"$STATE/lock-holder"
  # While this lock is held no other container of this backup works, so whatever a restic lock says that one of them
  # has written, it is dead.
  mkdir -p "$STATE/containers"
  : >"$STATE/containers/$(hostname)"
}
