#!/bin/sh
# Part of proxy.sh, after certificates.sh, for certificates that the proxy makes for itself: the one it has, while it lasts
# and has every name.
lasts() {
  ! ends_within 2592000 "$1" && [ "$(covered "$@")" -eq $(($# - 1)) ]
}

offered() {
  file=/certificates/$2.pem
  shift 2
  if lasts "$file" "$@"; then cat "$file"; else self_made 825 "$@"; fi
}
