#!/usr/bin/env bash
# The Debian packages that the tests need: real servers, a real browser. Installs them as root, else says which are missing.
set -euo pipefail

missing=()
have() { PATH="$PATH:/usr/sbin:/usr/lib/postgresql/17/bin:/usr/lib/postgresql/16/bin:/usr/lib/postgresql/15/bin" command -v "$1" >/dev/null; }
have dovecot || missing+=(dovecot-core)
[ -e /usr/lib/dovecot/imap ] || missing+=(dovecot-imapd)
[ -e /usr/lib/dovecot/lmtp ] || missing+=(dovecot-lmtpd)
have initdb || missing+=(postgresql)
have systemd-analyze || missing+=(systemd)
have chromium || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian packages: ${missing[*]} ..."
    # the tests start their own servers on free ports; Debian need not start any
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.firstreply
    chmod +x /usr/sbin/policy-rc.d.firstreply
    [ -e /usr/sbin/policy-rc.d ] || { mv /usr/sbin/policy-rc.d.firstreply /usr/sbin/policy-rc.d; added=1; }
    trap 'rm -f /usr/sbin/policy-rc.d.firstreply; [ -z "${added:-}" ] || rm -f /usr/sbin/policy-rc.d' EXIT
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    echo "The tests need these Debian packages: ${missing[*]}" >&2
    echo "As root: apt-get install ${missing[*]}" >&2
    exit 1
fi
