#!/bin/sh
# Runs on the Docker host after a container was created: waits for what the deploy needs of it, and says why when that
# doesn't come. Terraform calls it; a failure taints the container, so the next deploy tries again.
#
#   await.sh healthy   CONTAINER SECONDS    until its health check passes; stopped when that doesn't come
#   await.sh serving   CONTAINER SECONDS    the same, but left running when that doesn't come
#   await.sh completed CONTAINER SECONDS    until it exits with code 0; stopped when that doesn't come
set -eu

goal=$1
container=$2
seconds=$3
deadline=$(($(date +%s) + seconds))

field() {
  docker inspect --format "$1" "$container"
}

# What failed no longer works beside the one that serves; its logs stay readable. A database that is still recovering its
# data has nobody beside it, and must not be disturbed.
fail() {
  name=$(field '{{.Name}}')
  echo "${name#/} $1. Its last log lines:"
  docker logs --tail 20 "$container" 2>&1 | sed 's/^/  | /'
  if [ "$goal" = serving ]; then
    echo "It is left running, and may still come up: docker logs -f ${name#/}"
  else
    docker stop "$container" >/dev/null
  fi
  exit 1
}

# Docker looks only once an interval; asking the same question at once makes deploys quick and intervals long.
passes_health_check() {
  [ "$(field '{{index .Config.Healthcheck.Test 0}}')" = CMD-SHELL ] &&
    timeout 5 docker exec "$container" sh -c "$(field '{{index .Config.Healthcheck.Test 1}}')" >/dev/null 2>&1
}

healthy() {
  case $(field '{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}}') in
    'running healthy '*) return 0 ;;
    exited* | dead*) fail "stopped with exit code $(field '{{.State.ExitCode}}')" ;;
    *' unhealthy '*) fail 'is unhealthy' ;;
    *' '[3-9] | *' '[1-9][0-9]*) fail "keeps stopping with exit code $(field '{{.State.ExitCode}}')" ;;
    running*) passes_health_check ;;
    *) return 1 ;;
  esac
}

serving() {
  healthy
}

completed() {
  case $(field '{{.State.Status}} {{.State.ExitCode}}') in
    'exited 0') return 0 ;;
    exited* | dead*) fail "failed with exit code $(field '{{.State.ExitCode}}')" ;;
    *) return 1 ;;
  esac
}

until "$goal"; do
  [ "$(date +%s)" -lt "$deadline" ] || fail "was not $goal within $seconds seconds"
  sleep 0.2
done
