# shellcheck shell=bash
# PostgreSQL: one `pg_dump` archive for each database and the server's roles.
# shellcheck source=backup/lib/tee-sums.sh
. "$LIB/tee-sums.sh"

# engine_connect WHO: as `backup` or `admin` to the server, or to the `scratch` server.
engine_connect() {
  export PGCONNECT_TIMEOUT=20 PGAPPNAME="backup $NAME"
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

query() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"
}

# Every database's dump sees the same moment: their snapshots are all taken before the first dump starts, and held open.
engine_open() {
  local database
  engine_connect backup
  for database in $DATABASES; do
    hold_snapshot "$database"
  done
  date +%s >"$WORK/time"
}

hold_snapshot() {
  local questions answers id
  mkfifo "$WORK/questions" "$WORK/answers"
  query --dbname "$1" <"$WORK/questions" >"$WORK/answers" 2>"$WORK/dump.err" 9>&- &
  exec {questions}>"$WORK/questions" {answers}<"$WORK/answers"
  rm "$WORK/questions" "$WORK/answers"
  # In a subshell: writing to a psql that could not connect must not end this one.
  (echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();' >&"$questions") 2>/dev/null || true
  if ! read -r -t 60 -u "$answers" id; then
    quote "$WORK/dump.err"
    fail "$DUMP_FAILED" "cannot read the database $1 on $DATABASE_HOST"
  fi
  echo "$id" >"$WORK/$1.snapshot"
}

engine_parts() {
  local database
  printf 'globals.sql\t\n'
  for database in $DATABASES; do printf '%s.dump\t%s\n' "$database" "$database"; done
}

# Roles come without their passwords, which only a superuser may read; the deploy sets them again.
engine_dump() {
  engine_connect backup
  if [[ $1 == globals.sql ]]; then
    dump_with_sums "$3" pg_dumpall --globals-only --no-role-passwords --no-tablespaces --database "${DATABASES%% *}" \
      -- grep -x -e '-- PostgreSQL database cluster dump complete'
  else
    # A dump that waits for a lock for ever would hold back the cleaning of tables for ever.
    dump_with_sums "$3" pg_dump --format custom --compress 0 --lock-wait-timeout 300s \
      --snapshot "$(cat "$WORK/$2.snapshot")" --dbname "$2" -- archive_sums
  fi
}

archive_sums() {
  pg_restore --create --file - | perl "$LIB/sums-postgres.pl"
}

# engine_sums DATABASE: of a database as it is now; `pg_restore` would give the same text.
engine_sums() {
  pg_dump --create --dbname "$1" | perl "$LIB/sums-postgres.pl"
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

# engine_restore DATABASE ENTRY TARGET: ENTRY is the database's in the manifest. Roles the server has stay as they are.
engine_restore() {
  read_part globals.sql >"$WORK/globals.sql"
  query <<<"SELECT format('%I', rolname) FROM pg_roles" >"$WORK/roles"
  awk 'NR == FNR { known[$0]; next }
    /^(CREATE|ALTER) ROLE / { role = $0; sub(/^[A-Z]+ ROLE /, "", role); sub(/( WITH .*| SET .*)?;$/, "", role); if (role in known) next }
    /^GRANT / { role = $0; sub(/^GRANT .* TO /, "", role); sub(/( WITH .*| GRANTED BY .*)?;$/, "", role); if (role in known) next }
    /^GRANT / || /ROLE / { print }' "$WORK/roles" "$WORK/globals.sql" |
    psql --no-psqlrc --quiet >/dev/null 2>"$WORK/globals.err"
  jq --raw-output '.create[]' <<<"$2" | query --set database="$3"
  read_part "$1.dump" | pg_restore --exit-on-error --no-tablespaces --dbname "$3"
}

engine_version() {
  pg_dump --version
}

scratch_name() {
  printf '%s' "$1"
}

# Postgres cuts names off after 63 bytes.
engine_beside() {
  printf '%.38s_restored_%s' "$1" "$2"
}

engine_before() {
  printf '%.40s_before_%s' "$1" "$2"
}

# Both names change in one transaction. The old database lets nobody in any more, so nothing is written to it by mistake.
engine_swap() {
  engine_exists "$2" || return 0
  # One that is swapped back let nobody in.
  query --set beside="$2" <<<'ALTER DATABASE :"beside" WITH ALLOW_CONNECTIONS true'
  if engine_exists "$1"; then
    query --set old="$1" <<<'ALTER DATABASE :"old" WITH ALLOW_CONNECTIONS false'
  fi
  query --set name="$1" --set beside="$2" >/dev/null <<<"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'name', :'beside')"
  if engine_exists "$1"; then
    query --single-transaction --set name="$1" --set beside="$2" --set before="$3" --file - \
      <<<'ALTER DATABASE :"name" RENAME TO :"before"; ALTER DATABASE :"beside" RENAME TO :"name";'
  else
    query --set name="$1" --set beside="$2" <<<'ALTER DATABASE :"beside" RENAME TO :"name"'
  fi
}
