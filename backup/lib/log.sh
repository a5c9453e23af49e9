# shellcheck shell=bash
# Messages go to standard error: standard output is for what a verb returns.

say() {
  printf '%s\n' "$*" >&2
}

# fail CODE MESSAGE: the message is kept for what is written down of the attempt, also when a subshell says it.
fail() {
  say "error: $2"
  if [[ -d ${WORK:-} ]]; then printf '%s\n' "$2" >"$WORK/error"; fi
  exit "$1"
}

# The last lines of a file, indented; what a program said before it failed.
quote() {
  tail -n "${2:-5}" "$1" 2>/dev/null | sed 's/^/  | /' >&2
}
