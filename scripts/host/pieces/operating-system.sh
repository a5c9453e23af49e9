#!/bin/sh
operating_system() {
  # shellcheck disable=SC1091
  . /etc/os-release
  case "$ID ${VERSION_ID:-99}" in
    'debian 1'[2-9] | 'debian '[2-9]? | 'ubuntu 2'[2-9].* | 'ubuntu '[3-9]?.*) echo "$PRETTY_NAME" ;;
    *) lacks "$PRETTY_NAME is not Debian 12 or Ubuntu 22.04, or newer" 'cat /etc/os-release' ;;
  esac
}
