# shellcheck shell=bash
# PostgreSQL: one `pg_dump` archive for each database and the server's roles.
# shellcheck source=backup/lib/tee-sums.sh
. "$LIB/tee-sums.sh"

# engine_connect WHO: as `backup` or `admin` to the server, or to the `scratch` server.
engine_connect() {
  # In a database of others, names and operators of theirs must not stand for the server's own.
  export PGCONNECT_TIMEOUT=20 PGAPPNAME="backup $NAME" PGOPTIONS='-c search_path=pg_catalog -c timezone=UTC'
  unset PGPASSWORD
  case $1 in
    backup) to_server "$DATABASE_USER" database-password ;;
    admin) to_server "${DATABASE_ADMIN:-postgres}" admin-password ;;
    scratch) export PGHOST=$SCRATCH/socket PGPORT=5432 PGUSER=postgres PGDATABASE=postgres ;;
  esac
}

to_server() {
  PGPASSWORD=$(secret "$2")
  export PGPASSWORD PGHOST=$DATABASE_HOST PGPORT=${DATABASE_PORT:-5432} PGUSER=$1 PGDATABASE=postgres
}

# Only ever gets statements of our own: psql would run commands in what it is given. What others wrote comes to it in
# variables, and leaves it as quoted names and literals.
query() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"
}

# query_file NAME OPTION…: one of the statements in postgres/.
query_file() {
  query --set setting_value="$SETTING_VALUE" "${@:2}" --file "$LIB/../engines/postgres/$1.sql"
}

# A setting `s`, like "name=value", as ALTER … SET takes it: the elements of a list each by itself.
readonly SETTING_VALUE="LATERAL (SELECT CASE
  WHEN s ~ '^(search_path|temp_tablespaces|(local|session)_preload_libraries)=' THEN (
    SELECT string_agg(quote_literal(replace(trim(BOTH '\"' FROM m[1]), '\"\"', '\"')), ', ')
    FROM regexp_matches(substr(s, strpos(s, '=') + 1), '(\"(?:[^\"]|\"\")*\"|[^\",[:space:]]+)', 'g') m)
  ELSE quote_literal(substr(s, strpos(s, '=') + 1)) END AS literal) v"

# What the sessions that hold snapshots are written to and read from. Closed, they end.
declare -ga HELD=()

# Every database's dump sees the same moment: their snapshots are all taken before the first dump starts, and held open.
engine_open() {
  local database fd
  for fd in "${HELD[@]}"; do exec {fd}>&-; done
  HELD=()
  : >"$WORK/rewritten"
  engine_connect backup
  for database in $DATABASES; do
    hold_snapshot "$database"
  done
  warn_of_collations
  date +%s >"$WORK/time"
}

