# shellcheck shell=bash disable=SC2016,SC2034
# A database cannot be renamed, but its tables can, all in one statement: ordinary and system-versioned ones, sequences.
# Views, triggers, routines and events cannot be moved: they are written down before, and made again after.

# Longest that a swap waits for whoever uses a table.
readonly LOCK_SECONDS=${SWAP_LOCK_SECONDS:-30}

engine_beside() {
  printf '%.38s_restored_%s' "$1" "$2"
}

engine_before() {
  printf '%.40s_before_%s' "$1" "$2"
}

# Events of the restored database would change it while it waits for the swap.
engine_at_rest() {
  rm -f "$STATE/restore/$DATABASE".{new,old}{,.views} "$STATE/restore/$DATABASE".{tables,structure}
  keep "$STATE/restore/$DATABASE.structure" structure "$1"
  write_down "$1" "$STATE/restore/$DATABASE.new"
  drop_immovable "$1"
}

# So it is with the old data before a swap back. What was written down by one that was interrupted here stays: it is gone from
# the database.
engine_old_at_rest() {
  local notes=$STATE/restore/$DATABASE
  if [[ ! -f $notes.structure && ! -f $notes.new ]]; then
    # As a job of its own: in a condition, a failing command inside the function would not end it.
    keep "$notes.structure" structure "$1" &
    wait $! || say "something in $1 is broken; it comes back as it is, and its definitions are not compared"
  fi
  write_down "$1" "$notes.new"
  drop_immovable "$1"
}

# Asked before anything is changed: a transaction that has used a table keeps it from being moved.
engine_may_swap() {
  local tables
  tables=$(for_tables "$1" "', ', name, ' WRITE'")
  [[ -n $tables ]] || return 0
  # What else may be wrong with the old data does not matter.
  query --database="$1" <<<"SET lock_wait_timeout = $LOCK_SECONDS; LOCK TABLES ${tables#, }" 2>"$WORK/lock.err" ||
    ! lock_timeout || in_use "$1"
}

lock_timeout() {
  grep -q '^ERROR 1205 ' "$WORK/lock.err"
}

in_use() {
  say "connections to $1: number, account, host, and for how many seconds they have done what they do"
  query --execute "SELECT id, user, host, time FROM information_schema.processlist WHERE db = $(text "$1")" | sed 's/^/  | /' >&2
  fail "$REFUSED" "tables of $1 were in use for $LOCK_SECONDS seconds, and nothing was changed; stop what uses them (KILL ends a connection by its number) and try again"
}

engine_swap() {
  local name=$1 beside=$2 old=$3 notes=$STATE/restore/$1
  # Dropped last of all, so without it everything is done.
  engine_exists "$beside" || return 0
  engine_exists "$name" || create_like "$beside" "$name"
  create_like "$name" "$old"
  write_down "$name" "$notes.old"
  [[ -f $notes.tables ]] || keep "$notes.tables" for_tables "$beside" name
  drop_immovable "$name"
  move_tables "$name" "$beside" "$old" "$notes"
  query --execute "ALTER DATABASE $(identifier "$name") $(character_set "$beside")"
  make_again "$notes.new" "$beside" "$name" || [[ ! -f $notes.structure ]]
  drop_immovable "$old"
  # What of the old data was broken already must not keep it in its place.
  make_again "$notes.old" "$name" "$old" || say "not all views and routines of the old $name could be made again"
  came_whole "$name" "$notes.structure"
  engine_drop "$beside"
  rm -f "$notes".{new,old}{,.views} "$notes".{tables,structure}
}

character_set() {
  query --execute "SELECT CONCAT('CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name)
    FROM information_schema.schemata WHERE schema_name = $(text "$1")"
}

create_like() {
  query --execute "CREATE DATABASE IF NOT EXISTS $(identifier "$2") $(character_set "$1")"
}

# for_tables DATABASE EXPRESSION: the expression for each table or sequence; in it, `name` is its name in backquotes.
for_tables() {
  query --raw --execute "SELECT CONCAT($2) FROM (SELECT $(quoted_in_sql table_name) AS name FROM information_schema.tables
    WHERE table_schema = $(text "$1") AND table_type NOT LIKE '%VIEW') AS movable ORDER BY name"
}

