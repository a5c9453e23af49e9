#!/bin/sh
# Puts a new release of configuration files into a volume: /release (uploaded) becomes /config/releases/VERSION, and
# /config/current points at it from one instant to the next, so that no reader ever sees half of it.
#
#   release.sh VERSION [COMMAND…]
#
# `COMMAND ready VERSION` runs before the new release is in place, and `COMMAND used VERSION` after. When one of them
# fails, the release before stays or is back.
set -eu
umask 022

version=$1
shift
releases=/config/releases

if [ ! -d "$releases/$version" ]; then
  mkdir -p "$releases"
  rm -rf "$releases/$version.new"
  cp -R /release "$releases/$version.new"
  mv "$releases/$version.new" "$releases/$version"
fi

point_at() {
  ln -sfn "releases/$1" /config/current.new
  mv -T /config/current.new /config/current
}

[ $# -eq 0 ] || "$@" ready "$version"

before=$(readlink /config/current || true)

back() {
  [ -z "$before" ] || point_at "${before#releases/}"
  exit 1
}

# Stopped from outside is as failed. The shell hears of it only while it waits.
trap back TERM INT
point_at "$version"
if [ $# -gt 0 ]; then
  "$@" used "$version" &
  wait $! || back
fi

# A container that is about to go may still read the release before; older ones are of no use to anyone.
find "$releases" -mindepth 1 -maxdepth 1 ! -path "$releases/$version" ! -path "/config/$before" -exec rm -rf {} +
