#!/bin/sh -eu
# boot.sh STATE ROOT IMAGES MOUNTS: the first process of a machine, in new mount, PID, IPC and UTS namespaces. It lays the
# machine's own changes (in STATE) over a prepared root file system, makes that the root, and becomes init. What it starts
# on the way has the network of the machine that runs the tests, and ends with this one all the same: an agent with the key
# that opens the door, and a registry on the gateway's address that serves IMAGES.
state=$1 prepared=$2 images=$3 mounts=$4

root=$state/root
mount -t overlay overlay -o "lowerdir=$prepared,upperdir=$state/changes,workdir=$state/work" "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkfifo "$root/run/network"
unshare --mount ssh-agent -D -a "$state/agent" </dev/null >/dev/null 2>&1 &
unshare --mount sh -euc 'mount --bind "$1" "$2/srv"; exec chroot "$2" /usr/local/lib/portolan/registry' \
  registry "$images" "$root" </dev/null &

# Only now a network of its own: sysfs shows that of whoever mounts it.
exec unshare --net sh -euc '
  state=$1 mounts=$2
  # The number by which others know this process: /proc is still the one of the machine that runs the tests.
  read -r pid _ </proc/self/stat
  echo "$pid" >"$state/pid"

  cd "$state/root"
  # An engine keeps its layers as overlays, which cannot lie on another overlay.
  mount --bind "$state/docker" var/lib/docker
  "$mounts"
  pivot_root . mnt
  umount -l /mnt
  exec /usr/local/lib/portolan/init
' boot "$state" "$mounts"