# What there is, without its rows: names by kind, and a sum of all definitions.
structure() {
  local -a ROWS=(--no-data)
  query --execute "SELECT table_type, table_name FROM information_schema.tables WHERE table_schema = $(text "$1") ORDER BY 1, 2"
  query --execute "$(for_each_program SHOW "$1" routines triggers events)"
  # Which number comes next is not: applications may write as soon as the tables have moved.
  dump "$1" | LC_ALL=C sed '/^) ENGINE=/s/ AUTO_INCREMENT=[0-9]*//' | dump_sums "$1" | grep '^schema'
}

# came_whole DATABASE FILE: is it what was restored and compared?
came_whole() {
  [[ -f $2 ]] || return 0
  structure "$1" >"$WORK/structure"
  cmp --silent "$2" "$WORK/structure" || {
    diff "$2" "$WORK/structure" | grep '^[<>]' >"$WORK/differences" || true
    quote "$WORK/differences" 20
    fail "$VERIFICATION_FAILED" "$1 is not what was prepared: < is missing, > is too much; nothing was removed"
  }
}

# write_down DATABASE FILE: what cannot be moved, once, as it was at first.
write_down() {
  [[ ! -f $2 ]] || return 0
  keep "$2.views" programs "$1" views
  keep "$2" programs "$1" routines triggers events
}

drop_immovable() {
  query --raw --execute "$(for_each_program DROP "$1" triggers views routines events)" | query --database="$1"
}

# One statement: either all tables have moved or none. Foreign keys go with them.
move_tables() {
  local name=$1 beside=$2 old=$3 notes=$4 moves
  if [[ -s $notes.tables ]]; then [[ -z $(for_tables "$beside" name) ]]; else [[ -n $(for_tables "$old" name) ]]; fi || {
    moves=$(moves "$name" "$old")
    moves+=$(moves "$beside" "$name")
    [[ -z $moves ]] || query <<<"SET lock_wait_timeout = $LOCK_SECONDS; RENAME TABLE ${moves#, }" 2>"$WORK/lock.err" || {
      quote "$WORK/lock.err"
      make_again "$notes.old" "$name" "$name" || say "not all views and routines of $name could be made again"
      if lock_timeout; then in_use "$name"; fi
      fail "$RESTORE_FAILED" "the tables of $name could not be moved"
    }
  }
  move_sequences "$beside" "$name"
  move_sequences "$name" "$old"
}

moves() {
  for_tables "$1" "', ', $(text "$(identifier "$1")."), name, ' TO ', $(text "$(identifier "$2")."), name"
}

# A default from a sequence names the database, and is not moved with the sequence. Only MariaDB has that; MySQL's catalog has
# defaults without their quotes, which must not become SQL.
move_sequences() {
  local default=column_default function
  [[ $ENGINE == mariadb ]] || return 0
  for function in nextval lastval; do
    default="REPLACE($default, $(text "$function($(identifier "$1")."), $(text "$function($(identifier "$2")."))"
  done
  query --raw --execute "SELECT CONCAT('ALTER TABLE ', $(quoted_in_sql table_name), ' ALTER COLUMN ', $(quoted_in_sql column_name), ' SET DEFAULT ', $default, ';')
    FROM information_schema.columns WHERE table_schema = $(text "$2") AND $default <> column_default" | query --database="$2"
}

# make_again FILE FROM TO: FROM is the database it was written down of. A view may stand on another one: those that fail are
# tried again for as long as fewer do.
make_again() {
  local failed=0 before=-1 errors
  for_database "$1" "$2" "$3" | query --database="$3" --force 2>"$WORK/again.err" || failed=1
  if grep -q '^ERROR' "$WORK/again.err"; then failed=1; fi
  quote "$WORK/again.err"
  while :; do
    for_database "$1.views" "$2" "$3" | query --database="$3" --force 2>"$WORK/again.err" || true
    errors=$(grep -c '^ERROR' "$WORK/again.err" || true)
    ((errors > 0 && (before < 0 || errors < before))) || break
    before=$errors
  done
  quote "$WORK/again.err"
  ((failed == 0 && errors == 0))
}

for_database() {
  local views=
  [[ $1 != *.views ]] || views=1
  LC_ALL=C awk -v views="$views" -v from="$(identifier "$2")" -v to="$(identifier "$3")" -f "$LIB/dump-text.awk" -f "$LIB/join-rows.awk" "$1"
}
