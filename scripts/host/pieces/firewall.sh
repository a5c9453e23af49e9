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
  } | sort -n -u | sed 's#$#/tcp#'
}

# Rules that somebody has made, whether they let in or not: the decision is theirs.
decided() {
  as_root ufw show added | grep -qE "^ufw (allow|limit|deny|reject) (in )?($1|${1%/*})( |\$)"
}

# What else listens for others, and nobody has decided on: a VPN perhaps, which is the way in. What ufw lets in by itself
# (DHCP, mDNS) and what Docker publishes are not for this firewall to close.
undecided_listeners() {
  as_root ss -Hlntup | grep -v docker-proxy | awk '{ print $5 "/" $1 }' |
    sed -n '/^127\./d; /^\[::1\]/d; /^\[::ffff:127\./d; s#^.*:\([0-9]*/\)#\1#p' | sort -u | sort -n |
    grep -vxE '68/udp|546/udp|5353/udp' | while read -r port; do
    open_ports | grep -qx "$port" || decided "$port" || echo "$port"
  done
}

firewall() {
  only_root || return
  rules=$(as_root ufw status verbose 2>/dev/null) || {
    lacks 'no ufw' 'apt-get install ufw'
    return
  }
  command -v ss >/dev/null || {
    lacks 'without ss nobody knows what it would close' 'apt-get install iproute2'
    return
  }
  for port in $(open_ports); do
    if ! as_root ufw show added | grep -qE "^ufw (allow|limit) $port( |\$)"; then
      lacks "does not let in $port" "ufw allow $port"
      return
    fi
  done
  case $rules in
    *'Default: deny (incoming)'* | *'Default: reject (incoming)'*)
      echo "lets in $(as_root ufw show added | sed -nE 's/^ufw (allow|limit) //p' | sort -n | paste -s -d ',' | sed 's/,/, /g')"
      ;;
    *'Status: active'*) not_yet 'lets in everything' 'ufw default deny incoming' ;;
    *) not_yet 'inactive' 'ufw enable' ;;
  esac
}

# not_yet STATE WHAT_TO_TYPE: which comes only after the decisions.
not_yet() {
  closed=$(undecided_listeners | paste -s -d ' ')
  if [ -n "$closed" ]; then
    lacks "$1, and otherwise it would close $closed" "ufw allow ${closed%% *}, or ufw deny ${closed%% *}; then $2"
  else
    lacks "$1" "$2"
  fi
}

mend_firewall() {
  command -v ufw >/dev/null || install_packages ufw
  command -v ss >/dev/null || install_packages iproute2
  # First what is let in, then the rest is closed, unless somebody has to decide on it before.
  for port in $(open_ports); do as_root ufw allow "$port" >/dev/null; done
  [ -z "$(undecided_listeners)" ] || return 0
  as_root ufw default deny incoming >/dev/null
  as_root ufw --force enable >/dev/null
}
