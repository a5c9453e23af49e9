#!/bin/sh
# A deploy has some twenty sessions at once in one connection. Where the connection can't be shared, each is one of its
# own, and sshd turns away the eleventh that is not logged in yet.
ssh_limits() {
  command -v sshd >/dev/null || {
    echo 'there is no sshd'
    return 0
  }
  only_root || return
  settings=$(as_root sshd -T 2>&1) || {
    lacks "sshd does not tell: $(echo "$settings" | tail -n 1)" 'sshd -T'
    return
  }
  sessions=$(echo "$settings" | sed -n 's/^maxsessions //Ip')
  startups=$(echo "$settings" | sed -n 's/^maxstartups \([0-9]*\).*/\1/Ip')
  if [ "$sessions" -ge 30 ] && [ "$startups" -ge 30 ]; then
    echo "MaxSessions $sessions, MaxStartups $startups"
  else
    lacks "MaxSessions $sessions, MaxStartups $startups" "printf 'MaxSessions 64\\nMaxStartups 64:30:128\\n' >/etc/ssh/sshd_config.d/10-portolan.conf && systemctl reload ssh"
  fi
}

mend_ssh_limits() {
  # Gone where a socket starts sshd only for who comes in, and sshd does not even read its settings without it.
  as_root mkdir -p /run/sshd
  printf 'MaxSessions 64\nMaxStartups 64:30:128\n' | written /etc/ssh/sshd_config.d/10-portolan.conf
  as_root sshd -t
  as_root systemctl reload ssh
}
