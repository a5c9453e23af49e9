# shellcheck shell=bash
# The second repository, filled from the first. Both have the same retention.

copy_offsite() {
  local code=0
  say "copying to $OFFSITE_REPOSITORY"
  # Like an attempt: one that is killed in the middle has not arrived.
  remember offsite_exit_code "$KILLED"
  # In a subshell: whatever goes wrong there has one meaning, "the backup is made, its copy is not".
  (reach_or_create_offsite && drop_stale_locks offsite && copy && retain_offsite) || code=$?
  if ((code)); then
    remember offsite_exit_code "$code"
    fail "$OFFSITE_FAILED" "the backup is made, but it is not offsite (reason: exit code $code)"
  fi
  remember offsite_exit_code 0
  remember offsite_last_success "$(date +%s)"
}

retain_offsite() {
  if newest_was_made; then retain offsite; fi
}

reach_or_create_offsite() {
  local code=0
  probe offsite || code=$?
  if ((code == 10)) && [[ $(recall offsite_repository) != "$OFFSITE_REPOSITORY" ]]; then
    say "making a new repository at $OFFSITE_REPOSITORY"
    # With the same chunks as the first one, what was copied before is recognised.
    from_local init --copy-chunker-params >/dev/null || code=$?
    ((code == 10)) || explain "$code" "$OFFSITE_FAILED" offsite
  elif ((code)); then
    explain "$code" "$REPOSITORY_UNREACHABLE" offsite
  fi
  remember offsite_repository "$OFFSITE_REPOSITORY"
}

copy() {
  from_local copy --host "$NAME" >/dev/null || explain $? "$OFFSITE_FAILED" offsite
}

# A command on the offsite repository that reads the local one.
from_local() {
  local verb=$1
  shift
  COPYING=1 repository offsite "$verb" --from-repo "$REPOSITORY" --from-password-file "$SECRETS/repository-password" "$@"
}
