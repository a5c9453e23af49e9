# shellcheck shell=bash
# A run is one backup of a server: a restic snapshot for each dump and, last, one for the manifest, all with the tag
# run-<id>. Only a run with a manifest counts, and with all of its dumps: a copy that was interrupted may have the manifest
# before them. The manifest of a safety backup, or of one before a release, has the tag "safety" or "release" in the place
# of "manifest", so it never stands for a day in what the policy keeps. So it is with one that a clock made that was ahead,
# once retention has seen that: "future". Nobody knows its moment, so it is taken only by its name. Runs of other data with the
# same tag round-<key> belong to it: by schedule, the key is when their round began.
# restic's host is always NAME: a container's own name changes with every container.

new_run() {
  printf '%s-%04x' "$(date -u +%Y%m%dT%H%M%SZ)" "$RANDOM"
}

# runs WHICH: complete runs as JSON, oldest first. `time` is the moment whose data the run holds, in seconds. All of
# restic's snapshots are then in $WORK/snapshots-WHICH.
runs() {
  repository "$1" snapshots --json --no-lock --host "$NAME" >"$WORK/snapshots-$1" || return
  jq --argjson now "$(date +%s)" --argjson tolerance "$CLOCK_TOLERANCE" '
    def tag($prefix): [.tags[]? | select(startswith($prefix)) | ltrimstr($prefix)][0];
    group_by(tag("run-")) | map(
      (map(select(.tags | index("manifest") or index("safety") or index("release") or index("future")))[0]) as $manifest
      | select($manifest)
      | select((map(select(.tags | index("part"))) | length) >= ($manifest | tag("parts-") // "0" | tonumber))
      | {
          run: ($manifest | tag("run-")),
          time: ($manifest | tag("time-") | tonumber),
          engine: ($manifest | tag("engine-")),
          bytes: ([.[] | select(.tags | index("part")) | .summary.total_bytes_processed // 0] | add // 0),
          parts: [.[] | select(.tags | index("part")) | { part: (tag("part-")), id, bytes: (.summary.total_bytes_processed // 0) }],
          safety: ($manifest.tags | index("safety") != null),
          release: ($manifest.tags | index("release") != null),
          found: ($manifest | tag("found-") | if . then tonumber else null end),
          round: ($manifest | tag("round-")),
          future: ($manifest | (.tags | index("future") != null) or (tag("time-") | tonumber) > $now + $tolerance),
          verified: ([.[] | select(.tags | index("verified")) | tag("time-") | tonumber] | max),
          manifest: $manifest.id,
          snapshots: [.[].id]
        })
    | sort_by(.time, .run)' "$WORK/snapshots-$1"
}

# choose_run WHICH: the run that --at or --snapshot asks for, the newest otherwise, as JSON.
choose_run() {
  local all at chosen
  all=$(LIMIT=$REACH_SECONDS runs "$1") || explain $? "$REPOSITORY_UNREACHABLE" "$1"
  if [[ -n ${SNAPSHOT:-} ]]; then
    chosen=$(jq -c --arg id "$SNAPSHOT" 'map(select(.run == $id or any(.snapshots[]; startswith($id))))[0] // empty' <<<"$all")
    [[ -n $chosen ]] || fail "$NOTHING_TO_RESTORE" "$NAME has no backup \"$SNAPSHOT\"; \`list\` shows which there are"
  elif [[ -n ${AT:-} ]]; then
    at=$(asked_time) || exit
    chosen=$(jq -c --argjson at "$at" 'map(select(.time <= $at and ((.safety or .future) | not)))[-1] // empty' <<<"$all")
    [[ -n $chosen ]] || fail "$NOTHING_TO_RESTORE" "$NAME has no backup from $(moment "$at") or before; $(oldest "$all")"
  else
    chosen=$(jq -c 'map(select((.safety or .future) | not))[-1] // empty' <<<"$all")
    [[ -n $chosen ]] || fail "$NOTHING_TO_RESTORE" "$NAME has no backup yet"
  fi
  printf '%s\n' "$chosen"
}

# --at in seconds.
asked_time() {
  date -d "$AT" +%s 2>/dev/null || wrong "\"$AT\" is not a time; write it like \"2026-03-01 14:30\""
}

oldest() {
  local time
  time=$(jq -r '.[0].time // empty' <<<"$1")
  if [[ -n $time ]]; then printf 'the oldest is from %s' "$(moment "$time")"; else printf 'it has none at all'; fi
}

moment() {
  date -d "@$1" '+%F %T %Z'
}

# read_part PART: a dump of the run $RUN (JSON) in the repository $WHICH, to standard output.
read_part() {
  local id
  id=$(jq -r --arg part "$1" '.parts[] | select(.part == $part) | .id' <<<"$RUN")
  [[ -n $id ]] || { say "error: the backup has no part $1"; return 1; }
  repository "$WHICH" dump --no-lock "$id" "/$1"
}

has_part() {
  jq --exit-status --arg part "$1" 'any(.parts[]; .part == $part)' <<<"$RUN" >/dev/null
}

part_bytes() {
  jq --arg part "$1" '.parts[] | select(.part == $part) | .bytes' <<<"$RUN"
}

# read_manifest CODE: of the run $RUN, to standard output; CODE is for a manifest that is damaged.
read_manifest() {
  repository "$WHICH" dump --no-lock "$(jq -r .manifest <<<"$RUN")" /manifest.json && return
  quote "$WORK/restic.err"
  # A repository that is away or locked is not damaged.
  reach "$WHICH"
  fail "$1" "the backup $(jq -r .run <<<"$RUN") of $NAME cannot be read: its manifest is damaged in $(address_of "$WHICH")"
}

# store WHAT FILE TAGS… -- COMMAND…: what the command writes becomes a snapshot, if the command succeeds.
store() {
  local file=$1 tags=$2 time=$3
  shift 3
  repository local backup --json --quiet --host "$NAME" --tag "run-$RUN_ID,engine-$ENGINE,$tags" \
    --time "$(date -d "@$time" '+%F %T')" --stdin-filename "$file" --stdin-from-command -- "$@"
}
