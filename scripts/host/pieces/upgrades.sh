#!/bin/sh
periodic() {
  apt-config dump "APT::Periodic::$1" | sed -n 's/.* "\(.*\)";$/\1/p'
}

upgrades() {
  if ! command -v unattended-upgrade >/dev/null; then
    lacks 'security updates wait for somebody' 'apt-get install unattended-upgrades && dpkg-reconfigure unattended-upgrades'
  elif [ "$(periodic Unattended-Upgrade)" != 1 ] || [ "$(periodic Update-Package-Lists)" != 1 ] || [ "$(periodic Enable)" = 0 ]; then
    lacks 'security updates are turned off' "apt-config dump APT::Periodic"
  elif ! systemctl is-enabled --quiet apt-daily.timer || ! systemctl is-enabled --quiet apt-daily-upgrade.timer; then
    lacks 'nothing starts the security updates' 'systemctl enable --now apt-daily.timer apt-daily-upgrade.timer'
  else
    echo 'security updates install themselves'
  fi
}

mend_upgrades() {
  install_packages unattended-upgrades
  # After all others in that folder, whose words it takes back.
  printf 'APT::Periodic::%s "1";\n' Enable Update-Package-Lists Unattended-Upgrade | written /etc/apt/apt.conf.d/99portolan
  as_root systemctl enable --quiet --now apt-daily.timer apt-daily-upgrade.timer
}
