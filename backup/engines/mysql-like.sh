# shellcheck shell=bash disable=SC2016,SC2153
# What MySQL and MariaDB have in common: one mysqldump for each database. The engine's own file names the programs.
# shellcheck source=backup/lib/tee-sums.sh
. "$LIB/tee-sums.sh"
# shellcheck source=backup/engines/mysql-programs.sh
. "$LIB/../engines/mysql-programs.sh"

# engine_connect WHO: as `backup` or `admin` to the server, or to the `scratch` server.
engine_connect() {
  case $1 in
    backup) to_server "$DATABASE_USER" database-password ;;
    admin) to_server "${DATABASE_ADMIN:-root}" admin-password ;;
    scratch) printf '[client]\nsocket=%s\nuser=root\n' "$SCRATCH/server.sock" >"$WORK/client.cnf" ;;
  esac
  # What is fed to the client is data of others: it must not make the client run commands or send files.
  printf '[mysql]\nbinary-mode\nlocal-infile=0\n' >>"$WORK/client.cnf"
}

# A file only this user reads: as an argument every process list would show the password.
to_server() {
  local password
  password=$(secret "$2")
  password=${password//\\/\\\\}
  printf '[client]\nhost=%s\nport=%s\nuser=%s\npassword="%s"\nprotocol=tcp\n[mysql]\nconnect-timeout=20\n' \
    "$DATABASE_HOST" "${DATABASE_PORT:-3306}" "$1" "${password//\"/\\\"}" >"$WORK/client.cnf"
}

query() {
  "$CLIENT" --defaults-extra-file="$WORK/client.cnf" --batch --skip-column-names --default-character-set=utf8mb4 "$@"
}

# For a dump without rows.
ROWS=()

# Views may call functions, and no function has to find its tables before it runs: so routines come first. Triggers come
# when all rows are there.
dump() {
  local name create
  name=$(identifier "$1")
  mkdir -p "$SCRATCH"
  create=$(query --execute "SHOW CREATE DATABASE IF NOT EXISTS $name") || return
  programs "$1" routines >"$SCRATCH/routines.sql" || return
  programs "$1" triggers events >"$SCRATCH/triggers.sql" || return
  printf '%s;\nUSE %s;\n' "${create#*$'\t'}" "$name"
  cat "$SCRATCH/routines.sql"
  dump_tables "$1" || return
  cat "$SCRATCH/triggers.sql"
}

# A row a line: its sums are those of its lines, and restic finds the same pieces again tomorrow. Rows in the order of
# the primary key, so that a restored table gives the same lines. Nothing is locked: InnoDB shows one moment.
dump_tables() {
  "$DUMP" --defaults-extra-file="$WORK/client.cnf" --single-transaction --quick --skip-triggers \
    --hex-blob --default-character-set=utf8mb4 --order-by-primary --skip-extended-insert --no-autocommit \
    --no-tablespaces --skip-dump-date --max-allowed-packet=1G "${DUMP_OPTIONS[@]}" "${ROWS[@]}" --databases "$1"
}

# Each dump has its own moment; see sums-mysql.awk. Tables of engines without transactions are not of that moment.
engine_open() {
  local database count=0 found
  engine_connect backup
  for database in $DATABASES; do
    found=$(query --execute "SELECT CONCAT(table_schema, '.', table_name, ' (', engine, ')') FROM information_schema.tables
      WHERE table_schema = $(text "$database") AND engine IN ('MyISAM', 'Aria', 'MRG_MyISAM', 'CSV', 'ARCHIVE', 'MEMORY')")
    [[ -n $found ]] || continue
    say "warning: these tables have no transactions: what is written during the dump may be half in it; ALTER TABLE … ENGINE=InnoDB mends that:"
    printf '%s\n' "$found" | sed 's/^/  | /' >&2
    count=$((count + $(wc -l <<<"$found")))
  done
  remember tables_without_transactions "$count"
}

engine_parts() {
  local database
  for database in $DATABASES; do printf '%s.sql\t%s\n' "$database" "$database"; done
}

engine_part() {
  printf '%s.sql' "$1"
}

engine_dump() {
  engine_connect backup
  dump_with_sums "$3" dump "$2" -- dump_sums "$2"
}

dump_sums() {
  mkdir -p "$SCRATCH/sums"
  LC_ALL=C awk -v folder="$SCRATCH/sums" -v database="$1" -f "$LIB/dump-text.awk" -f "$LIB/sums-mysql.awk"
}

# engine_sums DATABASE: of a database as it is now.
engine_sums() {
  dump "$1" | dump_sums "$1"
}

# Events must not run: the data would change under the comparison.
scratch_server() {
  "$SERVER" --no-defaults --datadir="$SCRATCH/data" --socket="$SCRATCH/server.sock" --pid-file="$SCRATCH/server.pid" \
    --skip-networking --secure-file-priv="$SCRATCH/nothing" --local-infile=OFF --event-scheduler=OFF --skip-log-bin \
    --innodb-flush-log-at-trx-commit=0 \
    --innodb-buffer-pool-size=32M --innodb-log-buffer-size=8M --key-buffer-size=1M --max-connections=10 \
    --table-open-cache=100 --max-allowed-packet=1G --performance-schema=OFF \
    "${SERVER_OPTIONS[@]}" >>"$SCRATCH/server.log" 2>&1 9>&- &
}

engine_scratch_start() {
  # `nothing` is the only folder that it may read and write files in.
  mkdir -p "$SCRATCH/data" "$SCRATCH/nothing"
  chmod 000 "$SCRATCH/nothing"
  make_scratch_data >"$SCRATCH/server.log" 2>&1 || { quote "$SCRATCH/server.log" && return 1; }
  scratch_server
  SCRATCH_SERVER=$!
  engine_connect scratch
  until query --execute 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$SCRATCH_SERVER" 2>/dev/null || { quote "$SCRATCH/server.log" && return 1; }
    sleep 0.2
  done
}

engine_scratch_stop() {
  if [[ -n ${SCRATCH_SERVER:-} ]]; then
    kill -KILL "$SCRATCH_SERVER" 2>/dev/null || true
    wait "$SCRATCH_SERVER" 2>/dev/null || true
  fi
}

identifier() {
  printf '`%s`' "${1//\`/\`\`}"
}

engine_exists() {
  [[ -n $(query --execute "SHOW DATABASES WHERE \`Database\` = $(text "$1")") ]]
}

engine_drop() {
  query --execute "DROP DATABASE IF EXISTS $(identifier "$1")"
}

# Views and programs work for accounts, with the rights these have. The scratch server gets them. On another server they
# have to be there: what rights they should have is not in a database, so it is not for its backup to say.
accounts() {
  local missing
  if [[ -n ${SCRATCH_SERVER:-} ]]; then
    jq --raw-output '(.create[]), (.definers[]? | "CREATE USER IF NOT EXISTS \(.) ACCOUNT LOCK; GRANT ALL ON *.* TO \(.);")' <<<"$1" | query
    return
  fi
  missing=$(jq --raw-output '.definers[]?' <<<"$1" | grep -vxFf <(query --raw --execute \
    "SELECT CONCAT($(quoted_in_sql user), '@', $(quoted_in_sql host)) FROM mysql.user") || true)
  [[ -z $missing ]] || fail "$REFUSED" "views or programs of $DATABASE work for $(paste --serial --delimiters=' ' <<<"$missing"), which this server does not have; create the account, locked if nobody is to log in (CREATE USER … ACCOUNT LOCK), and grant it what it had"
}

# engine_restore DATABASE ENTRY TARGET: the dump is on standard input.
engine_restore() {
  local before code=0
  accounts "$2"
  before=$(query --execute 'SELECT @@GLOBAL.max_allowed_packet')
  # A binary value is twice as long in a dump.
  query --execute 'SET GLOBAL max_allowed_packet = 1073741824'
  LC_ALL=C awk -v from="$(identifier "$1")" -v to="$(identifier "$3")" -f "$LIB/dump-text.awk" -f "$LIB/join-rows.awk" |
    query --max-allowed-packet=1G || code=$?
  query --execute "SET GLOBAL max_allowed_packet = $before"
  return "$code"
}

engine_version() {
  "$DUMP" --version
}

scratch_name() {
  printf '%s' "$1"
}

# shellcheck source=backup/engines/mysql-swap.sh
. "$LIB/../engines/mysql-swap.sh"
