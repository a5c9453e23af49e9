-- Makes the roles that the server lacks, from read-roles.sql's JSON in the file $ROLES. A role that is there keeps its
-- attributes and its password; if it has neither settings nor memberships, as on a new host, it gets those it had.
-- Statements that fail must not bring a password into the server's log.
SET log_min_error_statement = panic;
SET log_statement = none;
\set roles `cat "$ROLES"`
CREATE TEMP TABLE wanted AS
SELECT r.*, n.oid IS NULL AS missing,
  NOT EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole = n.oid)
    AND NOT EXISTS (SELECT FROM pg_auth_members WHERE member = n.oid AND NOT roleid = 'pg_read_all_data'::regrole) AS bare
FROM jsonb_to_recordset((:'roles')::jsonb -> 'roles') AS r (
  name text, superuser bool, inherit bool, createrole bool, createdb bool, login bool, replication bool, bypassrls bool,
  connections int, until text, password text, comment text, settings jsonb, "memberOf" jsonb)
LEFT JOIN pg_roles n ON rolname = name;

SELECT format('CREATE ROLE %I', name) FROM wanted WHERE missing \gexec
SELECT format('ALTER ROLE %I ', name) || concat_ws(' ',
  CASE WHEN superuser THEN 'SUPERUSER' END, CASE WHEN NOT inherit THEN 'NOINHERIT' END,
  CASE WHEN createrole THEN 'CREATEROLE' END, CASE WHEN createdb THEN 'CREATEDB' END,
  CASE WHEN login THEN 'LOGIN' END, CASE WHEN replication THEN 'REPLICATION' END,
  CASE WHEN bypassrls THEN 'BYPASSRLS' END, format('CONNECTION LIMIT %s', connections),
  CASE WHEN password IS NOT NULL THEN format('PASSWORD %L', password) END, CASE WHEN until IS NOT NULL THEN format('VALID UNTIL %L', until) END)
FROM wanted WHERE missing \gexec
SELECT format('COMMENT ON ROLE %I IS %L', name, comment) FROM wanted WHERE missing AND comment IS NOT NULL \gexec
SELECT format('GRANT %I TO %I', m ->> 'role', name)
  || CASE WHEN m -> 'inherit' IN ('true', 'false') AND current_setting('server_version_num')::int >= 160000
     THEN format(' WITH ADMIN %s, INHERIT %s, SET %s', m ->> 'admin', m ->> 'inherit', m ->> 'set')
     WHEN (m ->> 'admin')::bool THEN ' WITH ADMIN OPTION' ELSE '' END
FROM wanted, jsonb_array_elements("memberOf") m WHERE (missing OR bare) AND EXISTS (SELECT FROM pg_roles WHERE rolname = m ->> 'role') \gexec
SELECT format('ALTER ROLE %I SET %I TO %s', name, split_part(s, '=', 1), literal)
FROM wanted, jsonb_array_elements_text(settings) s (s), :setting_value WHERE (missing OR bare) AND jsonb_typeof(settings) = 'array' \gexec
