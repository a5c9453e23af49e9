#!/bin/sh
clock() {
  if [ "$(timedatectl show --property NTPSynchronized --value 2>/dev/null)" = yes ]; then
    echo 'synchronised'
  elif [ "$(timedatectl show --property NTP --value 2>/dev/null)" = yes ]; then
    lacks 'not synchronised yet' 'timedatectl timesync-status'
  else
    lacks 'nobody sets it' 'apt-get install systemd-timesyncd && timedatectl set-ntp true'
  fi
}

mend_clock() {
  [ "$(timedatectl show --property CanNTP --value 2>/dev/null)" = yes ] || install_packages systemd-timesyncd
  as_root timedatectl set-ntp true
}
