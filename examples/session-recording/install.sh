#!/bin/sh
# Installs the kit on Amazon Linux 2023 or Ubuntu, or again after a change. Run it as root, in its own directory.
#
#   install.sh API-URL REGION [DIRECTORY]
#
# DIRECTORY takes the files instead of /, for an image; then nothing is started.
set -eu
[ $# -ge 2 ] || { echo 'usage: install.sh API-URL REGION [DIRECTORY]' >&2; exit 64; }
api=$1 region=$2 root=${3:-}
case $api$region in *[!a-zA-Z0-9:/._-]*) echo 'install.sh: invalid API-URL or REGION' >&2; exit 64 ;; esac

libexec=$root/usr/local/libexec/latchkey
pam=$root/etc/pam.d/sshd
line='session required pam_exec.so quiet /usr/local/libexec/latchkey/pam-session'
# Straight after pam_loginuid, which gives the login its audit session, and before pam_env, which lets users set variables.
grep -q '^session.*pam_loginuid\.so' "$pam" || { echo "install.sh: no pam_loginuid in $pam" >&2; exit 1; }

install -d -m 755 "$libexec" "$root/etc/latchkey" "$root/etc/ssh/sshd_config.d" "$root/etc/systemd/system" \
  "$root/etc/tmpfiles.d" "$root/etc/logrotate.d" "$root/etc/audit/rules.d"
install -m 755 pam-session record recorder end-sessions end-revoked "$libexec"
install -m 644 sessions.py api.py "$libexec"
printf '{"api": "%s", "region": "%s"}\n' "$api" "$region" > "$root/etc/latchkey/session-recording.json"
install -m 644 latchkey-recorder.service latchkey-end-revoked.service latchkey-end-revoked.timer "$root/etc/systemd/system"
install -m 644 tmpfiles.conf "$root/etc/tmpfiles.d/latchkey.conf"
install -m 644 logrotate.conf "$root/etc/logrotate.d/latchkey"
install -m 640 audit.rules "$root/etc/audit/rules.d/latchkey.rules"

if [ -z "$root" ]; then
  systemd-tmpfiles --create latchkey.conf
  systemctl daemon-reload
  systemctl enable --now latchkey-end-revoked.timer
  systemctl enable latchkey-recorder.service
  systemctl restart latchkey-recorder.service
fi

# From here on sessions are recorded or refused.
grep -qF "$line" "$pam" || sed -i "/^session.*pam_loginuid\.so/a $line" "$pam"
sed -i 's/ user_readenv=1//' "$pam" # users could set variables that run code before the recorder
install -m 644 sshd.conf "$root/etc/ssh/sshd_config.d/00-latchkey.conf"

if [ -z "$root" ]; then
  sshd -t
  [ "$(sshd -T -C user=root,host=,addr= | sed -n 's/^forcecommand //p')" = "${libexec}/record" ] ||
    { echo 'install.sh: sshd_config does not include sshd_config.d first' >&2; exit 1; }
  systemctl try-reload-or-restart ssh.service 2> /dev/null || systemctl try-reload-or-restart sshd.service
  if command -v augenrules > /dev/null; then augenrules --load > /dev/null; else echo 'install.sh: auditd is missing' >&2; fi
fi
