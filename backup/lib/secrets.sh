# shellcheck shell=bash
# Secrets are files. They reach a program through its environment or a file only this user reads, never as an argument,
# which every process list would show.

# secret NAME: what the file holds.
secret() {
  require_secret "$1"
  cat "$SECRETS/$1"
}

require_secret() {
  has_secret "$1" || fail "$BAD_CONFIGURATION" "the secret $SECRETS/$1 is missing or cannot be read"
}

has_secret() {
  [[ -r $SECRETS/$1 ]]
}
