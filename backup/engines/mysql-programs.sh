# shellcheck shell=bash disable=SC2016
# Stored programs: routines, packages, triggers and events; for a swap also views. Their text is whatever somebody wrote, so nothing searches it
# for marks: the server says which there are, and each ends with a delimiter that was random when the text was there.

# programs DATABASE KIND…: SQL that makes them again, in the database that is used then.
programs() {
  local database=$1 collation
  collation=$(query --execute "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = $(text "$1")") || return
  shift
  { echo 'SET character_set_results = NULL;' && query --raw --execute "$(for_each_program 'SHOW CREATE' "$database" "$@")"; } |
    query --database="$database" |
    LC_ALL=C awk -v delimiter="$(random_delimiter)" -v collation="$collation" -f "$LIB/programs.awk"
}

# Clients know no delimiter longer than 15 characters.
random_delimiter() {
  printf '//%.13s' "$(head --bytes=48 /dev/urandom | base64 --wrap=0 | tr -d '+/=')"
}

# for_each_program VERB DATABASE KIND…: a query whose answer is a statement for each. A name may have any character, and is
# quoted by the server; the answer goes straight to the client, which reads what is quoted as it is.
for_each_program() {
  local verb=$1 schema kind
  schema=$(text "$2")
  for kind in "${@:3}"; do
    case $kind in
      routines) each "$verb" routine_type routine_name "routines WHERE routine_schema = $schema ORDER BY routine_type, routine_name" ;;
      # Several of one table and moment run in the order in which they were made.
      triggers) each "$verb" "'TRIGGER'" trigger_name "triggers WHERE trigger_schema = $schema ORDER BY event_object_table, action_timing, event_manipulation, action_order" ;;
      events) each "$verb" "'EVENT'" event_name "events WHERE event_schema = $schema ORDER BY event_name" ;;
      views) each "$verb" "'VIEW'" table_name "views WHERE table_schema = $schema ORDER BY table_name" ;;
    esac
  done
}

each() {
  local between=' '
  [[ $1 != DROP ]] || between=' IF EXISTS '
  printf "SELECT CONCAT('%s ', %s, '%s', %s, ';') FROM information_schema.%s;\n" "$1" "$2" "$between" "$(quoted_in_sql "$3")" "$4"
}

# An expression for the name in a column, in backquotes.
quoted_in_sql() {
  printf "CONCAT('\`', REPLACE(%s, '\`', '\`\`'), '\`')" "$1"
}

text() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\'\'}"
}
