#!/bin/sh
# What the engine is set to. User namespaces are said and not asked for: turned on later, they hide every volume and image
# there is.
docker_settings() {
  settings=$(docker info --format '{{.LiveRestoreEnabled}} {{.Swarm.LocalNodeState}} {{.SecurityOptions}}' 2>/dev/null) || {
    lacks "no engine tells $(id -un)" 'docker info'
    return
  }
  case $settings in *name=userns*) users=on ;; *) users=off ;; esac
  case $settings in
    'true '*) echo "live-restore on, userns-remap $users" ;;
    # A node of a swarm can't have it.
    'false active '*) echo "node of a swarm, userns-remap $users" ;;
    *) lacks 'live-restore off: an update of Docker restarts every container' \
      "put \"live-restore\": true into /etc/docker/daemon.json; systemctl reload docker" ;;
  esac
}

# What somebody else has written there is for somebody else to change.
mend_docker_settings() {
  [ ! -e /etc/docker/daemon.json ] || return 0
  as_root mkdir -p /etc/docker
  echo '{ "live-restore": true }' | written /etc/docker/daemon.json
  as_root systemctl reload docker
}
