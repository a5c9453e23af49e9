#!/bin/sh
# Runs on the Docker host when a deploy has reached its end: removes the containers of the environment that the deploy
# doesn't know. They are left by a deploy that was killed before Terraform could note what it had created; beside them are
# the ones it is about to remove anyway.
#
#   sweep.sh ENVIRONMENT CONTAINER…    the containers to keep
set -eu

environment=$1
shift
kept=" $* "
left=
for container in $(docker ps -a --filter "label=portolan.environment=$environment" --format '{{.Names}}'); do
  case $kept in
    *" $container "*) ;;
    *) left="$left $container" ;;
  esac
done
[ -n "$left" ] || exit 0

# Word by word: names have no spaces. What Terraform removes at the same time may be gone already.
# shellcheck disable=SC2086
docker stop $left >/dev/null || true
# shellcheck disable=SC2086
docker rm --volumes $left >/dev/null || true
