# shellcheck shell=bash disable=SC2016,SC2034
# A restore in place, in steps of which each can be interrupted and done again. What is being done is written down before
# it is done, in $STATE/restore, one file a database; the old data is never removed but by --drop-old.

in_place() {
  mkdir -p "$STATE/restore"
  if [[ $1 == prepare ]]; then
    start_in_place
    return
  fi
  find_journal
  [[ $1 == status ]] || engine_connect admin
  case $1 in
    status) status ;;
    reserve) reserve ;;
    swap) swap ;;
    swap-back) swap_back ;;
    resume) resume ;;
    abort) abort ;;
    drop-old) drop_old ;;
  esac
}

start_in_place() {
  take_run
  take_database
  engine_connect admin
  JOURNAL=$STATE/restore/$(journal_name "$DATABASE").json
  case $(step) in
    swapping) fail "$REFUSED" "the restore of $DATABASE from before was interrupted while swapping; go on with --resume" ;;
    swapped) fail "$REFUSED" "the old data of the restore from before is still there as $(entry old); remove it with --drop-old first" ;;
  esac
  # What was prepared before and not swapped.
  if [[ -f $JOURNAL ]]; then engine_drop "$(entry beside)"; fi
  local stamp
  stamp=$(date +%Y%m%d%H%M%S)
  keep "$JOURNAL" jq --null-input --arg database "$DATABASE" --arg run "$(jq --raw-output .run <<<"$RUN")" --arg which "$WHICH" \
    --arg beside "$(engine_beside "$DATABASE" "$stamp")" --arg old "$(engine_before "$DATABASE" "$stamp")" \
    '{ database: $database, run: $run, which: $which, beside: $beside, old: $old, step: "preparing" }'
  prepare
}

prepare() {
  engine_drop "$(entry beside)"
  restore_and_compare "$(entry beside)"
  if declare -F engine_at_rest >/dev/null; then engine_at_rest "$(entry beside)"; fi
  set_step prepared
  status
}

swap() {
  [[ $(step) == prepared ]] || fail "$REFUSED" "nothing is prepared; the step is: $(step)"
  may_swap
  set_step swapping
  finish_swap
}

# Everything is ready, and the lock was free: now the applications may be stopped.
reserve() {
  case $(step) in prepared | swapped) ;; *) fail "$REFUSED" "nothing is prepared; the step is: $(step)" ;; esac
  : >"$RESERVED"
}

# What was restored was the wrong thing: a swap once more, with the two names exchanged. So it can be interrupted, gone on
# with and taken back like any other.
swap_back() {
  [[ $(step) == swapped ]] || fail "$REFUSED" "there is no old data to swap back; the step is: $(step)"
  may_swap
  if declare -F engine_old_at_rest >/dev/null; then engine_old_at_rest "$(entry old)"; fi
  keep "$JOURNAL" jq '. + { beside: .old, old: .beside, step: "swapping" }' "$JOURNAL"
  finish_swap
}

# Asked before anything is done, so that a refusal leaves everything as it was.
may_swap() {
  if declare -F engine_may_swap >/dev/null; then engine_may_swap "$DATABASE"; fi
}

finish_swap() {
  engine_swap "$DATABASE" "$(entry beside)" "$(entry old)"
  set_step swapped
  rm -f "$RESERVED"
  status
}

resume() {
  case $(step) in
    preparing)
      SNAPSHOT=$(entry run)
      WHICH=$(entry which)
      take_run
      take_database
      prepare
      ;;
    swapping)
      may_swap
      finish_swap
      ;;
    *) status ;;
  esac
}

abort() {
  case $(step) in
    swapping) fail "$REFUSED" "the swap has begun; go on with --resume: the old data stays as $(entry old)" ;;
    swapped) fail "$REFUSED" "the swap is done; the old data is $(entry old)" ;;
  esac
  engine_drop "$(entry beside)"
  rm -f "$JOURNAL" "$RESERVED"
}

drop_old() {
  [[ $(step) == swapped ]] || fail "$REFUSED" "there is no old data to remove; the step is: $(step)"
  engine_drop "$(entry old)"
  rm "$JOURNAL"
}

status() {
  jq '. + { next: ({
    preparing: "restore --resume, or restore --abort",
    prepared: "stop what writes, then restore --swap; or restore --abort",
    swapping: "restore --resume",
    swapped: "look at it, then restore --drop-old, or restore --swap-back"
  }[.step]) }' "$JOURNAL"
}

find_journal() {
  local -a journals
  if [[ -n ${DATABASE:-} ]]; then
    journals=("$STATE/restore/$(journal_name "$DATABASE").json")
  else
    mapfile -t journals < <(find "$STATE/restore" -name '*.json')
  fi
  ((${#journals[@]} <= 1)) || wrong 'several databases are being restored: say which with --database'
  JOURNAL=${journals[0]:-}
  if [[ ! -f $JOURNAL ]]; then
    if [[ $STEP == status ]]; then
      echo '{ "step": null }'
      exit 0
    fi
    fail "$NOTHING_TO_RESTORE" 'no restore in place is under way; begin with --prepare'
  fi
  DATABASE=$(entry database)
}

journal_name() {
  local name=${1#/}
  printf '%s' "${name//\//__}"
}

entry() {
  jq --raw-output --arg key "$1" '.[$key]' "$JOURNAL"
}

step() {
  if [[ -f $JOURNAL ]]; then entry step; fi
}

set_step() {
  keep "$JOURNAL" jq --arg step "$1" '.step = $step' "$JOURNAL"
}

# keep FILE COMMAND…: what the command writes, in one piece or not at all, also when the power goes.
keep() {
  local file=$1
  shift
  "$@" >"$file.partial"
  sync "$file.partial"
  mv "$file.partial" "$file"
  sync "${file%/*}"
}
