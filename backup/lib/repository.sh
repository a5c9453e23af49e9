# shellcheck shell=bash
# restic, with the right repository, secrets and limits, and with its failures told apart.

# Memory is traded for a little CPU: restic's index and buffers stay within a few hundred megabytes.
export GOGC=${GOGC:-20} GOMAXPROCS=${GOMAXPROCS:-2}
export RESTIC_CACHE_DIR=$STATE/cache RESTIC_PROGRESS_FPS=0.0166

# Seconds after which a repository that does not answer counts as unreachable; restic itself would try for minutes.
: "${REACH_SECONDS:=60}"

# repository WHICH COMMAND…: runs restic on `local` or `offsite`, for at most LIMIT seconds if that is set, with the local
# one's credentials, too, if COPYING is set, and with the password in the file OPENER instead of its own if that is set; its
# messages are in $WORK/restic.err. What restic keeps of a repository in $STATE/cache is not asked if WITHOUT_CACHE is set.
repository() {
  local which=$1 prefix=
  shift
  if [[ $which == offsite ]]; then prefix=offsite-; fi
  local -a options=(--retry-lock 10m) environment=() sftp=()
  environment+=("RESTIC_REPOSITORY=$(address_of "$which")" "RESTIC_PASSWORD_FILE=${OPENER:-$SECRETS/${prefix}$(password_name "$which")}")
  if [[ -n ${WITHOUT_CACHE:-} ]]; then options+=(--no-cache); fi
  if [[ $(address_of "$which") == sftp:* ]]; then sftp+=("$prefix"); fi
  if [[ -n ${COPYING:-} && $REPOSITORY == sftp:* ]]; then sftp+=(''); fi
  if ((${#sftp[@]})); then sftp_options "${sftp[@]}"; fi
  (
    # In a subshell, so that one repository's credentials are not in the environment of the other's.
    export "${environment[@]}"
    if [[ -n ${COPYING:-} ]]; then credentials "$REPOSITORY" ''; fi
    credentials "$(address_of "$which")" "$prefix"
    exec timeout "${LIMIT:-0}" restic "${options[@]}" "$@"
  ) 2>"$WORK/restic.err"
}

address_of() {
  if [[ $1 == offsite ]]; then printf '%s' "$OFFSITE_REPOSITORY"; else printf '%s' "$REPOSITORY"; fi
}

password_name() {
  if [[ $1 == offsite ]]; then printf 'password'; else printf 'repository-password'; fi
}

credentials() {
  case $1 in
    s3:*)
      AWS_ACCESS_KEY_ID=$(secret "$2aws-access-key-id") || exit
      AWS_SECRET_ACCESS_KEY=$(secret "$2aws-secret-access-key") || exit
      export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
      ;;
    rest:*)
      if has_secret "$2rest-password"; then
        RESTIC_REST_USERNAME=$(secret "$2rest-username") || exit
        RESTIC_REST_PASSWORD=$(secret "$2rest-password") || exit
        export RESTIC_REST_USERNAME RESTIC_REST_PASSWORD
      fi
      ;;
  esac
}

# ssh wants its key readable by nobody else, and asks no questions here: the server's key has to be known. For a copy there
# may be two servers, but restic has one place for options.
sftp_options() {
  local prefix keys='' hosts=''
  for prefix in "$@"; do
    secret "${prefix}ssh-key" >"$WORK/${prefix}ssh-key"
    keys+="-i $WORK/${prefix}ssh-key "
    hosts+=" $SECRETS/${prefix}ssh-known-hosts"
  done
  options+=(-o "sftp.args=$keys-o 'UserKnownHostsFile=${hosts# }' -o StrictHostKeyChecking=yes -o BatchMode=yes")
}

# explain CODE OTHERWISE WHICH: fails with what restic's exit code means; OTHERWISE is ours for "anything else".
explain() {
  local address
  address=$(address_of "${3:-local}")
  if grep -qiE 'no space left on device|disk quota exceeded|QuotaExceeded' "$WORK/restic.err"; then
    quote "$WORK/restic.err"
    fail "$DISK_FULL" "the repository $address is full"
  fi
  case $1 in
    10) fail "$REPOSITORY_UNREACHABLE" "there is no repository at $address" ;;
    11) quote "$WORK/restic.err" && fail "$REPOSITORY_UNREACHABLE" "the repository $address stays locked by another job" ;;
    12) fail "$WRONG_PASSWORD" "the password in $SECRETS does not open the repository $address" ;;
    "$KILLED") fail "$KILLED" "restic was killed: it may have needed more memory than this container has" ;;
    124) fail "$REPOSITORY_UNREACHABLE" "the repository $address does not answer within $REACH_SECONDS seconds" ;;
  esac
  quote "$WORK/restic.err"
  fail "$2" "restic failed on $address with exit code $1"
}

# reach WHICH: fails unless the repository is there and opens; prints nothing.
reach() {
  local code=0
  probe "$1" || code=$?
  ((code == 0)) || explain "$code" "$REPOSITORY_UNREACHABLE" "$1"
}

# Opening a repository takes a good part of a second by design, so the locks, which are wanted next, are the question.
probe() {
  LIMIT=$REACH_SECONDS repository "$1" list locks --no-lock >"$WORK/locks-$1"
}

# A repository with this backup in it does not vanish by itself: a volume that is not mounted or a mistyped address
# must not look like a fine new start.
reach_or_create() {
  local code=0 known
  probe local || code=$?
  known=$(recall repository)
  if ((code == 10)) && [[ $known == "$REPOSITORY" ]]; then
    fail "$REPOSITORY_UNREACHABLE" "the repository $REPOSITORY is gone: $NAME was backed up there before. Bring it back, or start anew by removing $STATE/values/repository"
  elif ((code == 10)); then
    say "making a new repository at $REPOSITORY"
    repository local init >/dev/null || explain $? "$REPOSITORY_UNREACHABLE"
  elif ((code != 0)); then
    explain "$code" "$REPOSITORY_UNREACHABLE"
  fi
  remember repository "$REPOSITORY"
}

# A killed job leaves its lock in the repository, and retention would wait for it. Locks of this backup's own containers
# are dead (see take_lock); those of others are left to restic, which drops what has not been refreshed for 30 minutes.
drop_stale_locks() {
  local which=$1 id all_ours=1
  local -a ids
  mapfile -t ids <"$WORK/locks-$which"
  ((${#ids[@]})) || return 0
  for id in "${ids[@]}"; do
    [[ -f $STATE/containers/$(repository "$which" cat lock "$id" --no-lock | jq -r '.hostname // "?"') ]] || all_ours=0
  done
  if ((all_ours)); then
    say "dropping ${#ids[@]} lock(s) of jobs that were killed"
    repository "$which" unlock --remove-all >/dev/null || explain $? "$REPOSITORY_UNREACHABLE" "$which"
  else
    repository "$which" unlock >/dev/null || explain $? "$REPOSITORY_UNREACHABLE" "$which"
  fi
}
