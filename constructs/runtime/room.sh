#!/bin/sh
# Runs on the machine that deploys, for every ssh (see ssh.ts): fails when a shared connection has no room for it.
#
#   room.sh FOLDER    each shared connection of a host has such a folder, all of them beside each other
#
# Terraform and the Docker provider open sessions as they please, up to twenty at once, and sshd refuses the eleventh in a
# connection. Each ssh says that it is there before it counts, so of two that come for the last place none gets it: both
# go on to the next connection. The file of one that has ended counts no more.
set -eu

room=9
# ssh itself, which lasts as long as its session.
me=$PPID

# It asks for every connection, also when it has one.
for place in "${1%/*}"/*/"$me"; do [ ! -e "$place" ] || exit 1; done

mkdir -p "$1"
: >"$1/$me"
there=0
first=$me
for session in "$1"/*; do
  pid=${session##*/}
  if ! kill -0 "$pid" 2>/dev/null; then
    rm -f "$session"
    continue
  fi
  there=$((there + 1))
  [ "$pid" -ge "$first" ] || first=$pid
done
[ "$there" -le "$room" ] || {
  rm -f "$1/$me"
  exit 1
}

# One of them makes the connection. The others wait for it: they would each make one of their own.
socket=${1%.sessions}
tenths=0
until [ "$first" = "$me" ] || [ -S "$socket" ] || [ "$tenths" = 100 ]; do
  sleep 0.1
  tenths=$((tenths + 1))
done
