# shellcheck shell=bash disable=SC2016,SC2034
# The passwords that open the repositories. Each is a key of restic's, of which a repository may have several.

# How the key is called that is kept offline, for the day when every other password is lost.
readonly RECOVERY=portolan-recovery

# Which keys go, in jq's words.
readonly OLD='(.current | not) and .hostName != $recovery'
readonly OLD_RECOVERY='(.current | not) and .hostName == $recovery'

places() {
  echo local
  if [[ -n $OFFSITE_REPOSITORY ]]; then echo offsite; fi
}

# state_of WHICH FILE: whether the password in a file, or else this container's own, opens a repository: `opens`, `locked`,
# or `none`, when nothing was backed up there yet.
state_of() {
  local code=0
  OPENER=$2 probe "$1" || code=$?
  case $code in
    0) echo opens ;;
    10) echo none ;;
    12) echo locked ;;
    *) explain "$code" "$REPOSITORY_UNREACHABLE" "$1" ;;
  esac
}

# let_open WHICH FILE OPENER LABEL: adds the password in FILE, unless it opens the repository already, and proves it.
let_open() {
  local which=$1 state
  state=$(state_of "$which" "$2")
  if [[ $state == locked ]]; then
    OPENER=$3 reach "$which"
    OPENER=$3 drop_stale_locks "$which"
    OPENER=$3 repository "$which" key add --new-password-file "$2" --user backup --host "$4" >/dev/null ||
      explain $? "$UNEXPECTED" "$which"
    state=$(state_of "$which" "$2")
    [[ $state == opens ]] || fail "$WRONG_PASSWORD" "the password was added to $(address_of "$which"), but does not open it"
  fi
  say "$which: $state"
}

# prove WHICH: this container's own password reads the newest backup, if there is one.
prove() {
  reach "$1"
  drop_stale_locks "$1"
  runs "$1" >"$WORK/runs-$1" || explain $? "$REPOSITORY_UNREACHABLE" "$1"
  RUN=$(jq -c '.[-1] // empty' "$WORK/runs-$1")
  WHICH=$1
  [[ -z $RUN ]] || WITHOUT_CACHE=1 read_manifest "$VERIFICATION_FAILED" >/dev/null
}

# keys_besides WHICH FILTER: ids of keys that a filter of jq chooses.
keys_besides() {
  repository "$1" key list --json >"$WORK/keys-$1" || explain $? "$REPOSITORY_UNREACHABLE" "$1"
  jq --raw-output --arg recovery "$RECOVERY" ".[] | select($2) | .id" "$WORK/keys-$1"
}

# remove_keys WHICH FILTER
remove_keys() {
  local id
  keys_besides "$1" "$2" >"$WORK/remove-$1"
  while IFS= read -r -u 3 id; do
    repository "$1" key remove "$id" >/dev/null || not_removed $? "$1"
    say "$1: one password fewer opens it"
  done 3<"$WORK/remove-$1"
}

# not_removed CODE WHICH: fails; on a server that lets nothing be removed, that is no mistake.
not_removed() {
  if grep -qiE '\b403\b|access ?denied|permission denied' "$WORK/restic.err"; then
    fail "$REFUSED" "$(address_of "$2") lets no password be removed from here: the others open it until they are removed from another machine, with a key that may remove"
  fi
  explain "$1" "$UNEXPECTED" "$2"
}
