# shellcheck shell=bash disable=SC2034
# MySQL 8.4 and newer.
CLIENT=mysql
DUMP=mysqldump
SERVER=mysqld
# Neither is part of the data.
DUMP_OPTIONS=(--set-gtid-purged=OFF --column-statistics=0)
SERVER_OPTIONS=(--mysqlx=OFF --innodb-redo-log-capacity=256M)
# shellcheck source=backup/engines/mysql-like.sh
. "$LIB/../engines/mysql-like.sh"

make_scratch_data() {
  mysqld --no-defaults --initialize-insecure --datadir="$SCRATCH/data"
}
