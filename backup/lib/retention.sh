# shellcheck shell=bash
# Which runs go. restic's own policy is asked about the manifests, and whole runs go by it. It is only ever asked right
# after a complete backup.

newest_was_made() {
  made "$(recall last_exit_code 0)"
}

# is_append_only WHICH: whether its server lets nothing be removed from here, so that an intruder can't remove anything either.
is_append_only() {
  [[ " $APPEND_ONLY " == *" $1 "* ]]
}

# is_past WHICH: whether nothing that the policy sees is from the future by restic's own time. Whoever may add snapshots chooses
# that one, too. It is compared to the day, whatever its time zone.
is_past() {
  jq --exit-status 'all(.[] | select(.tags | index("manifest")); (.time[0:19] + "Z" | fromdateiso8601) <= now + 86400)' \
    "$WORK/snapshots-$1" >/dev/null
}

# Whether older backups may be the only good ones: the newest was not what was dumped, or a repository is damaged.
in_doubt() {
  local WHICH
  for WHICH in local ${OFFSITE_REPOSITORY:+offsite}; do
    if [[ $(recall "$(exit_code_of verify)") == "$VERIFICATION_FAILED" || $(recall "$(exit_code_of check)") == "$CHECK_FAILED" ]]; then
      return
    fi
  done
  return 1
}

# On a full disk whole packs can still go; to pack what is left anew would take room first.
PRUNE_OPTIONS=()

retain() {
  local which=$1 removed
  local -a ids
  # In a file: hundreds of them are too long for an argument.
  runs "$which" >"$WORK/runs-$which" || retention_failure $? "$which"
  if is_append_only "$which"; then
    count_snapshots "$which" '[]'
    return
  fi
  set_future_aside "$which" || retention_failure $? "$which"
  if ! is_past "$which"; then
    say 'nothing is let go: there is a backup from the future, so the clock has jumped'
    count_snapshots "$which" '[]'
    return
  fi
  if in_doubt; then
    say 'nothing is let go: the last verification or check failed'
    count_snapshots "$which" '[]'
    return
  fi
  removed=$(expired "$which") || retention_failure $? "$which"
  mapfile -t ids < <(snapshots_to_remove "$which" "$removed")
  if ((${#ids[@]})); then
    say "removing $(jq length <<<"$removed") backup(s) that the policy no longer wants (${#ids[@]} snapshots, incomplete ones too)"
    repository "$which" forget "${ids[@]}" >/dev/null || retention_failure $? "$which"
    # A prune that was interrupted is done again next time.
    remember "prune_due_$which" 1
  fi
  if [[ $(recall "prune_due_$which") == 1 ]]; then
    repository "$which" prune "${PRUNE_OPTIONS[@]}" >/dev/null || retention_failure $? "$which"
    remember "prune_due_$which" 0
  fi
  count_snapshots "$which" "$removed"
}

# restic counts ages from the newest snapshot, so one from the future would make all the others old: its manifest gets
# another tag. When it was found is kept with it, for its own time says nothing.
set_future_aside() {
  local found run time manifest
  found=$(date +%s)
  jq --raw-output --argjson limit "$((found + CLOCK_TOLERANCE))" '
    .[] | select(.time > $limit and .found == null) | [.run, .time, .manifest] | @tsv' "$WORK/runs-$1" >"$WORK/future"
  [[ -s $WORK/future ]] || return 0
  while IFS=$'\t' read -r -u 3 run time manifest; do
    say "the backup $run is from the future, $(moment "$time"): the clock was ahead when it was made"
    if [[ $1 == local ]]; then note_failure clock "$CLOCK_JUMPED" "the backup $run is from the future, $(moment "$time")"; fi
    repository "$1" tag --host "$NAME" --remove manifest --remove safety --remove release \
      --add "future,found-$found" "$manifest" >/dev/null || return
  done 3<"$WORK/future"
  runs "$1" >"$WORK/runs-$1"
}

# What a restore or a release has replaced is looked at within days, if ever. The policy does not see these: on a day of
# many releases they would take the place of the backup from before the first of them, which may be the last good one. Nor
# those that a clock made that was ahead, which go as long after they were found.
readonly DAYS_BEFORE_A_CHANGE=30

# Ids of runs that may go, as JSON: not wanted by the policy, and not the one a restore was last proved with.
expired() {
  local -a keep
  if (($(jq 'map(select(.future | not)) | length' "$WORK/runs-$1") <= NEWEST_KEPT)); then
    echo '[]'
    return
  fi
  mapfile -t keep < <(keep_options)
  repository "$1" forget --dry-run --json --host "$NAME" --tag manifest --group-by host "${keep[@]}" |
    jq --slurp --compact-output --slurpfile all "$WORK/runs-$1" --argjson recent "$(($(date +%s) - DAYS_BEFORE_A_CHANGE * 86400))" '
      ($all[0] | map(select(.verified))[-1].run) as $proved
      | [.[][].remove[]?.tags[] | select(startswith("run-")) | ltrimstr("run-")]
      + [$all[0][] | select(if .future then .found and .found < $recent else (.safety or .release) and .time < $recent end) | .run]
      | map(select(. != $proved))
      | if ($all[0] | map(select(.future | not) | .run)) - . == [] then error("nothing would be kept") else . end'
}

# Snapshots of the runs that go, and of runs that never became complete.
snapshots_to_remove() {
  jq --raw-output --slurpfile all "$WORK/runs-$1" --argjson removed "$2" '
    .[] | ([.tags[]? | select(startswith("run-")) | ltrimstr("run-")][0]) as $run
    | select($run) | select(($removed | index($run)) or ($all[0] | map(.run) | index($run) | not)) | .id' "$WORK/snapshots-$1"
}

count_snapshots() {
  [[ $1 == local ]] || return 0
  remember snapshots "$(jq --argjson removed "$2" 'length - ($removed | length)' "$WORK/runs-$1")"
  remember future_snapshots "$(jq --argjson removed "$2" 'map(select(.future and (.run | IN($removed[]) | not))) | length' "$WORK/runs-$1")"
}

retention_failure() {
  if [[ $2 == offsite ]]; then explain "$1" "$OFFSITE_FAILED" offsite; fi
  say 'the backup itself is made'
  explain "$1" "$RETENTION_FAILED" local
}
