#!/bin/sh
# Passwords are guessed all day long, root's first.
ssh_logins() {
  command -v sshd >/dev/null || {
    echo 'there is no sshd'
    return 0
  }
  only_root || return
  settings=$(as_root sshd -T 2>&1) || {
    lacks "sshd does not tell: $(echo "$settings" | tail -n 1)" 'sshd -T'
    return
  }
  if [ "$(sshd_setting passwordauthentication)$(sshd_setting kbdinteractiveauthentication)" = nono ]; then
    echo 'by key alone'
  else
    case $(sshd_setting permitrootlogin) in yes) who="everybody's, root's too," ;; *) who="everybody's but root's" ;; esac
    lacks "$who by password, which can be guessed" \
      "printf '%s\\n' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' >/etc/ssh/sshd_config.d/10-portolan-logins.conf && systemctl reload ssh"
  fi
}

# Only by SSH, which was by key: whoever does this on the machine itself may have no key.
mend_ssh_logins() {
  [ -n "${SSH_CONNECTION:-}" ] || return 0
  sshd_settings 10-portolan-logins.conf 'PasswordAuthentication no' 'KbdInteractiveAuthentication no'
}
