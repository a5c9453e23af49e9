# shellcheck shell=bash
# dump_with_sums FILE DUMP… -- SUMS…: runs the first command; its output goes on to standard output and into the second
# command, whose output becomes FILE. Fails when either fails: a dump that cannot be read to its end is no dump.
dump_with_sums() {
  local file=$1 reader
  local -a dump=()
  shift
  while [[ $1 != -- ]]; do
    dump+=("$1")
    shift
  done
  shift
  mkfifo "$WORK/copy"
  "$@" <"$WORK/copy" >"$file" &
  reader=$!
  "${dump[@]}" | tee "$WORK/copy"
  wait "$reader"
  rm "$WORK/copy"
}
