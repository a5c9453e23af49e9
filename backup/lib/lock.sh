# shellcheck shell=bash
# One verb at a time that changes something. The kernel lets go of the lock when its holder dies, however it dies.

# Containers of the same backup share the volume, so an operator's container waits for the scheduled one too.
# `--wait SECONDS` on the verb's command line; operators are told at once instead.
take_lock() {
  mkdir -p "$STATE"
  exec 9>>"$STATE/lock"
  await_lock || fail "$BUSY" "another job of $NAME is running: $(cat "$AT_WORK" 2>/dev/null)"
  note_killed
  printf '%s since %s\n' "${0##*/}" "$(date '+%F %T %Z')" | write_whole "$AT_WORK" ||
    fail "$DISK_FULL" "no room in $STATE to write down who is at work"
  HOLDS_LOCK=1
  refuse_while_reserved
  # While this lock is held no other container of this backup works, so whatever a restic lock says that one of them
  # has written, it is dead.
  mkdir -p "$STATE/containers"
  : >"$STATE/containers/$(hostname)"
}

await_lock() {
  if flock --nonblock 9; then return; fi
  [[ -n ${WAIT:-} ]] || return 1
  case ${STEP:-} in
    safety | before-release | prepare | reserve | swap | swap-back | resume) await_lock_first ;;
    *) flock --wait "$WAIT" 9 ;;
  esac
}

# For what somebody waits for, scheduled verifications and checks step aside: they are made up for later. Said again and
# again, for the one that begins while this waits, too.
await_lock_first() {
  local until=$((SECONDS + WAIT)) code=1
  while : >"$STATE/wanted" && ((SECONDS < until)); do
    if flock --wait 2 9; then
      code=0
      break
    fi
  done
  rm -f "$STATE/wanted"
  return "$code"
}

# Between the moment the applications are stopped and the exchange of their data nothing else begins. A restore that was
# interrupted there reserves nothing for ever.
readonly RESERVED=$STATE/reserved RESERVED_MINUTES=60

reserved() {
  [[ -n $(find "$RESERVED" -mmin "-$RESERVED_MINUTES" 2>/dev/null) ]]
}

refuse_while_reserved() {
  case ${0##*/}-${STEP:-} in restore-* | backup-safety) return ;; esac
  if reserved; then fail "$BUSY" "a restore in place of $NAME is about to exchange its data, and the applications are stopped"; fi
}
