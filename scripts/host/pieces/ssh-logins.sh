#!/bin/sh
# Passwords are guessed all day long, root's first.
ssh_logins() {
  with_sshd logins_of_sshd
}

logins_of_sshd() {
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
