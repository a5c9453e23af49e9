#!/bin/sh
# Containers get none: it is for what the host does beside them, as when it installs updates.
swap() {
  memory=$(free -m | awk '/^Mem:/ { print $2 }')
  size=$(swapon --show=SIZE --bytes --noheadings | awk '{ sum += $1 } END { print int(sum / 1048576) }')
  if [ "$size" -ge 1000 ] || [ "$memory" -ge 16000 ]; then
    echo "$size MiB, beside $memory MiB of memory"
  else
    lacks "$size MiB, beside $memory MiB of memory" 'fallocate -l 2G /portolan.swap && chmod 600 /portolan.swap && mkswap /portolan.swap && swapon /portolan.swap'
  fi
}

# Beside one that is too small. It has its name only when it is one.
mend_swap() {
  file=/portolan.swap
  if [ ! -e "$file" ]; then
    as_root rm -f "$file.new"
    as_root fallocate -l 2G "$file.new"
    as_root chmod 600 "$file.new"
    as_root mkswap "$file.new" >/dev/null
    as_root mv "$file.new" "$file"
  fi
  grep -q "^$file " /etc/fstab || echo "$file none swap sw 0 0" | as_root tee -a /etc/fstab >/dev/null
  as_root swapon "$file"
}
