# Waits for the server, then brings the roles and the application's database to what the code says. It runs again after
# every restart and every change of a password.
set -eu
PGHOST=$HOST PGUSER=postgres
export PGHOST PGUSER

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
-- A statement that fails must not bring a password into the server's log.
SET log_min_error_statement = panic;
\set password `cat /run/secrets/password`
SELECT format('CREATE ROLE %I LOGIN', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'role', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

-- It reads every row, those of row security too, and writes none.
\if `[ "$BACKUP" = on ] && echo 1 || echo 0`
\set password `cat /run/secrets/backup-password`
SELECT 'CREATE ROLE backup' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backup') \gexec
SELECT format('ALTER ROLE backup LOGIN BYPASSRLS PASSWORD %L', :'password') \gexec
GRANT pg_read_all_data TO backup;
\else
SELECT 'ALTER ROLE backup NOLOGIN' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'backup') \gexec
\endif
SQL

psql -X -q -v ON_ERROR_STOP=1 -v extensions="${EXTENSIONS:-}" "$DATABASE" <<'SQL'
SET search_path = pg_catalog;
SELECT format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA public', e)
  FROM unnest(string_to_array(:'extensions', ' ')) e WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = e) \gexec
SQL

[ -n "${ROWS_ROLE-}" ] || exit 0

psql -X -q -v ON_ERROR_STOP=1 -v rows="$ROWS_ROLE" postgres <<'SQL'
SET log_min_error_statement = panic;
\set password `cat /run/secrets/rows-password`
SELECT format('CREATE ROLE %I', :'rows') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'rows') \gexec
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', :'rows', :'password') \gexec
SQL

# As the owner: what is in the database must not run as the superuser. First for what the owner makes from now on.
PGPASSWORD=$(cat /run/secrets/password) psql -X -q -v ON_ERROR_STOP=1 -v rows="$ROWS_ROLE" -U "$ROLE" "$DATABASE" <<'SQL'
SET search_path = pg_catalog;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO :"rows";
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"rows";
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO :"rows";
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', nspname, :'rows')
  FROM pg_namespace WHERE nspowner = current_user::regrole \gexec
SELECT format('GRANT %s ON %I.%I TO %I',
              CASE relkind WHEN 'S' THEN 'USAGE, SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
              nspname, relname, :'rows')
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE relowner = current_user::regrole AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \gexec
SQL
