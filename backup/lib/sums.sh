# shellcheck shell=bash
# Sums say what is in a database: the number of each table's rows and a checksum of them, and one of everything else.
# They are taken from the dump while it is written, so they cannot tell of another moment than the dump, cost the server
# nothing, and prove that the dump can be read to its end. A restored database is dumped again and has to give the same.
#
# Lines of tab-separated fields: `table NAME ROWS SUM`, `schema LINES SUM`, `time SECONDS`, `create SQL` and `definer ACCOUNT`
# (MySQL), and `properties JSON` (Postgres): what a database is like beside what is in it.

sums_to_json() {
  jq --raw-input --null-input '[inputs | split("\t")] | {
    tables: (map(select(.[0] == "table") | { key: .[1], value: { rows: (.[2] | tonumber), sum: .[3] } }) | from_entries),
    schema: (map(select(.[0] == "schema"))[0][2]),
    create: map(select(.[0] == "create")[1:] | join("\t")),
    definers: map(select(.[0] == "definer")[1]),
    properties: (map(select(.[0] == "properties"))[0][1] | if . then fromjson else null end)
  }'
}

# differences DATABASE MANIFEST SUMS: what is not as the manifest says, one sentence a line; nothing when all is.
differences() {
  local comparable=true
  if [[ $(series "$(jq --raw-output .version <<<"$2")") != "$(series "$(engine_version)")" ]]; then
    comparable=false
    say "the backup was made with $(jq --raw-output .version <<<"$2"): its rows are compared, its definitions are worded differently now"
  fi
  # Manifests without definers are of a version that summed the definitions of MySQL as another text.
  if [[ $ENGINE == mysql || $ENGINE == mariadb ]] && ! jq --exit-status --arg name "$1" '.databases[$name] | has("definers")' <<<"$2" >/dev/null; then
    comparable=false
    say 'the backup was made by an earlier version: its rows are compared, its definitions were summed in another way'
  fi
  jq --raw-output --arg name "$1" --slurpfile found "$3" --argjson comparable "$comparable" '
    def comparable: del(.superusers, .ownerIsSuperuser, .locale, .rules);
    .databases[$name] as $expected | $found[0] as $found
    | ($expected.tables | to_entries[] | . as $table | $found.tables[.key] as $got
      | if $got == null then "\($name): table \(.key) is missing"
        elif $got.rows != .value.rows then "\($name): table \(.key) has \($got.rows) rows, expected \(.value.rows)"
        elif $got.sum != .value.sum then "\($name): table \(.key) has \(.value.rows) rows as expected, but not the same ones"
        else empty end),
      ($found.tables | keys[] | select($expected.tables[.] == null) | "\($name): table \(.) is not in the manifest"),
      # An older release summed up the definitions of Postgres together with what it took for the database itself.
      (if $comparable and $found.schema != $expected.schema and ($found.properties == null or $expected.properties != null)
       then "\($name): tables are not defined as before, or views, functions, sequences or rights differ" else empty end),
      (if $expected.properties != null
       then ($expected.properties | comparable) as $expected | ($found.properties // {} | comparable) as $found
       | $expected | keys[] | select($found[.] != $expected[.]) | "\($name): the \(.) of the database differs"
       else empty end)' <<<"$2"
}

# series VERSION: between 17.2 and 17.5, or 8.4.3 and 8.4.9, definitions read the same; SQLite keeps them as they were written.
series() {
  case $ENGINE in
    postgres) [[ $1 =~ [0-9]+ ]] ;;
    mysql | mariadb) [[ $1 =~ ([0-9]+\.[0-9]+)\.[0-9]+ ]] ;;
    *) return ;;
  esac
  printf '%s' "${BASH_REMATCH[-1]}"
}
