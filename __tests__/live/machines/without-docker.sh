#!/bin/sh -eu
# without-docker.sh COMMAND…: runs a command as a machine without Docker does. In the mount namespace that it was given no
# folder of PATH has a docker, and nobody answers at the engine's socket; everything outside it goes on as it was.
whiteouts=$(mktemp -d)
mount -t tmpfs tmpfs "$whiteouts"
# To an overlay, a device with these numbers is a file that was removed.
mknod "$whiteouts/docker" c 0 0
printf '%s\n' "$PATH" | tr : '\n' | while read -r folder; do
  [ ! -e "$folder/docker" ] || mount -t overlay overlay -o "lowerdir=$whiteouts:$folder" "$folder"
done
umount -l "$whiteouts"
rmdir "$whiteouts"
[ ! -S /var/run/docker.sock ] || mount --bind /dev/null /var/run/docker.sock
unset DOCKER_HOST DOCKER_CONTEXT
exec "$@"
