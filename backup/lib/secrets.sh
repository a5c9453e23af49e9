# shellcheck shell=bash
# Secrets are files. They reach a program through its environment or a file only this user reads, never as an argument,
# which every process list would show.

# secret NAME: what the file holds.
secret() {
  require_secret "$1"
  cat "$(secret_file "$1")"
}

require_secret() {
  has_secret "$1" || fail "$BAD_CONFIGURATION" "the secret $SECRETS/$1 is missing or cannot be read"
}

has_secret() {
  [[ -r $(secret_file "$1") ]]
}

# What only restores need is in a volume of its own, that only their container has.
secret_file() {
  if [[ -e $SECRETS/$1 ]]; then printf '%s' "$SECRETS/$1"; else printf '%s' "$ADMIN_SECRETS/$1"; fi
}
