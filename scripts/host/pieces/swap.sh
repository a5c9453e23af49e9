#!/bin/sh
# Containers get none: it is for what the host does beside them, as when it installs updates.
swap() {
  memory=$(free -m | awk '/^Mem:/ { print $2 }')
  size=$(swapon --show=SIZE --bytes --noheadings | awk '{ sum += $1 } END { print int(sum / 1048576) }')
  if [ "$size" -ge 1000 ] || [ "$memory" -ge 16000 ]; then
    echo "$size MiB, beside $memory MiB of memory"
  else
    lacks "$size MiB, beside $memory MiB of memory" 'fallocate -l 2G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile'
  fi
}

mend_swap() {
  if [ ! -e /swapfile ]; then
    as_root fallocate -l 2G /swapfile
    as_root chmod 600 /swapfile
    as_root mkswap /swapfile >/dev/null
  fi
  grep -q '^/swapfile ' /etc/fstab || echo '/swapfile none swap sw 0 0' | as_root tee -a /etc/fstab >/dev/null
  as_root swapon /swapfile
}
