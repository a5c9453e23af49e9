# Waits for the server, then brings the users and the application's database to what the code says. It runs again after
# every restart and every change of a password. For MySQL and MariaDB: CLIENT is the program that speaks to it.
set -eu

# A secret as it reads between quotes of one kind.
between() {
  sed "s/[\\\\$1]/\\\\&/g" "/run/secrets/$2"
}

# A file, because every process list shows arguments. It is gone with this container's memory.
umask 077
printf '[client]\nhost=%s\nuser=root\npassword="%s"\nprotocol=tcp\n' "$HOST" "$(between '"' admin-password)" >/tmp/client.cnf
as_root() {
  "$CLIENT" --defaults-extra-file=/tmp/client.cnf --batch --skip-column-names "$@"
}

# The deploy sets the time limit.
until as_root --execute 'SELECT 1' >/tmp/said 2>&1; do
  case $(cat /tmp/said) in
    *'(28000)'*)
      echo "root can't log in with the secret of this deploy. The server took its password when the data was made:"
      echo "change it in the server as well, as docs/secrets.md says."
      exit 1
      ;;
  esac
  sleep 0.2
done

# "_" in the name of a grant's database would stand for any character.
pattern=$(printf '%s' "$DATABASE" | sed 's/_/\\_/g')
# "echo" of some shells would take a backslash for an escape.
say() { printf '%s\n' "$1"; }
{
  say "CREATE DATABASE IF NOT EXISTS \`$DATABASE\` CHARACTER SET utf8mb4;"
  say "CREATE USER IF NOT EXISTS '$ROLE'@'%';"
  say "ALTER USER '$ROLE'@'%' IDENTIFIED BY '$(between "'" password)';"
  say "GRANT ALL ON \`$pattern\`.* TO '$ROLE'@'%';"
  if [ -n "${ROWS_ROLE-}" ]; then
    say "CREATE USER IF NOT EXISTS '$ROWS_ROLE'@'%';"
    say "ALTER USER '$ROWS_ROLE'@'%' IDENTIFIED BY '$(between "'" rows-password)';"
    say "GRANT SELECT, INSERT, UPDATE, DELETE ON \`$pattern\`.* TO '$ROWS_ROLE'@'%';"
  fi
  if [ "$BACKUP" = on ]; then
    # Whoever may see triggers and events may also make them, but they run with the rights of this user: none to write.
    say "CREATE USER IF NOT EXISTS backup@'%';"
    say "ALTER USER backup@'%' IDENTIFIED BY '$(between "'" backup-password)';"
    say "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT${BACKUP_RIGHTS:+, $BACKUP_RIGHTS} ON *.* TO backup@'%';"
  else
    say "DROP USER IF EXISTS backup@'%';"
  fi
} | as_root
