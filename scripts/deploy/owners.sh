#!/bin/sh
# Runs on the Docker host before anything is planned: whose the volumes are that a deploy would use. It changes nothing.
#
#   owners.sh ENVIRONMENT VOLUME…
#
# A line `OWNER VOLUME CONTAINER` for each container, running or not, by which another environment has one of the volumes.
set -eu

environment=$1
shift

for volume in "$@"; do
  docker ps -a --filter "volume=$volume" --format "{{.Label \"portolan.environment\"}} $volume {{.Names}}" |
    grep -v "^ \|^$environment " || true
done
