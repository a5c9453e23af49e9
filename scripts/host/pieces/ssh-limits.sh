#!/bin/sh
# A deploy puts no more than nine sessions into one connection, and logs in a few times at once, which sshd's own limits
# allow. Somebody may have tightened them.
ssh_limits() {
  with_sshd limits_of_sshd
}

limits_of_sshd() {
  sessions=$(sshd_setting maxsessions)
  startups=$(sshd_setting maxstartups)
  if [ "$sessions" -ge 10 ] && [ "${startups%%:*}" -ge 10 ]; then
    echo "MaxSessions $sessions, MaxStartups $startups"
  else
    lacks "MaxSessions $sessions, MaxStartups $startups" "printf 'MaxSessions 10\\nMaxStartups 10:30:100\\n' >/etc/ssh/sshd_config.d/10-portolan.conf && systemctl reload ssh"
  fi
}

# with_sshd PIECE: goes on with it when sshd tells its $settings.
with_sshd() {
  command -v sshd >/dev/null || {
    echo 'there is no sshd'
    return 0
  }
  only_root || return
  settings=$(as_root sshd -T 2>&1) || {
    lacks "sshd does not tell: $(echo "$settings" | tail -n 1)" 'sshd -T'
    return
  }
  "$1"
}

# What $settings says of one.
sshd_setting() {
  echo "$settings" | sed -n "s/^$1 //Ip"
}

mend_ssh_limits() {
  sshd_settings 10-portolan.conf 'MaxSessions 10' 'MaxStartups 10:30:100'
}

# sshd_settings FILE LINE…: sshd takes the first that it reads.
sshd_settings() {
  # Gone where a socket starts sshd only for who comes in, and sshd does not even read its settings without it.
  as_root mkdir -p /run/sshd
  file=/etc/ssh/sshd_config.d/$1
  shift
  printf '%s\n' "$@" | written "$file"
  as_root sshd -t
  as_root systemctl reload ssh
}
