# shellcheck shell=bash disable=SC2034
# MariaDB.
CLIENT=mariadb
DUMP=mariadb-dump
SERVER=mariadbd
# With what was in a system-versioned table before; a locked table could not take its default from a sequence.
DUMP_OPTIONS=(--dump-history --skip-add-locks)
SERVER_OPTIONS=(--innodb-log-file-size=256M --character-set-server=utf8mb4)
# shellcheck source=backup/engines/mysql-like.sh
. "$LIB/../engines/mysql-like.sh"

make_scratch_data() {
  mariadb-install-db --no-defaults --datadir="$SCRATCH/data" --auth-root-authentication-method=normal --skip-test-db
}
