-- The server's roles as one line of JSON, with the hashes of their passwords but for those that a deploy sets: the
-- administrator's (:admin) and that of the role that backs up (:backup).
SELECT jsonb_build_object('roles', coalesce(jsonb_agg(jsonb_build_object(
  'name', rolname,
  'superuser', rolsuper, 'inherit', rolinherit, 'createrole', rolcreaterole, 'createdb', rolcreatedb,
  'login', rolcanlogin, 'replication', rolreplication, 'bypassrls', rolbypassrls,
  'connections', rolconnlimit, 'until', rolvaliduntil,
  'password', CASE WHEN rolname NOT IN (:'admin', :'backup') THEN rolpassword END,
  'comment', shobj_description(r.oid, 'pg_authid'),
  'settings', (SELECT to_jsonb(setconfig) FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole = r.oid),
  'memberOf', (
    SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('role', g.rolname, 'admin', admin_option,
      -- From version 16.
      'inherit', to_jsonb(m) -> 'inherit_option', 'set', to_jsonb(m) -> 'set_option')), '[]')
    FROM pg_auth_members m JOIN pg_authid g ON g.oid = roleid WHERE member = r.oid)
) ORDER BY rolname), '[]'))
FROM pg_authid r WHERE rolname !~ '^pg_' AND rolname <> 'portolan_restore'
