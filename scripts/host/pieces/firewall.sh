#!/bin/sh
# What must stay open, so that nobody is locked out: sshd's ports, the one we came in by, whatever sshd says of itself, and
# the proxy's. Docker lets in by itself what it publishes; its rule is there for whoever reads the rules.
open_ports() {
  connection=${SSH_CONNECTION:-}
  settings=$(as_root sshd -T 2>/dev/null) || settings='port 22'
  # shellcheck disable=SC2154
  {
    echo "$settings" | sed -n 's/^port //Ip'
    echo "${connection##* } $ports" | tr ' ' '\n' | grep .
  } | sort -n -u
}

firewall() {
  only_root || return
  rules=$(as_root ufw status 2>/dev/null) || {
    lacks 'no ufw' 'apt-get install ufw'
    return
  }
  for port in $(open_ports); do
    if ! as_root ufw show added | grep -q "^ufw \(allow\|limit\) $port/tcp"; then
      lacks "does not let in $port/tcp" "ufw allow $port/tcp"
      return
    fi
  done
  case $rules in
    *'Status: active'*) echo "lets in $(open_ports | paste -s -d ' ')" ;;
    *) lacks 'inactive' 'ufw enable' ;;
  esac
}

mend_firewall() {
  command -v ufw >/dev/null || install_packages ufw
  # First what is let in, then the rest is closed.
  for port in $(open_ports); do as_root ufw allow "$port/tcp" >/dev/null; done
  as_root ufw --force enable >/dev/null
}
