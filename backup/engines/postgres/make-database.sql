-- Makes the database :database, empty, from read-database.sql's JSON in $PROPERTIES.
\set properties `cat "$PROPERTIES"`
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0', :'database', p ->> 'owner')
  || coalesce(format(' ENCODING %L LC_COLLATE %L LC_CTYPE %L', p ->> 'encoding', p ->> 'collate', p ->> 'ctype'), '')
  || CASE p ->> 'provider' WHEN 'c' THEN ' LOCALE_PROVIDER libc'
       WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', p ->> 'locale')
       WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', p ->> 'locale') ELSE '' END
  || coalesce(' ICU_RULES ' || quote_literal(p ->> 'rules'), '')
FROM CAST(:'properties' AS jsonb) p \gexec
