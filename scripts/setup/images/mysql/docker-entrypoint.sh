#!/bin/bash
# The entrypoint contract of the official mysql image, in its own words: makes the data directory when there is none,
# runs what is in /docker-entrypoint-initdb.d once, and becomes the server.
set -Eeuo pipefail

socket=/var/run/mysqld/mysqld.sock

fail() {
  printf >&2 '%s\n' "$@"
  exit 1
}

# NAME, or what the file named by NAME_FILE holds.
setting() {
  local name=$1 file_name="$1_FILE"
  local value=${!name:-} file=${!file_name:-}
  if [[ -n $value && -n $file ]]; then
    fail "error: both $name and $file_name are set (but are exclusive)"
  fi
  if [[ -n $file ]]; then
    value=$(<"$file")
  fi
  export "$name"="$value"
  unset "$file_name"
}

as_root() {
  mysql --no-defaults --protocol=socket --socket="$socket" --user=root --comments "$@"
}

# The text of an SQL string.
quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

create_root_and_user() {
  {
    echo 'SET @@SESSION.SQL_LOG_BIN=0;'
    if [[ ${MYSQL_ROOT_HOST:-%} != localhost ]]; then
      echo "CREATE USER 'root'@$(quoted "${MYSQL_ROOT_HOST:-%}") IDENTIFIED BY $(quoted "$MYSQL_ROOT_PASSWORD");"
      echo "GRANT ALL ON *.* TO 'root'@$(quoted "${MYSQL_ROOT_HOST:-%}") WITH GRANT OPTION;"
    fi
    if [[ -n $MYSQL_DATABASE ]]; then
      echo "CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;"
    fi
    if [[ -n $MYSQL_USER && -n $MYSQL_PASSWORD ]]; then
      echo "CREATE USER $(quoted "$MYSQL_USER")@'%' IDENTIFIED BY $(quoted "$MYSQL_PASSWORD");"
      if [[ -n $MYSQL_DATABASE ]]; then
        echo "GRANT ALL ON \`${MYSQL_DATABASE//_/\\_}\`.* TO $(quoted "$MYSQL_USER")@'%';"
      fi
    fi
  } | as_root
}

run_setup_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        # shellcheck disable=SC1090
        if [[ -x $file ]]; then "$file"; else . "$file"; fi
        ;;
      *.sql) as_root ${MYSQL_DATABASE:+--database="$MYSQL_DATABASE"} <"$file" ;;
      *.sql.gz) gunzip --stdout "$file" | as_root ${MYSQL_DATABASE:+--database="$MYSQL_DATABASE"} ;;
    esac
  done
}

set_up() {
  "$@" --initialize-insecure --default-time-zone=SYSTEM
  # Nobody but this script reaches the server before it is set up.
  "$@" --skip-networking --default-time-zone=SYSTEM --socket="$socket" &
  until as_root --execute='SELECT 1' >/dev/null 2>&1; do
    kill -0 $! || fail 'the server did not start for its setup'
    sleep 0.2
  done
  create_root_and_user
  run_setup_files
  echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$MYSQL_ROOT_PASSWORD"); SHUTDOWN;" | as_root
  wait $!
}

if [[ ${1:-} == -* ]]; then
  set -- mysqld "$@"
fi
if [[ ${1:-} != mysqld ]]; then
  exec "$@"
fi

if [[ $(id -u) == 0 ]]; then
  find /var/lib/mysql /var/run/mysqld \! -user mysql -exec chown mysql '{}' +
  exec gosu mysql "${BASH_SOURCE[0]}" "$@"
fi

if [[ ! -d /var/lib/mysql/mysql ]]; then
  for name in MYSQL_ROOT_PASSWORD MYSQL_DATABASE MYSQL_USER MYSQL_PASSWORD; do setting "$name"; done
  if [[ -z $MYSQL_ROOT_PASSWORD && -z ${MYSQL_ALLOW_EMPTY_PASSWORD:-} ]]; then
    fail '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified' \
      '    You need to specify one of the following as an environment variable:' \
      '    - MYSQL_ROOT_PASSWORD' '    - MYSQL_ALLOW_EMPTY_PASSWORD' '    - MYSQL_RANDOM_ROOT_PASSWORD'
  fi
  set_up "$@"
  echo '[Note] [Entrypoint]: MySQL init process done. Ready for start up.'
fi

unset MYSQL_ROOT_PASSWORD MYSQL_PASSWORD
exec "$@"
