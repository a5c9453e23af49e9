# shellcheck shell=bash
# Sums say what is in a database: rows and SHA-256 of each table, and of everything that is not a table's rows. They are
# taken from the dump while it is written, so they cannot tell of another moment than the dump, cost the server nothing,
# and prove that the dump can be read to its end. A restored database is dumped again and has to give the same.
#
# Lines of tab-separated fields: `table NAME ROWS SHA256`, `schema LINES SHA256`, `time SECONDS`, `create SQL`.

sums_to_json() {
  jq --raw-input --null-input '[inputs | split("\t")] | {
    tables: (map(select(.[0] == "table") | { key: .[1], value: { rows: (.[2] | tonumber), sha256: .[3] } }) | from_entries),
    schema: (map(select(.[0] == "schema"))[0][2]),
    create: map(select(.[0] == "create")[1])
  }'
}

# differences DATABASE MANIFEST-ENTRY SUMS: what is not as the manifest says, one sentence a line; nothing when all is.
differences() {
  jq --raw-output --null-input --arg name "$1" --argjson expected "$2" --slurpfile found "$3" '
    $found[0] as $found
    | ($expected.tables | to_entries[] | . as $table | $found.tables[.key] as $got
      | if $got == null then "\($name): table \(.key) is missing"
        elif $got.rows != .value.rows then "\($name): table \(.key) has \($got.rows) rows, expected \(.value.rows)"
        elif $got.sha256 != .value.sha256 then "\($name): table \(.key) has \(.value.rows) rows as expected, but not the same ones"
        else empty end),
      ($found.tables | keys[] | select($expected.tables[.] == null) | "\($name): table \(.) is not in the manifest"),
      (if $found.schema != $expected.schema
       then "\($name): tables are not defined as before, or views, functions, sequences or rights differ" else empty end)'
}
