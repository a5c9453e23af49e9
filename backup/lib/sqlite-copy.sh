# shellcheck shell=bash
# A copy of a SQLite database as it was at one moment, made without writing beside it.

# Somebody may open or close the database at the very moment.
readonly COPY_ATTEMPTS=10

# consistent_copy FILE COPY
consistent_copy() {
  local attempt
  for ((attempt = 1; attempt <= COPY_ATTEMPTS; attempt++)); do
    engine_drop "$2"
    if online_backup "$1" "$2" 2>"$WORK/sqlite.err"; then return; fi
    grep -qE 'unable to open database file|readonly database' "$WORK/sqlite.err" || break
    if copy_at_rest "$1" "$2"; then return; fi
    sleep 1
  done
  cat "$WORK/sqlite.err" >&2
  return 1
}

# Inside a read transaction: otherwise the backup starts again whenever somebody writes, and may never end.
online_backup() {
  sqlite3 -batch -bail "file:$1?mode=ro" '.timeout 60000' 'BEGIN' 'SELECT count(*) FROM sqlite_master' ".backup $2" >/dev/null
}

# To read a database whose log is not there, or is left from a crash, SQLite has to write beside it; the volume is
# read-only. It only gets that far when nobody has the database open. Files that did not change while they were copied
# are what a power cut would leave, and SQLite brings the copy in order when it opens it.
copy_at_rest() {
  local suffix before
  before=$(state_of "$1")
  # The clock of file times ticks slowly: a change right before and one right after could look the same.
  [[ -z $(find "$1" "$1-wal" "$1-journal" -newermt '2 seconds ago' 2>/dev/null) ]] || return 1
  for suffix in '' -wal -journal; do
    if [[ -e $1$suffix ]]; then cp "$1$suffix" "$2$suffix" || return 1; fi
  done
  [[ $(state_of "$1") == "$before" ]]
}

state_of() {
  stat --format '%n %i %s %y %z' "$1" "$1-wal" "$1-journal" 2>/dev/null || true
}
