# shellcheck shell=bash
# Places for what a verb needs while it runs: $WORK in memory for secrets and small files, $SCRATCH on disk for copies
# of data. Both are gone afterwards; what a killed verb left in $SCRATCH goes when the next one starts.

readonly SCRATCH=$STATE/scratch
export WORK SCRATCH

make_work() {
  umask 077
  WORK=$(mktemp -d /tmp/backup.XXXXXX)
  trap leave EXIT
  trap 'exit "$STOPPED"' TERM
  trap 'exit 130' INT
}

# A restored folder may be read-only, and without rights of root nothing can be removed from such a one.
remove_tree() {
  if [[ -d ${1:?} && ! -L $1 ]]; then chmod -R u+rwX "$1" || true; fi
  rm -rf "$1"
}

# Only under the lock: it may be in use otherwise. What is in it then is this verb's to remove.
empty_scratch() {
  local pid
  # Containers have process numbers of their own: this finds a server only if it is one of ours.
  for pid in $(pgrep -f -- "$SCRATCH/data" 2>/dev/null || true); do
    kill -KILL "$pid" 2>/dev/null || true
  done
  remove_tree "$SCRATCH"
  mkdir -p "$SCRATCH"
  OWN_SCRATCH=1
}

leave() {
  local code=$?
  trap - EXIT
  set +e
  at_exit "$code"
  if [[ -n ${OWN_SCRATCH:-} ]]; then
    if declare -F engine_scratch_stop >/dev/null; then engine_scratch_stop; fi
    remove_tree "$SCRATCH"
  fi
  if [[ -n ${HOLDS_LOCK:-} ]]; then rm -f "$AT_WORK"; fi
  rm -rf "$WORK"
  exit "$code"
}

# Verbs that record how they ended replace this.
at_exit() { :; }
