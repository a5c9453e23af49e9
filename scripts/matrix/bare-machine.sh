#!/bin/sh -eu
# bare-machine.sh STATE ROOT NODES MOUNTS: the first process of a machine, in new mount, PID, IPC and UTS namespaces. It lays
# the machine's own changes (in STATE) over a root file system, makes that the root, with NODES at /opt/nodes and what is handed
# in at /srv, and ends with its standard input, which takes every other process of the machine along.
state=$1 prepared=$2 nodes=$3 mounts=$4

mount -t overlay overlay -o "lowerdir=$prepared,upperdir=$state/changes,workdir=$state/work" "$state/root"

# Only now a network of its own: sysfs shows that of whoever mounts it.
exec unshare --net sh -euc '
  state=$1 nodes=$2 mounts=$3
  # The number by which others know this process: /proc is still the one of the machine that started it.
  read -r pid _ </proc/self/stat
  echo "$pid" >"$state/pid"

  cd "$state/root"
  mkdir -p opt/nodes var/lib/docker
  mount --bind -o ro "$nodes" opt/nodes
  mount --bind -o ro "$state/srv" srv
  # An engine keeps its layers as overlays, which cannot lie on another overlay.
  mount --bind "$state/docker" var/lib/docker
  mount -t tmpfs -o mode=755 tmpfs run
  "$mounts"
  pivot_root . mnt
  umount -l /mnt
  cat
' boot "$state" "$nodes" "$mounts"
