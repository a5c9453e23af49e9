#!/bin/sh
# Runs on the Docker host before a network goes: whoever is still in it leaves it. A stopped container would not start again
# without a network that it is in.
#
#   empty-network.sh NETWORK
set -eu

for container in $(docker ps -a --filter "network=$1" --format '{{.Names}}'); do
  # It may be gone by now.
  docker network disconnect --force "$1" "$container" || true
done
