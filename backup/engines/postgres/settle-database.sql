-- Gives the restored database :database, to which this is connected, what is not in its dump; see make-database.sql.
\set properties `cat "$PROPERTIES"`
CREATE TEMP TABLE wanted AS SELECT CAST(:'properties' AS jsonb) AS p;
SELECT format('ALTER %s %s OWNER TO %I', upper(o ->> 'kind'), o ->> 'identity', o ->> 'owner')
FROM wanted, jsonb_array_elements(p -> 'others') o \gexec
SELECT format('COMMENT ON DATABASE %I IS %L', :'database', p ->> 'comment') FROM wanted WHERE p ->> 'comment' IS NOT NULL \gexec
SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', :'database', p ->> 'connections')
FROM wanted WHERE (p ->> 'connections')::int >= 0 \gexec
SELECT format('ALTER %s SET %I TO %s', CASE WHEN o ->> 'role' IS NULL THEN format('DATABASE %I', :'database')
  ELSE format('ROLE %I IN DATABASE %I', o ->> 'role', :'database') END, split_part(s, '=', 1), literal)
FROM wanted, jsonb_array_elements(CASE jsonb_typeof(p -> 'settings') WHEN 'array' THEN p -> 'settings' ELSE '[]' END) o,
  jsonb_array_elements_text(o -> 'settings') s (s), :setting_value \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %I', :'database', p ->> 'owner')
FROM wanted WHERE jsonb_typeof(p -> 'privileges') = 'array' \gexec
SELECT format('GRANT %s ON DATABASE %I TO %s%s', o ->> 'privilege', :'database', coalesce(quote_ident(o ->> 'to'), 'PUBLIC'),
  CASE WHEN (o ->> 'grantable')::bool THEN ' WITH GRANT OPTION' ELSE '' END)
FROM wanted, jsonb_array_elements(CASE jsonb_typeof(p -> 'privileges') WHEN 'array' THEN p -> 'privileges' ELSE '[]' END) o \gexec
