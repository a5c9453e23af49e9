#!/bin/sh
upgrades() {
  if [ "$(apt-config dump APT::Periodic::Unattended-Upgrade | tr -dc 0-9)" = 1 ] && command -v unattended-upgrade >/dev/null; then
    echo 'security updates install themselves'
  else
    lacks 'security updates wait for somebody' 'apt-get install unattended-upgrades && dpkg-reconfigure unattended-upgrades'
  fi
}

mend_upgrades() {
  install_packages unattended-upgrades
  printf 'APT::Periodic::%s "1";\n' Update-Package-Lists Unattended-Upgrade | written /etc/apt/apt.conf.d/20auto-upgrades
}
