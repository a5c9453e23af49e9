-- A role that may do what :owner may, for the time of a restore.
SET log_min_error_statement = panic;
SET log_statement = none;
\set password `cat "$RESTORER_PASSWORD"`
CREATE ROLE :"role" LOGIN PASSWORD :'password';
GRANT :"owner" TO :"role";
