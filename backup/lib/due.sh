# shellcheck shell=bash
# What has to be done now: whatever was to be done since its last time and was not, be it that the host was off, that it
# failed, or that the clock was wrong. supercronic is not what wakes this up: it sleeps until the minute that follows the one
# before, so after a clock that was a year ahead and came back it sleeps for that year, also with "* * * * *".

# Seconds between two looks, and between two tries of what failed.
readonly TICK=15 RETRY_AFTER=1800

# When each job last ended, and since when this process looks.
declare -A ENDED=()
LOOKING_SINCE=$(date +%s)

# due VERB EXPRESSION: sets DUE to the time that it was due at.
due() {
  local now time tried WHICH
  WHICH=$(turn_of "$1")
  now=$(date +%s)
  time=$(last_time "$2" "$now")
  # shellcheck disable=SC2034
  DUE=$time
  done_since "$1" "$time" && return 1
  tried=$(past "$(beginning_of "$1")")
  if ((tried >= time)) && { recently "$1" "$tried" "$now" || at_work; }; then return 1; fi
  # Not one that a clock made that was ahead.
  if (($(recall "$(beginning_of "$1")" 0) < time && time < LOOKING_SINCE)); then note_missed "$1" "$time"; fi
}

# Whether nothing is left to do of what was due at a time: a backup has to be made, and not only for a release or before a
# restore; the others have to come to a verdict. A try that failed is made good also when an operator made it.
done_since() {
  local code since
  code=$(recall "$(exit_code_of "$1")")
  since=$(past watching_since)
  case $1 in
    backup) made "${code:-0}" && { (($2 <= since)) || (($(past last_regular_success) >= $2)); } ;;
    *) came_to_a_verdict "$code" && { (($2 <= since)) || (($(past "$(beginning_of "$1")") >= $2)); } ;;
  esac
}

# A copy that did not arrive is tried again like a backup.
copy_is_due() {
  local now
  now=$(date +%s)
  [[ $(recall offsite_exit_code 0) != 0 ]] && ! recently offsite "$(past last_attempt)" "$now" && ! at_work
}

# recently VERB BEGAN NOW: whether a try is too young for another. A clock that was set back makes none young.
recently() {
  local ended=${ENDED[$1]:-0}
  (($3 - $2 < RETRY_AFTER && $3 >= $2)) || (($3 - ended < RETRY_AFTER && $3 >= ended))
}

# Whether somebody works on it this very moment, so that nothing can be said yet of how that ends.
at_work() {
  ! flock --nonblock "$STATE/lock" true
}

# Once for each time. Until it is made good, it has failed.
note_missed() {
  (($(recall "missed_$1" 0) != $2)) || return 0
  say "the $1 of $(moment "$2") was missed; it is made up for now"
  note_failure "$1" "$MISSED" "nothing was at work at $(moment "$2"): the host, or this container, was down"
  remember "$(exit_code_of "$1")" "$MISSED"
  remember "missed_$1" "$2"
}

# job VERB [OPTION…]: in the background, so that a signal is heeded at once, and in a session of its own, so that all of it can be
# ended: no deploy and no restore has to wait for a verification.
job() {
  local pid
  if [[ -n $STOPPING ]] || reserved; then return; fi
  rm -f "$STATE/wanted"
  setsid "$LIB/../bin/$1" --wait 14400 "${@:2}" &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && [[ -z $STOPPING ]]; do
    if [[ $1 == verify || $1 == check ]] && [[ -e $STATE/wanted ]]; then
      say "the $1 steps aside"
      pkill -TERM --session "$pid" || true
      rm -f "$STATE/wanted"
    fi
    pause 1
  done
  wait "$pid" || true
  ENDED[$1]=$(date +%s)
}

# Until a signal comes, which may be there already.
pause() {
  if [[ -n $STOPPING ]]; then return; fi
  sleep "$1" &
  wait $! || true
}

# Seconds of time of day that the machine's own seconds do not explain.
readonly JUMP=120

# What was due before this container first looked was nobody's duty. A clock that was ahead then is no reason to wait for
# that moment again.
look_at_the_clock() {
  local uptime now offset
  read -r uptime _ </proc/uptime
  now=$(date +%s)
  offset=$((now - ${uptime%.*}))
  if [[ -n ${OFFSET:-} ]] && ((offset - OFFSET > JUMP || OFFSET - offset > JUMP)); then
    say "the clock has jumped by $((offset - OFFSET)) seconds"
    note_failure clock "$CLOCK_JUMPED" "the clock has jumped by $((offset - OFFSET)) seconds"
    # A clock that was ahead says nothing of when this began.
    if ((LOOKING_SINCE > now)); then LOOKING_SINCE=0; fi
    "$LIB/../bin/metrics" || true
  fi
  OFFSET=$offset
  if (($(past watching_since) == 0 || $(past watching_since) > now)); then remember watching_since "$now" || true; fi
}

# One that was killed outside of this process has nobody else to say so.
see_who_was_killed() {
  [[ -s $AT_WORK ]] || return 0
  (
    exec 9>>"$STATE/lock"
    flock --nonblock 9 || exit 0
    note_killed
    "$LIB/../bin/metrics" || true
  )
}
