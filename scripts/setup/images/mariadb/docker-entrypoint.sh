#!/bin/bash
# The entrypoint contract of the official mariadb image, in its own words: makes the data directory when there is none,
# runs what is in /docker-entrypoint-initdb.d once, and becomes the server.
set -Eeuo pipefail

socket=/run/mysqld/mysqld.sock

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
  mariadb --no-defaults --protocol=socket --socket="$socket" --user=root --comments "$@"
}

# The text of an SQL string.
quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

create_root_and_user() {
  {
    # mariadb-install-db makes more than the official image leaves, all without a password.
    echo "DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root' AND Host <> 'localhost';"
    echo 'FLUSH PRIVILEGES;'
    if [[ ${MARIADB_ROOT_HOST:-%} != localhost ]]; then
      echo "CREATE USER 'root'@$(quoted "${MARIADB_ROOT_HOST:-%}") IDENTIFIED BY $(quoted "$MARIADB_ROOT_PASSWORD");"
      echo "GRANT ALL ON *.* TO 'root'@$(quoted "${MARIADB_ROOT_HOST:-%}") WITH GRANT OPTION;"
    fi
    if [[ -n $MARIADB_DATABASE ]]; then
      echo "CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;"
    fi
    if [[ -n $MARIADB_USER && -n $MARIADB_PASSWORD ]]; then
      echo "CREATE USER $(quoted "$MARIADB_USER")@'%' IDENTIFIED BY $(quoted "$MARIADB_PASSWORD");"
      if [[ -n $MARIADB_DATABASE ]]; then
        echo "GRANT ALL ON \`${MARIADB_DATABASE//_/\\_}\`.* TO $(quoted "$MARIADB_USER")@'%';"
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
      *.sql) as_root ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"} <"$file" ;;
      *.sql.gz) gunzip --stdout "$file" | as_root ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"} ;;
    esac
  done
}

set_up() {
  mariadb-install-db --datadir=/var/lib/mysql --skip-test-db --auth-root-authentication-method=normal >/dev/null
  # Nobody but this script reaches the server before it is set up.
  "$@" --skip-networking --default-time-zone=SYSTEM --socket="$socket" &
  until as_root --execute='SELECT 1' >/dev/null 2>&1; do
    kill -0 $! || fail 'the server did not start for its setup'
    sleep 0.2
  done
  create_root_and_user
  run_setup_files
  echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$MARIADB_ROOT_PASSWORD"); SHUTDOWN;" | as_root
  wait $!
}

if [[ ${1:-} == -* ]]; then
  set -- mariadbd "$@"
fi
if [[ ${1:-} != mariadbd ]]; then
  exec "$@"
fi

if [[ $(id -u) == 0 ]]; then
  find /var/lib/mysql /run/mysqld \! -user mysql -exec chown mysql '{}' +
  exec gosu mysql "${BASH_SOURCE[0]}" "$@"
fi

if [[ ! -d /var/lib/mysql/mysql ]]; then
  for name in MARIADB_ROOT_PASSWORD MARIADB_DATABASE MARIADB_USER MARIADB_PASSWORD; do setting "$name"; done
  if [[ -z $MARIADB_ROOT_PASSWORD && -z ${MARIADB_ALLOW_EMPTY_PASSWORD:-} ]]; then
    fail '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified' \
      '    You need to specify one of the following as an environment variable:' \
      '    - MARIADB_ROOT_PASSWORD' '    - MARIADB_ALLOW_EMPTY_PASSWORD' '    - MARIADB_RANDOM_ROOT_PASSWORD'
  fi
  set_up "$@"
  echo '[Note] [Entrypoint]: MariaDB init process done. Ready for start up.'
fi

unset MARIADB_ROOT_PASSWORD MARIADB_PASSWORD
exec "$@"
