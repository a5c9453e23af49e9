# shellcheck shell=bash
# What outlives the container, in the volume $STATE: one value a file, the source of the metrics.

remember() {
  mkdir -p "$STATE/values"
  printf '%s\n' "$2" >"$STATE/values/.$1"
  mv "$STATE/values/.$1" "$STATE/values/$1"
}

recall() {
  cat "$STATE/values/$1" 2>/dev/null || printf '%s\n' "${2:-}"
}
