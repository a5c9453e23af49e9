# Waits for the server, then brings the application's role and database to what the code says. It runs again after every
# restart and every change of a password.
set -eu

# The deploy sets the time limit.
until pg_isready -q; do sleep 0.2; done

PGPASSWORD=$(cat /run/secrets/admin-password)
export PGPASSWORD

if ! psql -X -q -c 'SELECT' postgres >/dev/null; then
  echo "The superuser can't log in with the secret of this deploy. The server took its password when the data was made:"
  echo "change it in the server as well, as docs/secrets.md says."
  exit 1
fi

psql -X -q -v ON_ERROR_STOP=1 -v role="$ROLE" -v database="$DATABASE" postgres <<'SQL'
-- A statement that fails must not bring the password into the server's log.
SET log_min_error_statement = panic;
\set password `cat /run/secrets/password`
SELECT format('CREATE ROLE %I LOGIN', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'role', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SQL
