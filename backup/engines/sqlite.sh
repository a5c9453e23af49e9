# shellcheck shell=bash
# SQLite: each database file, by SQLite's own online backup.
# shellcheck source=backup/lib/sqlite-copy.sh
. "$LIB/sqlite-copy.sh"

engine_connect() { :; }
engine_open() { :; }

# /data/app.db is kept as data__app.db.
engine_parts() {
  local file
  for file in $SQLITE_FILES; do printf '%s\t%s\n' "$(part_name "$file")" "$file"; done
}

part_name() {
  local name=${1#/}
  printf '%s' "${name//\//__}"
}

engine_part() {
  part_name "$1"
}

engine_dump() {
  local copy=$SCRATCH/copy.db
  [[ -f $2 ]] || fail "$DUMP_FAILED" "there is no file $2"
  mkdir -p "$SCRATCH"
  consistent_copy "$2" "$copy"
  printf 'time\t%s\n' "$(date +%s)" >"$3"
  file_sums "$copy" >>"$3"
  cat "$copy"
  engine_drop "$copy"
}

# The text form of every value is exact: X'…' for binary, 17 digits for numbers with a point.
file_sums() {
  local table rows sum
  [[ $(sqlite3 -batch "$1" 'PRAGMA integrity_check') == ok ]] || { say 'error: integrity_check fails'; return 1; }
  tables "$1" | while IFS= read -r table; do
    rows=$(sqlite3 -batch "$1" "SELECT count(*) FROM $table")
    sum=$(sqlite3 -batch "$1" '.mode quote' "SELECT * FROM $table" | sha256sum)
    printf 'table\t%s\t%s\t%s\n' "$table" "$rows" "${sum%% *}"
  done
  sum=$(definitions "$1" | sha256sum)
  printf 'schema\t%s\t%s\n' "$(definitions "$1" | wc -l)" "${sum%% *}"
}

tables() {
  sqlite3 -batch "$1" "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM sqlite_master
    WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name"
}

definitions() {
  sqlite3 -batch "$1" 'SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name' \
    'PRAGMA user_version' 'PRAGMA application_id' 'PRAGMA encoding'
}

# Here a database's name is its file's path, and the scratch server is a folder.
engine_scratch_start() {
  mkdir -p "$SCRATCH/data"
}

scratch_name() {
  printf '%s/data/%s' "$SCRATCH" "$(part_name "$1")"
}

engine_exists() {
  [[ -e $1 ]]
}

engine_drop() {
  rm -f "$1" "$1-wal" "$1-shm" "$1-journal"
}

# The new file has its name only when it is whole.
engine_restore() {
  cat >"$3.partial"
  sync "$3.partial"
  mv "$3.partial" "$3"
}

engine_sums() {
  file_sums "$1"
}

engine_version() {
  sqlite3 --version
}

engine_beside() {
  printf '%s.restored-%s' "$1" "$2"
}

engine_before() {
  printf '%s.before-%s' "$1" "$2"
}

# Whether somebody has it open for writing. A file that is damaged (11) or no database any more (26) is nobody's.
in_use() {
  local status=0
  [[ $(sqlite3 -batch "$1" 'PRAGMA wal_checkpoint(TRUNCATE)' || true) == 1* ]] && return 0
  sqlite3 -batch "$1" 'BEGIN EXCLUSIVE' 'ROLLBACK' || status=$?
  ((status == 5))
}

engine_may_swap() {
  if [[ -e $1 ]] && in_use "$1"; then fail "$REFUSED" "$1 is in use; stop what writes to it, then try again"; fi
}

# A log that the old file left goes with it, or stays for it: beside the new file, it would spoil that one.
engine_swap() {
  local log
  [[ -e $2 ]] || return 0
  for log in wal journal; do
    if [[ -e $1-$log ]]; then mv "$1-$log" "$3-$log"; fi
  done
  rm -f "$1-shm"
  if [[ -e $1 ]]; then
    [[ -e $3 ]] || ln "$1" "$3"
    chmod --reference="$1" "$2"
    chown --reference="$1" "$2" 2>/dev/null || say "$1 now belongs to $(id -u); the old one to $(stat -c %u "$1")"
  fi
  mv --no-target-directory "$2" "$1"
  # One that was in place before brings its log back.
  for log in wal journal; do
    if [[ -e $2-$log ]]; then mv "$2-$log" "$1-$log"; fi
  done
}
