#!/bin/sh
# Docker's published ports bypass the firewall.
published_ports() {
  open=$(docker ps --format '{{.Ports}}' 2>/dev/null | tr ',' '\n' |
    sed -n 's/^ *\(0\.0\.0\.0\|::\|\[::\]\):\([0-9]*\)->.*/\2/p' | sort -n -u)
  for port in $open; do
    # shellcheck disable=SC2154
    case " $ports " in
      *" $port "*) ;;
      *)
        lacks "everybody reaches port $port, past the firewall" "docker ps --filter publish=$port"
        return
        ;;
    esac
  done
  echo 'none but the proxy'
}
