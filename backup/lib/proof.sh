# shellcheck shell=bash
# A backup tried out: proof_start, then proof_restore and proof_sums for each database. What needs a server goes to the
# proof container (prove-one); SQLite files and folders are restored here. What comes back from that container was made
# beside running code of whoever wrote the data: it is taken for sums if it looks like sums, and for nothing else.

# Where the proof container listens, and the most it may say: bytes in a line, and lines.
: "${PROOF_SOCKET:=/proof/socket}"
readonly LONGEST_LINE=1048576 MOST_LINES=1000000

# It starts anew after each proof; a verify that was killed may have left it in the middle of one.
readonly PROOF_TRIES=120

has_server() {
  [[ $ENGINE == postgres || $ENGINE == mysql || $ENGINE == mariadb ]]
}

proof_start() {
  if ! has_server; then
    engine_scratch_start
    return
  fi
  # The lock is not inherited: a verify that is killed must not keep it.
  coproc PROOF { exec socat -t 604800 - "UNIX-CONNECT:$PROOF_SOCKET,retry=$PROOF_TRIES,interval=1" 2>"$WORK/proof.err" 9>&-; }
  # Bash closes a coprocess's own in subshells.
  exec {TO_PROOF}>&"${PROOF[1]}" {FROM_PROOF}<&"${PROOF[0]}"
  ask start 0
}

# proof_restore DATABASE ENTRY
proof_restore() {
  if has_server; then
    local part
    part=$(engine_part "$1")
    jq --compact-output 'del(.tables)' <<<"$2" >"$WORK/entry"
    : >"$WORK/contents"
    if declare -F engine_contents >/dev/null; then engine_contents "$1" >"$WORK/contents"; fi
    ask restore "$(part_bytes "$part")" read_part "$part" -- \
      --arg database "$1" --rawfile entry "$WORK/entry" --rawfile contents "$WORK/contents"
  else
    restore_from_run "$1" "$2" "$(scratch_name "$1")"
  fi
}

# The roles first, and they have to be what was dumped.
proof_globals() {
  has_server && declare -F engine_globals >/dev/null || return 0
  engine_read_globals >"$WORK/roles.json"
  ask globals "$(stat --format %s "$WORK/roles.json")" cat "$WORK/roles.json" --
  has_part roles.json || return 0
  ask roles 0 >"$WORK/found-roles.json"
  jq --null-input --raw-output --slurpfile expected "$WORK/roles.json" --slurpfile found "$WORK/found-roles.json" '
    ($found[0].roles | map({ key: .name, value: . }) | from_entries) as $found
    | $expected[0].roles[] | select($found[.name] != .) | "the role \(.name) does not come back as it was"'
}

# proof_sums DATABASE
proof_sums() {
  if has_server; then ask sums 0 true -- --arg database "$1"; else engine_sums "$(scratch_name "$1")"; fi
}

# ask VERB BYTES [COMMAND… -- JQ-OPTIONS…]: sends a request and what the command writes; prints the answer, checked.
ask() {
  local -a command=() patience=()
  local line lines=0 verb=$1 bytes=$2
  shift 2
  while (($#)) && [[ $1 != -- ]]; do
    command+=("$1")
    shift
  done
  # In a subshell: writing to a container that has gone away must not end this one.
  (
    jq --null-input --compact-output "${@:2}" --arg verb "$verb" --argjson bytes "$bytes" '$ARGS.named' >&"$TO_PROOF"
    if ((bytes)); then "${command[@]}" >&"$TO_PROOF"; fi
  ) || patience=(-t 10) # The container may be waiting for the rest, which does not come.
  while ((lines++ < MOST_LINES)) && IFS= read -r "${patience[@]}" -n "$LONGEST_LINE" -u "$FROM_PROOF" line; do
    case $line in
      ok) return 0 ;;
      'failed '*)
        printable "${line#failed }" >&2
        return 1
        ;;
      'note '*) printable "$line" >&2 ;;
      *) sum_line "$verb" "$line" || return 1 ;;
    esac
  done
  say "the proof container ended in the middle: $(tail --lines=1 "$WORK/proof.err")"
  return 1
}

sum_line() {
  local tab=$'\t'
  local sum="[0-9]{1,18}$tab([0-9a-f]{32}|[0-9a-f]{64})"
  case $1 in
    sums)
      if [[ $2 =~ ^(table${tab}[^$tab]+|schema)$tab$sum$ || $2 =~ ^(properties|create|definer|time)$tab ]]; then
        printf '%s\n' "$2"
        return
      fi
      ;;
    roles)
      printf '%s\n' "$2"
      return
      ;;
  esac
  say "the proof container answered with what is no sum: $(printable "${2:0:80}")"
  return 1
}

# Without what a terminal would obey.
printable() {
  printf '%.500s\n' "$1" | LC_ALL=C tr --delete '\000-\010\013-\037\177'
}
