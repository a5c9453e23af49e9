#!/bin/sh
# Runs on the Docker host before anything is planned: what a deploy has to know of it. It changes nothing.
#
#   host-facts.sh [--insecure] IMAGE…    the images a deploy would pull
#
# The first line is the engine's version as JSON, the second the free kilobytes where it keeps images, if they can be
# seen from here (not those of a virtual machine). The third says whether the engine reaches registries in a way of its own,
# by a proxy or a mirror, which this command line does not know. Then, for each image of which the host has no version yet, or
# not the locked one, a line `@ CODE IMAGE` and what its registry says of it, or why it says nothing.
set -eu

insecure=
if [ "${1-}" = --insecure ]; then
  insecure=--insecure
  shift
fi

docker version --format '{{json .Server}}'
df -Pk "$(docker info --format '{{.DockerRootDir}}')" 2>/dev/null | awk 'NR == 2 { print $4 }' | grep . || echo unknown
docker info --format '{{if or .HTTPProxy .HTTPSProxy .RegistryConfig.Mirrors}}own{{else}}same{{end}}'

for image in "$@"; do
  case $image in
    *@*)
      ! docker image inspect "$image" >/dev/null 2>&1 || continue
      # Asked for both, Docker takes what the tag means for an answer.
      tagged=${image%%@*}
      asked=${tagged%:*}@${image#*@}
      ;;
    *)
      [ -z "$(docker image ls --quiet "${image%:*}")" ] || continue
      asked=$image
      ;;
  esac
  code=0
  # shellcheck disable=SC2086
  said=$(docker manifest inspect --verbose $insecure "$asked" 2>&1) || code=$?
  printf '@ %s %s\n%s\n' "$code" "$image" "$said"
done