# Another image of the server may sort text in another way than the one that built the indexes, and Postgres says so only to
# who connects. The rows in a dump are all of them; it is the application that no longer finds some.
warn_of_collations() {
  local database count=0 found
  for database in $DATABASES; do
    found=$(query --dbname "$database" 2>/dev/null <<<"SELECT format('%s of %s: version %s, now %s', name, current_database(), version, coalesce(actual, 'none'))
      FROM (SELECT 'the default collation' AS name, datcollversion AS version, pg_database_collation_actual_version(oid) AS actual
          FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT translate(oid::regcollation::text, chr(10), ' '), collversion, pg_collation_actual_version(oid)
          FROM pg_collation WHERE oid IN (SELECT attcollation FROM pg_attribute WHERE attrelid >= 16384)) AS used
      WHERE version IS DISTINCT FROM actual AND version IS NOT NULL") || say "warning: the collations of $database could not be looked at"
    [[ -n $found ]] || continue
    say 'warning: text is sorted in another way than when these indexes were built, so searches may miss rows. REINDEX DATABASE mends that, then ALTER DATABASE … REFRESH COLLATION VERSION or ALTER COLLATION … REFRESH VERSION ends this warning; a restore in place builds them anew, too:'
    printf '%s\n' "$found" | sed 's/^/  | /' >&2
    count=$((count + $(wc -l <<<"$found")))
  done
  remember collations_changed "$count"
}

hold_snapshot() {
  local questions answers id
  mkfifo "$WORK/questions" "$WORK/answers"
  query --dbname "$1" <"$WORK/questions" >"$WORK/answers" 2>"$WORK/dump.err" 9>&- &
  exec {questions}>"$WORK/questions" {answers}<"$WORK/answers"
  HELD+=("$questions" "$answers")
  rm "$WORK/questions" "$WORK/answers"
  # In a subshell: writing to a psql that could not connect must not end this one.
  (echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();' >&"$questions") 2>/dev/null || true
  if ! read -r -t 60 -u "$answers" id; then
    quote "$WORK/dump.err"
    fail "$DUMP_FAILED" "cannot read the database $1 on $DATABASE_HOST"
  fi
  echo "$id" >"$WORK/$1.snapshot"
}

# at_snapshot DATABASE: sets AT_SNAPSHOT, options for a query that is to see what the dump sees.
at_snapshot() {
  SNAPSHOT_ID=$(cat "$WORK/$1.snapshot")
  AT_SNAPSHOT=(
    --dbname "$1" --command 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
    --command "SET TRANSACTION SNAPSHOT '$SNAPSHOT_ID'"
  )
}

# Tables that were given new files since the snapshot: by ALTER TABLE, TRUNCATE, VACUUM FULL or CLUSTER. The rows of the
# first two are not there for older snapshots. The catalog is read as the snapshot shows it; the function tells what is.
rewritten() {
  query "${AT_SNAPSHOT[@]}" --command "SELECT format('%s: %s', current_database(), translate(oid::regclass::text, chr(10), ' '))
    FROM pg_class WHERE relkind = 'r' AND relpersistence <> 't' AND oid >= 16384
      AND pg_relation_filenode(oid) IS DISTINCT FROM relfilenode"
}

# Fails, and names them, when there were any.
engine_settled() {
  [[ -s $WORK/rewritten ]] || return 0
  cat "$WORK/rewritten" >&2
  return 1
}

engine_parts() {
  local database
  printf 'roles.json\t\n'
  for database in $DATABASES; do printf '%s.dump\t%s\n' "$database" "$database"; done
}

engine_part() {
  printf '%s.dump' "$1"
}

engine_dump() {
  engine_connect backup
  if [[ $1 == roles.json ]]; then
    roles
  else
    at_snapshot "$2"
    facts "${AT_SNAPSHOT[@]}" >"$3"
    sum_arguments "$2"
    dump_with_sums "$3.dump" dump "$2" -- archive_sums
    cat "$3.dump" >>"$3"
    rm "$3.dump"
  fi
}

dump() {
  # A dump that waits for a lock for ever would hold back the cleaning of tables for ever.
  pg_dump --format custom --compress 0 --lock-wait-timeout 300s --snapshot "$SNAPSHOT_ID" --dbname "$1" | {
    # When it begins to write, it has locked each table, and until it ends none is given new files any more.
    IFS= read -r -N 5 magic
    rewritten >>"$WORK/rewritten"
    printf '%s' "$magic"
    cat
  }
}

roles() {
  query_file read-roles --set admin="${DATABASE_ADMIN:-postgres}" --set backup="${DATABASE_USER:-backup}"
}

# facts OPTION…: what a dump does not hold, or not in a form that could be trusted.
facts() {
  local properties
  properties=$(query_file read-database "$@")
  printf 'properties\t%s\n' "$properties"
}

# Sets SUM_ARGUMENTS: the owner of a database, and the server's superusers.
sum_arguments() {
  local names
  names=$(query --set name="$1" <<<"SELECT rolname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname = :'name'
    UNION ALL SELECT rolname FROM pg_roles WHERE rolsuper")
  mapfile -t SUM_ARGUMENTS <<<"$names"
}

archive_sums() {
  pg_restore --create --file - | perl "$LIB/sums-postgres.pl" "${SUM_ARGUMENTS[@]}"
}

# engine_sums DATABASE: of a database as it is now; `pg_restore` would give the same text.
engine_sums() {
  # With no more rights than for the dump: what reads the data may run code of whoever wrote them.
  [[ $PGHOST == "$SCRATCH/socket" ]] || engine_connect backup
  facts --dbname "$1"
  sum_arguments "$1"
  pg_dump --create --dbname "$1" | perl "$LIB/sums-postgres.pl" "${SUM_ARGUMENTS[@]}"
}

engine_scratch_start() {
  mkdir -p "$SCRATCH/socket"
  initdb --pgdata "$SCRATCH/data" --username postgres --auth trust --no-sync --no-instructions >"$SCRATCH/server.log" 2>&1 ||
    { quote "$SCRATCH/server.log" && return 1; }
  # Nothing of it has to survive, and no other container may reach it. Shared memory beyond Docker's 64 MiB is in files.
  cat >>"$SCRATCH/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$SCRATCH/socket'
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_connections = 10
# A dump of thousands of tables locks each of them; the default is enough for some two thousand.
max_locks_per_transaction = 4096
shared_buffers = 64MB
maintenance_work_mem = 64MB
dynamic_shared_memory_type = mmap
autovacuum = off
END
  pg_ctl --pgdata "$SCRATCH/data" --log "$SCRATCH/server.log" --silent --wait --timeout 120 start 9>&- >/dev/null ||
    { quote "$SCRATCH/server.log" && return 1; }
  engine_connect scratch
}

engine_scratch_stop() {
  if [[ -f $SCRATCH/data/postmaster.pid ]]; then
    pg_ctl --pgdata "$SCRATCH/data" --silent --mode immediate stop >/dev/null 2>&1 || true
  fi
}

engine_exists() {
  [[ $(query --set name="$1" <<<"SELECT 1 FROM pg_database WHERE datname = :'name'") == 1 ]]
}

engine_drop() {
  query --set name="$1" <<<'SET client_min_messages = warning; DROP DATABASE IF EXISTS :"name" WITH (FORCE)'
}

engine_version() {
  pg_dump --version
}

scratch_name() {
  printf '%s' "$1"
}

# shellcheck source=backup/engines/postgres-restore.sh
. "$LIB/../engines/postgres-restore.sh"
# shellcheck source=backup/engines/postgres-swap.sh
. "$LIB/../engines/postgres-swap.sh"
