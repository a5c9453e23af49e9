# shellcheck shell=bash
# Dumps of one run, and the manifest that makes them a backup.

# Sets RUN_ID, bytes and parts.
dump_everything() {
  local part database code
  RUN_ID=$(new_run)
  export RUN_ID
  rm -rf "$WORK/sums"
  mkdir "$WORK/sums"
  bytes=0
  parts=0
  engine_open
  # Not on standard input, from which a command in the loop could read.
  while IFS=$'\t' read -r -u 3 part database; do
    say "dumping $part"
    code=0
    store_part "$part" "$database" >"$WORK/summary" || code=$?
    ((code == 0)) || dump_failure "$code" "$part"
    parts=$((parts + 1))
    bytes=$((bytes + $(jq 'select(.message_type == "summary") | .total_bytes_processed' "$WORK/summary")))
  done 3< <(engine_parts)
}

# store_part PART DATABASE: prints restic's summary.
store_part() {
  rm -f "$WORK/dump.status"
  store "$1" "part,part-$1" "$STARTED" "$LIB/dump-part" "$1" "$2"
}

# restic says "command failed" for everything; whose fault was it?
dump_failure() {
  local status
  status=$(cat "$WORK/dump.status" 2>/dev/null || true)
  if grep -qiE 'no space left on device|disk quota exceeded' "$WORK/restic.err"; then explain "$1" "$DISK_FULL"; fi
  if grep -qi 'no space left on device' "$WORK/dump.err" 2>/dev/null; then
    fail "$DISK_FULL" "no room in $STATE for the copy of $2"
  fi
  # 141: the dump's reader, restic, went away first.
  case $status in
    '' | 0 | 141) explain "$1" "$REPOSITORY_UNREACHABLE" ;;
  esac
  quote "$WORK/dump.err"
  fail "$DUMP_FAILED" "the dump $2 failed; no backup was made, and those from before are as they were"
}

# The latest moment that any of the dumps shows.
moment_of_dump() {
  {
    cat "$WORK/time" 2>/dev/null || true
    awk -F '\t' '$1 == "time" { print $2 }' "$WORK"/sums/*
  } | sort -n | tail -n 1
}

manifest() {
  local part database
  while IFS=$'\t' read -r part database; do
    [[ -n $database ]] || continue
    sums_to_json <"$WORK/sums/$part" | jq --arg database "$database" '{ key: $database, value: . }'
  done < <(engine_parts) | jq --slurp --arg name "$NAME" --arg run "$RUN_ID" --arg engine "$ENGINE" --argjson time "$1" \
    --arg version "$(engine_version)" '{ name: $name, run: $run, engine: $engine, version: $version, time: $time, databases: from_entries }'
}
