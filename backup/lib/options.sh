# shellcheck shell=bash disable=SC2034
# options ALLOWED "$@": reads a verb's command line. ALLOWED are the words it takes; each `--word` of it becomes a
# variable. Those that take no value: offsite, json and the steps of a restore.
options() {
  local allowed=" $1 " option
  shift
  while (($#)); do
    option=${1#--}
    [[ $1 == --* && $allowed == *" $option "* ]] || wrong "${0##*/} does not know \"$1\"; it takes ${allowed// / --}"
    case $option in
      wait) WAIT=$(value "$@") ;;
      at) AT=$(value "$@") ;;
      snapshot) SNAPSHOT=$(value "$@") ;;
      round)
        ROUND=$(value "$@")
        [[ $ROUND =~ ^[[:alnum:]]+$ ]] || wrong "--round takes letters and digits, got \"$ROUND\""
        ;;
      database) DATABASE=$(value "$@") ;;
      to-file) TO_FILE=$(value "$@") ;;
      to-database) TO_DATABASE=$(value "$@") ;;
      offsite)
        WHICH=offsite
        [[ -n $OFFSITE_REPOSITORY ]] || wrong 'there is no OFFSITE_REPOSITORY'
        shift
        continue
        ;;
      *)
        STEP=$option
        shift
        continue
        ;;
    esac
    shift 2
  done
  if [[ -n ${AT:-} && -n ${SNAPSHOT:-} ]]; then wrong 'use --at or --snapshot, not both'; fi
}

value() {
  [[ -n ${2:-} ]] || wrong "$1 needs a value"
  printf '%s' "$2"
}

WHICH=local
