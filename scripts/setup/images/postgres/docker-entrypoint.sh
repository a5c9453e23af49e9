#!/bin/bash
# The entrypoint contract of the official postgres image, in its own words: makes the data directory when there is
# none, runs what is in /docker-entrypoint-initdb.d once, and becomes the server.
set -Eeuo pipefail

fail() {
  printf >&2 '%s\n' "$@"
  exit 1
}

# NAME, or what the file named by NAME_FILE holds, or a default.
setting() {
  local name=$1 default=${2:-} file_name="$1_FILE"
  local value=${!name:-} file=${!file_name:-}
  if [[ -n $value && -n $file ]]; then
    fail "error: both $name and $file_name are set (but are exclusive)"
  fi
  if [[ -n $file ]]; then
    value=$(<"$file")
  fi
  export "$name"="${value:-$default}"
  unset "$file_name"
}

require_password() {
  if [[ -z $POSTGRES_PASSWORD && ${POSTGRES_HOST_AUTH_METHOD:-} != trust ]]; then
    fail 'Error: Database is uninitialized and superuser password is not specified.' \
      '       You must specify POSTGRES_PASSWORD to a non-empty value for the' \
      '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".'
  fi
}

# Since 18 the volume is the parent folder; a mount at the old place would silently hold nothing.
refuse_old_mount() {
  local old=/var/lib/postgresql/data
  if [[ $PG_MAJOR -ge 18 && $PGDATA != "$old"* ]] && grep -q " $old " /proc/self/mountinfo; then
    fail "Error: in 18+, these Docker images keep data in $PGDATA, but there is a mount at $old (unused)." \
      '       Mount the volume at /var/lib/postgresql instead.'
  fi
}

make_data_directory() {
  local -a options
  eval "options=(${POSTGRES_INITDB_ARGS:-})"
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${options[@]}"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
}

as_superuser() {
  PGHOST='' PGHOSTADDR='' PGPASSWORD=$POSTGRES_PASSWORD \
    psql --set ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" "$@"
}

# While it is being set up, the server listens on its unix socket only: nobody sees a half-made database.
start_for_setup() {
  pg_ctl --pgdata "$PGDATA" --options "-c listen_addresses='' -p 5432" --wait start
}

stop_after_setup() {
  pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
}

create_database() {
  if [[ $POSTGRES_DB != postgres ]]; then
    as_superuser --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
}

run_setup_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        if [[ -x $file ]]; then
          "$file"
        else
          # shellcheck disable=SC1090
          . "$file"
        fi
        ;;
      *.sql) as_superuser --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) gunzip --stdout "$file" | as_superuser --dbname "$POSTGRES_DB" ;;
    esac
  done
}

# Only a server start needs any of this; `psql`, `pg_dump` and the like just run.
if [[ ${1:-} == -* ]]; then
  set -- postgres "$@"
fi
if [[ ${1:-} != postgres ]]; then
  exec "$@"
fi

if [[ $(id -u) == 0 ]]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  chmod 3777 /var/run/postgresql
  find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  exec gosu postgres "${BASH_SOURCE[0]}" "$@"
fi

mkdir -p "$PGDATA"
chmod 700 "$PGDATA" || true

setting POSTGRES_PASSWORD
setting POSTGRES_USER postgres
setting POSTGRES_DB "$POSTGRES_USER"
setting POSTGRES_INITDB_ARGS

if [[ ! -s $PGDATA/PG_VERSION ]]; then
  refuse_old_mount
  require_password
  make_data_directory
  start_for_setup
  create_database
  run_setup_files
  stop_after_setup
  echo 'PostgreSQL init process complete; ready for start up.'
fi

unset POSTGRES_PASSWORD
exec "$@"
