# shellcheck shell=bash
# What outlives the container, in the volume $STATE: one value a file, the source of the metrics.

# Room that is given up when the disk is full: what went wrong has to be written down then, too, and retention needs some.
readonly RESERVE=$STATE/reserve RESERVE_KIB=16384

remember() {
  write_whole "$STATE/values/$1" <<<"$2"
}

recall() {
  cat "$STATE/values/$1" 2>/dev/null || printf '%s\n' "${2:-}"
}

# past NAME: a time that was remembered; 0 when there is none, or one that a clock wrote that was ahead.
past() {
  local time
  time=$(recall "$1" 0)
  printf '%s' "$((time > $(date +%s) + CLOCK_TOLERANCE ? 0 : time))"
}

# Seconds that a clock may be ahead before what it wrote counts as from the future.
readonly CLOCK_TOLERANCE=3600

# write_whole FILE [MODE]: what it reads takes the file's place when all of it is on the disk. Otherwise the file stays as it was.
write_whole() {
  local content
  content=$(cat)
  mkdir -p "${1%/*}"
  replace "$1" "$content" "${2:-600}" || { give_reserve && replace "$1" "$content" "${2:-600}"; }
}

# Says what it returns: in an exit trap, a bare `return` gives the code that the verb had before.
replace() {
  local new
  new=$(mktemp "${1%/*}/.${1##*/}.XXXXXX") || return 1
  if printf '%s\n' "$2" >"$new" && chmod "$3" "$new" && sync "$new" && mv "$new" "$1"; then return 0; fi
  rm -f "$new"
  return 1
}

give_reserve() {
  [[ -f $RESERVE ]] && rm "$RESERVE"
}

# Only out of plenty.
take_reserve() {
  [[ ! -f $RESERVE ]] || return 0
  (($(df --output=avail "$STATE" | tail -n 1) > 4 * RESERVE_KIB)) || return 0
  head --bytes "${RESERVE_KIB}K" /dev/zero >"$RESERVE" || rm -f "$RESERVE"
}
