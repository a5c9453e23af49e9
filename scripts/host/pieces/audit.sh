#!/bin/sh
# Who has changed what Docker runs by. Whoever may use Docker is root, and leaves no other trace.
audited='/etc/docker /usr/bin/dockerd'

audit() {
  only_root || return
  command -v auditctl >/dev/null || {
    lacks 'nobody records changes of Docker itself' 'apt-get install auditd'
    return
  }
  rules=$(as_root auditctl -l 2>&1) || {
    lacks "auditd does not tell: $(echo "$rules" | tail -n 1)" 'systemctl status auditd'
    return
  }
  for path in $audited; do
    echo "$rules" | grep -q "^-w $path " || {
      lacks "changes of $path are not recorded" "echo '-w $path -p wa -k docker' >>/etc/audit/rules.d/portolan.rules && augenrules --load"
      return
    }
  done
  echo 'changes of Docker itself are recorded'
}

mend_audit() {
  command -v auditctl >/dev/null || install_packages auditd
  # A path must be there before it can be watched.
  as_root mkdir -p /etc/docker
  for path in $audited; do echo "-w $path -p wa -k docker"; done | written /etc/audit/rules.d/portolan.rules
  as_root augenrules --load >/dev/null
}
