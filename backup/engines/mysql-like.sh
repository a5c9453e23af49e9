# shellcheck shell=bash disable=SC2016,SC2153
# What MySQL and MariaDB have in common: one mysqldump for each database. The engine's own file names the programs.
# shellcheck source=backup/lib/tee-sums.sh
. "$LIB/tee-sums.sh"

# engine_connect WHO: as `backup` or `admin` to the server, or to the `scratch` server.
engine_connect() {
  case $1 in
    backup) to_server "$DATABASE_USER" database-password ;;
    admin) to_server "${DATABASE_ADMIN:-root}" admin-password ;;
    scratch) printf '[client]\nsocket=%s\nuser=root\n' "$SCRATCH/server.sock" >"$WORK/client.cnf" ;;
  esac
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

# A row a line: its sums are those of its lines, and restic finds the same pieces again tomorrow. Rows in the order of
# the primary key, so that a restored table gives the same lines. Nothing is locked: InnoDB shows one moment.
dump() {
  "$DUMP" --defaults-extra-file="$WORK/client.cnf" --single-transaction --quick --routines --events --triggers \
    --hex-blob --default-character-set=utf8mb4 --order-by-primary --skip-extended-insert --no-autocommit \
    --no-tablespaces --skip-dump-date --max-allowed-packet=1G "${DUMP_OPTIONS[@]}" --databases "$1"
}

# Each dump has its own moment; see sums-mysql.awk.
engine_open() {
  engine_connect backup
}

engine_parts() {
  local database
  for database in $DATABASES; do printf '%s.sql\t%s\n' "$database" "$database"; done
}

engine_dump() {
  engine_connect backup
  dump_with_sums "$3" dump "$2" -- dump_sums "$2"
}

dump_sums() {
  mkdir -p "$SCRATCH/sums"
  LC_ALL=C awk -v folder="$SCRATCH/sums" -v database="$1" -f "$LIB/sums-mysql.awk"
}

# engine_sums DATABASE: of a database as it is now.
engine_sums() {
  dump "$1" | dump_sums "$1"
}

# Events must not run: the data would change under the comparison.
scratch_server() {
  "$SERVER" --no-defaults --datadir="$SCRATCH/data" --socket="$SCRATCH/server.sock" --pid-file="$SCRATCH/server.pid" \
    --skip-networking --event-scheduler=OFF --skip-log-bin --innodb-flush-log-at-trx-commit=0 \
    --innodb-buffer-pool-size=32M --innodb-log-buffer-size=8M --key-buffer-size=1M --max-connections=10 \
    --table-open-cache=100 --max-allowed-packet=1G --performance-schema=OFF \
    "${SERVER_OPTIONS[@]}" >>"$SCRATCH/server.log" 2>&1 9>&- &
}

engine_scratch_start() {
  mkdir -p "$SCRATCH/data"
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
  [[ -n $(query --execute "SHOW DATABASES WHERE \`Database\` = '${1//\'/\'\'}'") ]]
}

engine_drop() {
  query --execute "DROP DATABASE IF EXISTS $(identifier "$1")"
}

# engine_restore DATABASE ENTRY TARGET. The server has its users; only the scratch server has to get them.
engine_restore() {
  local before code=0
  if [[ -n ${SCRATCH_SERVER:-} ]]; then jq --raw-output '.create[]' <<<"$2" | query; fi
  before=$(query --execute 'SELECT @@GLOBAL.max_allowed_packet')
  # A binary value is twice as long in a dump.
  query --execute 'SET GLOBAL max_allowed_packet = 1073741824'
  read_part "$1.sql" | LC_ALL=C awk -v from="$(identifier "$1")" -v to="$(identifier "$3")" -f "$LIB/join-rows.awk" |
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
