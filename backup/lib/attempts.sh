# shellcheck shell=bash
# How each verb's last attempt ended, and what has gone wrong lately. Whoever is killed can't say so: an attempt has failed
# from its first moment, and until it ends it is written down as killed.

# Attempts that failed, a line each: when it was, the verb, its exit code and why, with tabs in between.
readonly FAILURES=$STATE/failures FAILURES_KEPT=100

# Where an attempt's exit code and its beginning are remembered: backups are made here only, the others are of a place.
exit_code_of() {
  if [[ $1 == backup ]]; then echo last_exit_code; else of_place "$1_exit_code"; fi
}

beginning_of() {
  if [[ $1 == backup ]]; then echo last_attempt; else of_place "$1_last_attempt"; fi
}

# made CODE: whether a backup that ended so was made, whatever became of its copy and of the old ones.
made() {
  case $1 in 0 | "$OFFSITE_FAILED" | "$RETENTION_FAILED") return 0 ;; *) return 1 ;; esac
}

# came_to_a_verdict CODE: whether a verification or check that ended so says something of the repository. None yet is no trouble.
came_to_a_verdict() {
  case ${1:-0} in 0 | "$VERIFICATION_FAILED" | "$CHECK_FAILED" | "$NOTHING_TO_RESTORE") return 0 ;; *) return 1 ;; esac
}

# attempt VERB: says what this is an attempt of. One that then waits for others in vain has failed as well.
attempt() {
  ATTEMPT=$1
  STARTED=$(date +%s)
  at_exit() { end_attempt "$1"; }
}

# Under the lock: now it begins.
begin_attempt() {
  STARTED=$(date +%s)
  rm -f "$WORK/error"
  remember "$(beginning_of "$ATTEMPT")" "$STARTED" && remember "$(exit_code_of "$ATTEMPT")" "$KILLED" ||
    fail "$DISK_FULL" "no room in $STATE to write down how this ends"
  "$LIB/../bin/metrics"
  take_reserve
}

# It was none after all.
no_attempt() {
  ATTEMPT=
}

end_attempt() {
  [[ -n ${ATTEMPT:-} ]] || return 0
  remember "$(beginning_of "$ATTEMPT")" "$STARTED"
  remember "$(exit_code_of "$ATTEMPT")" "$1"
  if (($1)); then note_failure "$ATTEMPT" "$1" "$(why_it_failed "$1")"; fi
  if declare -F after_attempt >/dev/null; then after_attempt "$1"; fi
  "$LIB/../bin/metrics"
}

why_it_failed() {
  tail -n 1 "$WORK/error" 2>/dev/null && return
  if (($1 == STOPPED)); then echo 'told to end: somebody waited for it, or the container was stopped'; else echo 'see the log'; fi
}

# note_failure VERB CODE WHY
note_failure() {
  {
    tail -n "$((FAILURES_KEPT - 1))" "$FAILURES" 2>/dev/null || true
    printf '%s\t%s\t%s\t%s\n' "$(date +%s)" "$1" "$2" "${3//[$'\t\n']/ }"
  } | write_whole "$FAILURES" || say "no room in $STATE to write down that the $1 failed: $3"
}

# What holds the lock says so in a file, which is left only by one that was killed.
readonly AT_WORK=$STATE/at-work

note_killed() {
  [[ -s $AT_WORK ]] || return 0
  local verb since
  read -r verb _ since <"$AT_WORK"
  say "the $verb that began at $since was killed"
  note_failure "$verb" "$KILLED" "killed, perhaps for want of memory, or with the machine; it began at $since"
  rm -f "$AT_WORK"
}
