-- What a database itself is like, as one line of JSON. Objects of a superuser and those of other roles are told apart.
WITH objects AS (
  SELECT 'pg_class'::regclass AS class, oid, relowner AS owner FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
  UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner FROM pg_namespace
  UNION ALL SELECT 'pg_type'::regclass, oid, typowner FROM pg_type WHERE typtype IN ('d', 'e', 'r')
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner FROM pg_largeobject_metadata
), owned AS (
  SELECT class, objects.oid, rolname, rolsuper FROM objects
  JOIN pg_roles ON pg_roles.oid = owner
  JOIN pg_database d ON datname = current_database() AND datdba <> owner
  WHERE objects.oid >= 16384 AND NOT rolname ~ '^pg_' AND NOT EXISTS (
    -- An extension's, and sequences that go with a table.
    SELECT FROM pg_depend WHERE classid = class AND objid = objects.oid AND (deptype = 'e' OR refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')))
)
SELECT jsonb_build_object(
  'owner', rolname, 'ownerIsSuperuser', rolsuper,
  'encoding', pg_encoding_to_char(encoding), 'provider', datlocprovider, 'collate', datcollate, 'ctype', datctype,
  'locale', coalesce(to_jsonb(d) -> 'datlocale', to_jsonb(d) -> 'daticulocale'), 'rules', to_jsonb(d) -> 'daticurules',
  'connections', datconnlimit, 'comment', shobj_description(d.oid, 'pg_database'),
  'privileges', (
    SELECT jsonb_agg(jsonb_build_object('to', g.rolname, 'privilege', privilege_type, 'grantable', is_grantable)
      ORDER BY g.rolname, privilege_type)
    FROM aclexplode(datacl) LEFT JOIN pg_roles g ON g.oid = grantee),
  'settings', (
    SELECT jsonb_agg(jsonb_build_object('role', s.rolname, 'settings', setconfig) ORDER BY s.rolname)
    FROM pg_db_role_setting LEFT JOIN pg_roles s ON s.oid = setrole WHERE setdatabase = d.oid),
  'others', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', type, 'identity', identity, 'owner', owned.rolname)
      ORDER BY type, identity), '[]')
    FROM owned, pg_identify_object(class, owned.oid, 0) WHERE NOT owned.rolsuper),
  'extensions', (
    SELECT jsonb_agg(jsonb_build_object('name', extname, 'schema', nspname) ORDER BY extname)
    FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace),
  'superusers', (SELECT count(*) FROM owned WHERE rolsuper))
FROM pg_database d JOIN pg_roles r ON r.oid = datdba WHERE datname = current_database()
