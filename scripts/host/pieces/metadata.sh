#!/bin/sh
# In a cloud, 169.254.169.254 hands the machine's own credentials to whoever asks, every container too. Docker forwards what
# a container sends there, so it is stopped on its way, in a table of nftables' own: what one table refuses, no other lets
# through, whichever backend Docker has. The host itself goes on asking, and where that address is the DNS as well,
# containers do, too.
metadata() {
  only_root || return
  if ! as_root nft list table inet portolan_metadata >/dev/null 2>&1; then
    # shellcheck disable=SC2154
    lacks "containers reach a cloud's credentials at 169.254.169.254" "$command"
  elif ! systemctl is-enabled --quiet portolan-metadata; then
    lacks 'closed to containers only until the machine restarts' 'systemctl enable portolan-metadata'
  else
    echo 'closed to containers'
  fi
}

mend_metadata() {
  command -v nft >/dev/null || install_packages nftables
  as_root mkdir -p /etc/portolan
  written /etc/portolan/metadata.nft <<'END'
table inet portolan_metadata
delete table inet portolan_metadata
table inet portolan_metadata {
  chain forward {
    type filter hook forward priority filter - 1;
    ip daddr 169.254.169.254 meta l4proto { tcp, udp } th dport != 53 reject
    ip6 daddr fd00:ec2::254 meta l4proto { tcp, udp } th dport != 53 reject
  }
}
END
  written /etc/systemd/system/portolan-metadata.service <<'END'
[Unit]
Description=Closes the cloud's metadata to containers
# Which takes all rules away when it starts.
After=nftables.service
Before=docker.service

[Service]
Type=oneshot
ExecStart=/usr/sbin/nft -f /etc/portolan/metadata.nft

[Install]
WantedBy=multi-user.target
END
  as_root systemctl daemon-reload
  as_root systemctl enable --quiet --now portolan-metadata
}
