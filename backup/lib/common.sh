# shellcheck shell=bash
# What every verb begins with.
set -Eeuo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly LIB
for part in exit-codes log settings secrets state room work turns attempts lock repository runs sums; do
  # shellcheck source=/dev/null
  . "$LIB/$part.sh"
done

# The application's requests come first, unless it waits for its data.
if [[ ${0##*/} != restore ]]; then
  renice --priority 10 --pid $$ >/dev/null 2>&1 || true
  ionice --class best-effort --classdata 7 --pid $$ 2>/dev/null || true
fi

load_engine() {
  # shellcheck source=/dev/null
  . "$LIB/../engines/$ENGINE.sh"
}
