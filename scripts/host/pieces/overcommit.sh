#!/bin/sh
# Redis saves from a copy of itself that writes next to nothing; otherwise the kernel may refuse the copy for want of memory.
overcommit() {
  setting=$(sysctl -n vm.overcommit_memory)
  if [ "$setting" = 1 ]; then
    echo "vm.overcommit_memory is $setting"
  else
    lacks "vm.overcommit_memory is $setting: Redis may be unable to save" \
      "echo 'vm.overcommit_memory = 1' >/etc/sysctl.d/99-portolan.conf && sysctl -p /etc/sysctl.d/99-portolan.conf"
  fi
}

mend_overcommit() {
  echo 'vm.overcommit_memory = 1' | written /etc/sysctl.d/99-portolan.conf
  as_root sysctl -q -p /etc/sysctl.d/99-portolan.conf
}
