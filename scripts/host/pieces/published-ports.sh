#!/bin/sh
# Docker's published ports bypass the firewall.
published_ports() {
  # Not from the column of `docker ps`, which writes neighbouring ports as a range.
  if ! published=$(docker ps --quiet 2>/dev/null | xargs -r docker inspect --format \
    '{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{.HostPort}}{{"\n"}}{{end}}{{end}}' 2>/dev/null) ||
    ! docker version >/dev/null 2>&1; then
    lacks "no engine tells $(id -un)" 'docker ps'
    return
  fi
  for port in $(echo "$published" | sed -n '/^127\./d; /^::1 /d; s/.* //p' | sort -n -u); do
    # shellcheck disable=SC2154
    case " $ports " in
      *" $port "*) ;;
      *)
        lacks "others reach port $port, past the firewall" "docker ps --filter publish=$port"
        return
        ;;
    esac
  done
  echo 'none but the proxy'
}
