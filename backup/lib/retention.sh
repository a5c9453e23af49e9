# shellcheck shell=bash
# Which runs go. restic's own policy is asked about the manifests, and whole runs go by it. It is only ever asked right
# after a complete backup.

# Whether the newest try made a backup, whatever became of its copy and of the old ones.
newest_was_made() {
  case $(recall last_exit_code 0) in
    0 | "$OFFSITE_FAILED" | "$RETENTION_FAILED") ;;
    *) return 1 ;;
  esac
}

# is_append_only WHICH: whether its server lets nothing be removed from here, so that an intruder can't remove anything either.
is_append_only() {
  [[ " $APPEND_ONLY " == *" $1 "* ]]
}

# is_past WHICH: whether no run, and nothing that restic takes for the time of one, is from the future. Whoever may add
# snapshots chooses both times. restic's are compared to the day, whatever their time zone.
is_past() {
  jq --null-input --exit-status --slurpfile runs "$WORK/runs-$1" --slurpfile snapshots "$WORK/snapshots-$1" '
    all($runs[0][]; .time <= now + 3600)
    and all($snapshots[0][]; (.time[0:19] + "Z" | fromdateiso8601) <= now + 86400)' >/dev/null
}

retain() {
  local which=$1 removed
  local -a ids
  # In a file: hundreds of them are too long for an argument.
  runs "$which" >"$WORK/runs-$which" || retention_failure $? "$which"
  if is_append_only "$which"; then
    count_snapshots "$which" '[]'
    return
  fi
  # restic counts ages from the newest snapshot. One from the future would make all the others old.
  if ! is_past "$which"; then
    say 'nothing is let go: there is a backup from the future, so the clock has jumped'
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
    repository "$which" prune >/dev/null || retention_failure $? "$which"
    remember "prune_due_$which" 0
  fi
  count_snapshots "$which" "$removed"
}

# What a restore or a release has replaced is looked at within days, if ever. The policy does not see these: on a day of
# many releases they would take the place of the backup from before the first of them, which may be the last good one.
readonly DAYS_BEFORE_A_CHANGE=30

# Ids of runs that may go, as JSON: not wanted by the policy, and not the one a restore was last proved with.
expired() {
  local -a keep
  if (($(jq length "$WORK/runs-$1") <= NEWEST_KEPT)); then
    echo '[]'
    return
  fi
  mapfile -t keep < <(keep_options)
  repository "$1" forget --dry-run --json --host "$NAME" --tag manifest --group-by host "${keep[@]}" |
    jq --slurp --compact-output --slurpfile all "$WORK/runs-$1" --argjson recent "$(($(date +%s) - DAYS_BEFORE_A_CHANGE * 86400))" '
      ($all[0] | map(select(.verified))[-1].run) as $proved
      | [.[][].remove[]?.tags[] | select(startswith("run-")) | ltrimstr("run-")]
      + [$all[0][] | select((.safety or .release) and .time < $recent) | .run]
      | map(select(. != $proved))
      | if length >= ($all[0] | length) then error("nothing would be kept") else . end'
}

# Snapshots of the runs that go, and of runs that never became complete.
snapshots_to_remove() {
  jq --raw-output --slurpfile all "$WORK/runs-$1" --argjson removed "$2" '
    .[] | ([.tags[]? | select(startswith("run-")) | ltrimstr("run-")][0]) as $run
    | select($run) | select(($removed | index($run)) or ($all[0] | map(.run) | index($run) | not)) | .id' "$WORK/snapshots-$1"
}

count_snapshots() {
  if [[ $1 == local ]]; then remember snapshots "$(jq --argjson removed "$2" 'length - ($removed | length)' "$WORK/runs-$1")"; fi
}

retention_failure() {
  if [[ $2 == offsite ]]; then explain "$1" "$OFFSITE_FAILED" offsite; fi
  say 'the backup itself is made'
  explain "$1" "$RETENTION_FAILED" local
}
