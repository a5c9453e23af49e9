# shellcheck shell=bash
# Restores that touch nothing that is there.

# Sets RUN and MANIFEST, and says which backup it is.
take_run() {
  RUN=$(choose_run "$WHICH")
  local of
  of=$(jq --raw-output .engine <<<"$RUN")
  [[ $of == "$ENGINE" ]] || fail "$REFUSED" "the backup is of $of, it cannot be restored into $ENGINE"
  MANIFEST=$(read_manifest "$RESTORE_FAILED")
  say "taking the backup $(jq --raw-output .run <<<"$RUN"), from $(moment "$(jq .time <<<"$RUN")")"
}

# The database that is meant; sets DATABASE and ENTRY.
take_database() {
  local -a names
  mapfile -t names < <(jq --raw-output '.databases | keys[]' <<<"$MANIFEST")
  if [[ -z ${DATABASE:-} ]]; then
    ((${#names[@]} == 1)) || wrong "say which database: --database, one of ${names[*]}"
    DATABASE=${names[0]}
  fi
  ENTRY=$(jq --compact-output --arg name "$DATABASE" '.databases[$name] // empty' <<<"$MANIFEST")
  [[ -n $ENTRY ]] || fail "$NOTHING_TO_RESTORE" "the backup has no database \"$DATABASE\"; it has ${names[*]}"
}

# Each file has its name only when it is whole.
restore_to_file() {
  local part
  [[ -d $1 && -w $1 ]] || fail "$REFUSED" "$1 is not a folder that can be written to"
  take_run
  require_room "$(jq .bytes <<<"$RUN")" 'these files'
  if [[ $ENGINE == files ]]; then
    engine_restore files '{}' "$1" || explain $? "$RESTORE_FAILED" "$WHICH"
  else
    while IFS= read -r -u 3 part; do
      say "writing $1/$part"
      read_part "$part" >"$1/$part.partial" || explain $? "$RESTORE_FAILED" "$WHICH"
      mv "$1/$part.partial" "$1/$part"
    done 3< <(jq --raw-output '.parts[].part' <<<"$RUN")
  fi
  printf '%s\n' "$MANIFEST" >"$1/manifest.json"
}

restore_to_database() {
  take_run
  take_database
  engine_connect admin
  if [[ $ENGINE == sqlite || $ENGINE == files ]]; then check_path "$1"; fi
  if engine_exists "$1"; then fail "$REFUSED" "$1 exists already; choose a new name"; fi
  restore_and_compare "$1"
  jq --arg database "$1" '{ database: $database, run: .run, time: .time }' <<<"$RUN"
}

# A name without a folder would lie among the files themselves, and what is in no volume goes with the container.
check_path() {
  local mount
  [[ $1 == /* && -d ${1%/*} ]] ||
    fail "$REFUSED" "$1 is no path in a folder that is there; $ENGINE is restored to one, like $STATE/try-it"
  mount=$(df --output=target -- "${1%/*}" | tail -n 1)
  if [[ $mount == / || $mount == /tmp ]]; then fail "$REFUSED" "$1 is in no volume: it would go with this container"; fi
}

# restore_from_run DATABASE ENTRY TARGET
restore_from_run() {
  if declare -F engine_globals >/dev/null; then engine_read_globals | engine_globals; fi
  if declare -F engine_contents >/dev/null; then engine_contents "$1" >"$WORK/contents"; fi
  if declare -F engine_part >/dev/null; then
    read_part "$(engine_part "$1")" | engine_restore "$@"
  else
    engine_restore "$@"
  fi
}

# restore_and_compare TARGET: fails, and leaves no half of it, unless it is exactly what was dumped.
restore_and_compare() {
  require_room "$(expected_size)" "a restore of $DATABASE"
  say "restoring $DATABASE to $1"
  # As a job of its own: in a condition, a failing command inside the function would not end it.
  restore_from_run "$DATABASE" "$ENTRY" "$1" 2>"$WORK/restore.err" &
  wait $! || {
    quote "$WORK/restore.err"
    engine_drop "$1" || true
    fail "$RESTORE_FAILED" "the backup could not be restored to $1"
  }
  grep '^note: ' "$WORK/restore.err" >&2 || true
  say "comparing $1 with what was dumped"
  engine_sums "$1" 2>"$WORK/restore.err" | sums_to_json >"$WORK/found.json" || {
    quote "$WORK/restore.err"
    fail "$RESTORE_FAILED" "$1 was restored, but cannot be read"
  }
  differences "$DATABASE" "$MANIFEST" "$WORK/found.json" >"$WORK/differences"
  if [[ -s $WORK/differences ]]; then
    quote "$WORK/differences" 20
    fail "$VERIFICATION_FAILED" "$1 is not what was dumped; it stays there to be looked at"
  fi
  say "restored $(jq '[.tables[].rows] | add // 0' <<<"$ENTRY") rows"
}
