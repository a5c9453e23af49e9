# shellcheck shell=bash
# Room on the disk that $STATE is on, most often the very one of the live database, which stops when that is full.

# require_room BYTES WHAT: fails unless there is that much and the reserve twice, for whoever else writes meanwhile.
require_room() {
  local available
  available=$(df --output=avail --block-size=1 "$STATE" | tail -n 1)
  ((available >= $1 + 2 * RESERVE_KIB * 1024)) ||
    fail "$DISK_FULL" "no room for $2: it takes $(($1 / 1048576)) MiB and $((2 * RESERVE_KIB / 1024)) MiB to spare, and $((available / 1048576)) MiB are left on the disk of $STATE"
}

# What a restore of the run $RUN may take: a database has indexes, too, which no dump has.
expected_size() {
  jq '.bytes * (if .engine == "files" or .engine == "sqlite" then 1 else 2 end)' <<<"$RUN"
}
