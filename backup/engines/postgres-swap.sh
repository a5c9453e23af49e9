# shellcheck shell=bash
# Databases change their names, so a restored one takes the place of the one there.

# Postgres cuts names off after 63 bytes.
engine_beside() {
  printf '%.38s_restored_%s' "$1" "$2"
}

engine_before() {
  printf '%.40s_before_%s' "$1" "$2"
}

# Both names change in one transaction. The old database lets nobody in any more, so nothing is written to it by mistake.
engine_swap() {
  engine_exists "$2" || return 0
  rename_databases "$@" 2>"$WORK/swap.err" || {
    quote "$WORK/swap.err"
    if engine_exists "$1"; then query --set name="$1" <<<'ALTER DATABASE :"name" WITH ALLOW_CONNECTIONS true'; fi
    fail "$REFUSED" "$1 and $2 could not be exchanged, and are as they were; end the session that is in the way (pg_stat_activity), and go on with --resume"
  }
}

# Nobody gets in meanwhile, so whoever has a lock on a database is not waited for without end.
rename_databases() {
  local PGOPTIONS="$PGOPTIONS -c lock_timeout=${SWAP_LOCK_SECONDS:-30}s"
  local rename='ALTER DATABASE :"beside" RENAME TO :"name"'
  # One that is swapped back let nobody in.
  query --set beside="$2" <<<'ALTER DATABASE :"beside" WITH ALLOW_CONNECTIONS true' || return
  if engine_exists "$1"; then
    query --set old="$1" <<<'ALTER DATABASE :"old" WITH ALLOW_CONNECTIONS false' || return
    rename='ALTER DATABASE :"name" RENAME TO :"before"; '$rename
  fi
  query --set name="$1" --set beside="$2" >/dev/null <<<"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'name', :'beside')" || return
  query --single-transaction --set name="$1" --set beside="$2" --set before="$3" --file - <<<"$rename"
}
