#!/bin/sh
# Runs on a Docker host with Debian or Ubuntu, behind the pieces: says what it lacks to run in production, or sees to it.
#
#   check COMMAND [PORT…]      a line for each piece, with what to type; fails when there is something to type
#   prepare COMMAND [PORT…]    sees to what is lacking, as root or with sudo, and checks again
#
# COMMAND is what to type for the whole of it. PORTs are the proxy's, which the firewall must let in.
#
# Each piece is a function that says how it stands, and fails when that isn't well. Where it can be mended by a script,
# there is a function mend_….
set -eu

verb=$1
command=$2
shift 2
ports=$*
export DEBIAN_FRONTEND=noninteractive LC_ALL=C ports
PATH=$PATH:/usr/sbin:/sbin

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  as_root apt-get -o DPkg::Lock::Timeout=300 -qq update
  as_root apt-get -o DPkg::Lock::Timeout=300 -qq install --yes --no-install-recommends "$@" >/dev/null
}

# Standard input becomes a file of the host.
written() {
  as_root tee "$1" >/dev/null
}

# For a piece that others may not look at: nothing seen is not nothing there.
only_root() {
  as_root true 2>/dev/null || lacks "only root can tell, and sudo asks $(id -un) for a password" \
    "echo '$(id -un) ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/portolan"
}

# lacks STATE WHAT_TO_TYPE
lacks() {
  printf '%s; type: %s\n' "$1" "$2"
  return 1
}

check() {
  wrong=0
  for piece in operating_system docker_engine docker_settings firewall published_ports metadata upgrades audit clock swap \
    overcommit ssh_limits ssh_logins; do
    if state=$("$piece"); then mark=ok; else mark='!!' wrong=1; fi
    printf '%s  %-16s  %s\n' "$mark" "$(echo "$piece" | tr _ ' ')" "$state"
  done
  [ "$wrong" = 0 ] || [ "$verb" = prepare ] || echo "For all that a script can do, type: $command"
  return "$wrong"
}

prepare() {
  for piece in docker_engine docker_settings firewall metadata upgrades audit clock swap overcommit ssh_limits ssh_logins; do
    if ! state=$("$piece"); then
      echo "..  $(echo "$piece" | tr _ ' '): ${state%%;*}"
      "mend_$piece"
    fi
  done
  check
}

# This script itself comes from standard input, so no command may read from there.
"$verb" </dev/null
