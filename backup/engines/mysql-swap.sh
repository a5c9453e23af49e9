# shellcheck shell=bash
# A database cannot be renamed, but its tables can, all in one statement. Views, triggers, routines and events cannot be
# moved: they are written down before, and made again after.

engine_beside() {
  printf '%.38s_restored_%s' "$1" "$2"
}

engine_before() {
  printf '%.40s_before_%s' "$1" "$2"
}

# Events of the restored database would change it while it waits for the swap.
engine_at_rest() {
  rm -f "$STATE/restore/$DATABASE".{new,old} "$STATE/restore/$DATABASE".{new,old}.tables
  write_down "$1" "$STATE/restore/$DATABASE.new"
  drop_immovable "$1"
}

engine_swap() {
  local name=$1 beside=$2 old=$3 notes=$STATE/restore/$1
  # Dropped last of all, so without it everything is done.
  engine_exists "$beside" || return 0
  engine_exists "$name" || create_like "$beside" "$name"
  create_like "$name" "$old"
  write_down "$beside" "$notes.new"
  # What of the old data is broken already must not keep it in its place.
  write_down "$name" "$notes.old" --force
  drop_immovable "$beside"
  drop_immovable "$name"
  move_tables "$name" "$beside" "$old" "$notes.old.tables"
  query --execute "ALTER DATABASE $(identifier "$name") $(character_set "$beside")"
  make_again "$notes.new" "$beside" "$name"
  make_again "$notes.old" "$name" "$old" --force || say "not all views and routines of the old $name could be made again"
  engine_drop "$beside"
  rm -f "$notes".{new,old} "$notes".{new,old}.tables
}

text() {
  printf "'%s'" "${1//\'/\'\'}"
}

character_set() {
  query --execute "SELECT CONCAT('CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name)
    FROM information_schema.schemata WHERE schema_name = $(text "$1")"
}

create_like() {
  query --execute "CREATE DATABASE IF NOT EXISTS $(identifier "$2") $(character_set "$1")"
}

tables_of() {
  query --raw --execute "SELECT table_name FROM information_schema.tables WHERE table_schema = $(text "$1") AND table_type = '$2'"
}

# write_down DATABASE FILE [--force]: what cannot be moved, and the names of the tables; once, as it was at first. With
# --force as much of it as there is.
write_down() {
  local -a views
  [[ ! -f $2 ]] || return 0
  mapfile -t views < <(tables_of "$1" VIEW)
  tables_of "$1" 'BASE TABLE' >"$2.tables"
  {
    definitions "${@:3}" --no-create-info --routines --events --triggers --add-drop-trigger "$1" || [[ -n ${3:-} ]]
    if ((${#views[@]})); then definitions "${@:3}" --skip-triggers "$1" "${views[@]}" || [[ -n ${3:-} ]]; fi
  } >"$2.partial"
  mv "$2.partial" "$2"
}

definitions() {
  "$DUMP" --defaults-extra-file="$WORK/client.cnf" --no-data --no-tablespaces --default-character-set=utf8mb4 "${DUMP_OPTIONS[@]}" "$@"
}

drop_immovable() {
  local kind name
  query --raw --execute "SELECT 'TRIGGER', trigger_name FROM information_schema.triggers WHERE trigger_schema = $(text "$1")
    UNION ALL SELECT 'VIEW', table_name FROM information_schema.views WHERE table_schema = $(text "$1")
    UNION ALL SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = $(text "$1")
    UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = $(text "$1")" |
    while IFS=$'\t' read -r kind name; do
      printf 'DROP %s %s.%s;\n' "$kind" "$(identifier "$1")" "$(identifier "$name")"
    done | query
}

# One statement: either all tables have moved or none. Foreign keys go with them.
move_tables() {
  local table moves=
  while IFS= read -r table; do
    [[ -z $(query --execute "SELECT 1 FROM information_schema.tables WHERE table_schema = $(text "$3") AND table_name = $(text "$table")") ]] || continue
    moves+=", $(identifier "$1").$(identifier "$table") TO $(identifier "$3").$(identifier "$table")"
  done <"$4"
  while IFS= read -r table; do
    moves+=", $(identifier "$2").$(identifier "$table") TO $(identifier "$1").$(identifier "$table")"
  done < <(tables_of "$2" 'BASE TABLE')
  [[ -z $moves ]] || query <<<"RENAME TABLE ${moves#, }"
}

# make_again FILE FROM TO [--force]: FROM is the database it was written down of.
make_again() {
  LC_ALL=C awk -v from="$(identifier "$2")" -v to="$(identifier "$3")" -f "$LIB/join-rows.awk" "$1" | query "${@:4}" --database="$3"
}
