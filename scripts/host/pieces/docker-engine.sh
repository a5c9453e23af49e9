#!/bin/sh
docker_engine() {
  if ! version=$(docker version --format '{{.Server.Version}}' 2>/dev/null); then
    lacks "no engine answers $(id -un)" 'apt-get install docker.io, or usermod -aG docker USER'
  elif [ "${version%%.*}" -lt 20 ]; then
    lacks "version $version is older than 20.10" 'apt-get install --only-upgrade docker.io'
  else
    echo "version $version"
  fi
}

mend_docker_engine() {
  command -v dockerd >/dev/null || install_packages docker.io ca-certificates
  # Newer releases have the command line apart from the engine.
  command -v docker >/dev/null || install_packages docker-cli
  as_root systemctl enable --now docker
  [ "$(id -u)" = 0 ] || as_root usermod -aG docker "$(id -un)"
}
