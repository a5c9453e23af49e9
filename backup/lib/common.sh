# shellcheck shell=bash
# What every verb begins with.
set -Eeuo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly LIB
for part in exit-codes log settings secrets state work lock repository runs sums; do
  # shellcheck source=/dev/null
  . "$LIB/$part.sh"
done

# The application's requests come first.
renice --priority 10 --pid $$ >/dev/null 2>&1 || true
ionice --class best-effort --classdata 7 --pid $$ 2>/dev/null || true

load_engine() {
  # shellcheck source=/dev/null
  . "$LIB/../engines/$ENGINE.sh"
}
