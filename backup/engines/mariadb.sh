# shellcheck shell=bash disable=SC2034
# MariaDB.
CLIENT=mariadb
DUMP=mariadb-dump
SERVER=mariadbd
DUMP_OPTIONS=()
SERVER_OPTIONS=(--innodb-log-file-size=256M --character-set-server=utf8mb4)
# shellcheck source=backup/engines/mysql-like.sh
. "$LIB/../engines/mysql-like.sh"

make_scratch_data() {
  mariadb-install-db --no-defaults --datadir="$SCRATCH/data" --auth-root-authentication-method=normal --skip-test-db
}
