# shellcheck shell=bash
# How a Postgres database comes back from a run: its roles, the database itself, and what is in it, with no more rights than
# its owner has.

# The roles of the run. Those of older releases are text that psql would run: only their names are taken.
engine_read_globals() {
  if has_part roles.json; then
    read_part roles.json
  else
    say "note: made by an older release: roles come back by name, without passwords, settings and memberships"
    read_part globals.sql | sed --quiet --regexp-extended 's/^CREATE ROLE ([a-z_][a-z0-9_]*);$/\1/p' |
      jq --raw-input --null-input '{ roles: [inputs | { name: ., inherit: true, connections: -1, memberOf: [] }] }'
  fi
}

# engine_contents DATABASE: what of a dump is restored, for pg_restore: not what only a superuser could do, which is the
# default privileges of superusers, and the comments on extensions that one has to make (EXTENSIONS).
engine_contents() {
  local superusers
  superusers=$(engine_read_globals | jq --raw-output '.roles[] | select(.superuser) | .name')
  # pg_restore stops reading after the table of contents.
  { read_part "$(engine_part "$1")" || true; } | pg_restore --list |
    EXTENSIONS=" ${EXTENSIONS:-} " SUPERUSERS=$superusers perl -ne '
      BEGIN { $superuser{$_} = 1 for split /\n/, $ENV{SUPERUSERS} }
      next if / DEFAULT ACL .* (\S+)$/ && $superuser{$1};
      next if / COMMENT - EXTENSION (\S+) / && index($ENV{EXTENSIONS}, " $1 ") >= 0;
      print'
}

# Of the backup's roles, on standard input, those that the server lacks.
engine_globals() {
  cat >"$WORK/roles.json"
  ROLES=$WORK/roles.json query_file make-roles >/dev/null
}

# engine_restore DATABASE ENTRY TARGET: the dump is on standard input; ENTRY is the database's in the manifest. A dump runs
# code of whoever could write to the database: checks, indexes, triggers, views. So it is restored by a role that may do
# what the database's owner may and no more, and everything belongs to that owner. What belonged to other roles is
# given back to them afterwards, from the catalogs; what belonged to a superuser stays the owner's.
engine_restore() {
  local owner superuser code=0
  export PROPERTIES=$WORK/properties.json
  properties_of "$2" >"$PROPERTIES"
  owner=$(jq --raw-output .owner "$PROPERTIES")
  superuser=$(query --set owner="$owner" <<<"SELECT rolsuper FROM pg_roles WHERE rolname = :'owner'")
  if [[ $superuser != f ]]; then
    say "error: $1 belongs to \"$owner\", which is a superuser or not there, and nothing is restored with a superuser's rights."
    say "Give the database a role of its own (ALTER DATABASE … OWNER TO …) and make a new backup, or restore --to-file"
    return 1
  fi
  query_file make-database --set database="$3"
  query_file make-extensions --dbname "$3" --set extensions="${EXTENSIONS:-}"
  make_restorer "$owner"
  as_restorer pg_restore --exit-on-error --no-owner --no-tablespaces --role "$owner" --dbname "$3" --use-list "$WORK/contents" || code=$?
  if ((code == 0)) && [[ $PGHOST != "$SCRATCH/socket" ]]; then analyse "$owner" "$3"; fi
  drop_restorer "$owner" "$3"
  ((code == 0)) || return "$code"
  query_file settle-database --dbname "$3" --set database="$3"
  say_new_owner "$owner"
}

# analyse OWNER DATABASE: a dump has no statistics, and without them each query would be planned as if for empty tables. An
# index on an expression runs code here, too, so this is done with the owner's rights as long as everything is the owner's.
analyse() {
  as_restorer query --dbname "$2" --set owner="$1" <<<'SET client_min_messages = error; SET ROLE :"owner"; ANALYZE' ||
    say "note: not all tables of $2 have statistics; run ANALYZE when this is mended"
}

# Backups of older releases have only text; of that the owner is taken, if it reads as such.
properties_of() {
  jq --exit-status '.properties // empty' <<<"$1" && return
  say "note: made by an older release: settings, comment and privileges of the database itself are not brought back"
  jq '[.create[] | capture("^ALTER DATABASE :\"database\" OWNER TO (?<owner>[a-z_][a-z0-9_]*);$")][0]' <<<"$1"
}

say_new_owner() {
  local count
  count=$(jq '.superusers // 0' "$PROPERTIES")
  if ((count)); then say "note: $count objects that belonged to a superuser now belong to $1"; fi
}

readonly RESTORER=portolan_restore

make_restorer() {
  drop_restorer "$1" postgres
  head --bytes=24 /dev/urandom | base64 --wrap=0 >"$WORK/restorer"
  RESTORER_PASSWORD=$WORK/restorer query_file make-restorer --set role="$RESTORER" --set owner="$1"
}

as_restorer() {
  PGUSER=$RESTORER PGPASSWORD=$(cat "$WORK/restorer") "$@"
}

# drop_restorer OWNER DATABASE: also what a dump made that gave up the owner's rights.
drop_restorer() {
  local known
  known=$(query --set role="$RESTORER" <<<"SELECT 1 FROM pg_roles WHERE rolname = :'role'")
  [[ $known == 1 ]] || return 0
  query --dbname "$2" --set role="$RESTORER" --set owner="$1" <<<'ALTER ROLE :"role" NOLOGIN; REASSIGN OWNED BY :"role" TO :"owner"; DROP OWNED BY :"role"; DROP ROLE :"role"'
}
