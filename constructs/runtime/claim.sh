#!/bin/sh
# Runs on the Docker host. Two systems may have the same names there, like `shop` with the environment `eu-staging` and
# `shop-eu` with `staging`, and Docker hands out a volume that is there already. So the first claims the names with a volume
# of its own, which stays for as long as there is any other volume of these names, in a container or not.
#
#   claim.sh look ENVIRONMENT CLAIM VOLUME…    a line for each volume that is another environment's; changes nothing
#   claim.sh take ENVIRONMENT CLAIM VOLUME…    the same, and fails when there is one; otherwise the names are claimed
#   claim.sh release ENVIRONMENT CLAIM         once nothing else has these names
set -eu

verb=$1 environment=$2 claim=$3
shift 3

look() {
  is_that_of "$(owner_of_claim)" "$claim" "if it is gone for good, type: docker volume rm $claim"
  for volume in "$@"; do
    docker ps -a --filter "volume=$volume" --format '{{.Label "portolan.environment"}} {{.Names}}' |
      while read -r owner container; do
        # One without a label has only one word.
        [ -z "$container" ] || is_that_of "$owner" "$volume" "container $container has it"
      done
  done
}

owner_of_claim() {
  docker volume ls --filter "name=^$claim\$" --format '{{.Label "portolan.environment"}}'
}

# is_that_of OWNER VOLUME NOTE
is_that_of() {
  [ -z "$1" ] || [ "$1" = "$environment" ] || echo "volume $2 is that of $1 on this host ($3), and" \
    "$environment would take what is there for its own; rename the system or the environment that has no data yet," \
    "or deploy it to another host"
}

take() {
  refuse_others "$@"
  docker volume create --label "portolan.environment=$environment" "$claim" >/dev/null
  # Another deploy may have come first, whose claim this is then.
  refuse_others
}

refuse_others() {
  others=$(look "$@")
  [ -z "$others" ] || {
    echo "$others" >&2
    exit 1
  }
}

release() {
  [ "$(owner_of_claim)" = "$environment" ] || return 0
  others=$(docker volume ls --quiet --filter "name=^${claim%-host-owner}-" | grep -vxF "$claim") || true
  [ -n "$others" ] || docker volume rm "$claim" >/dev/null
}

"$verb" "$@"
