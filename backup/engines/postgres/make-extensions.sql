-- Those of the restored database's extensions that only a superuser may make, and that the deploy has named (:extensions).
\set properties `cat "$PROPERTIES"`
SELECT format('CREATE EXTENSION %I SCHEMA %I', e ->> 'name', e ->> 'schema')
FROM CAST(:'properties' AS jsonb) p, jsonb_array_elements(CASE jsonb_typeof(p -> 'extensions') WHEN 'array' THEN p -> 'extensions' ELSE '[]' END) e
WHERE e ->> 'name' = ANY (string_to_array(:'extensions', ' ')) \gexec
