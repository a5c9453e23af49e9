#!/bin/sh
# Runs on the Docker host: lets a container that must not be replaced for it join networks, while it runs. It has joined them
# for good, restarts included. What isn't there is left out: whichever of the two comes later calls this again.
#
#   join.sh CONTAINER NETWORK…
set -eu

container=$1
shift

joined() {
  docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$container" |
    grep -qxF "$1"
}

docker container inspect "$container" >/dev/null 2>&1 || exit 0
for network in "$@"; do
  docker network inspect "$network" >/dev/null 2>&1 || continue
  # Another call may come first.
  joined "$network" || docker network connect "$network" "$container" || joined "$network"
done
