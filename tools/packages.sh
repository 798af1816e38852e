#!/usr/bin/env bash
# The Debian packages that the tests need: real servers. Installs them as root, else says which are missing.
# $1: `webmail` or `systemd` for what `make test-webmail` or `make test-systemd` needs besides.
set -euo pipefail

missing=()
have() { PATH="$PATH:/usr/sbin:/usr/lib/postgresql/17/bin:/usr/lib/postgresql/16/bin:/usr/lib/postgresql/15/bin" command -v "$1" >/dev/null; }
have dovecot || missing+=(dovecot-core)
[ -e /usr/lib/dovecot/imap ] || missing+=(dovecot-imapd)
[ -e /usr/lib/dovecot/lmtp ] || missing+=(dovecot-lmtpd)
have initdb || missing+=(postgresql)
have groff || missing+=(groff-base)
have systemd-analyze || missing+=(systemd)
have chromium || missing+=(chromium)
have fish || missing+=(fish)  # its completion is tried
if [ "${1:-}" = webmail ]; then
    have thunderbird || missing+=(thunderbird)
    have php || missing+=(php-cli)
    [ -e /var/lib/roundcube/public_html/index.php ] || missing+=(roundcube-core roundcube-sqlite3 php-sqlite3)
fi
if [ "${1:-}" = systemd ]; then
    have systemd-nspawn || missing+=(systemd-container)
    [ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
fi

install_missing() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "The tests need these Debian packages: ${missing[*]}" >&2
        echo "As root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing Debian packages: ${missing[*]} ..."
    # the tests start their own servers on free ports; Debian need not start any
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.firstreply
    chmod +x /usr/sbin/policy-rc.d.firstreply
    [ -e /usr/sbin/policy-rc.d ] || { mv /usr/sbin/policy-rc.d.firstreply /usr/sbin/policy-rc.d; added=1; }
    trap 'rm -f /usr/sbin/policy-rc.d.firstreply; [ -z "${added:-}" ] || rm -f /usr/sbin/policy-rc.d' EXIT
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Debian installs one IMAP server at a time: a second make of server is unpacked beside it, for the tests alone.
courier=build/courier
unpack_courier() {
    command -v apt-get >/dev/null || { echo "Without apt-get there is no Courier; its tests will not run." >&2; return; }
    echo "Unpacking Courier into $courier ..."
    [ "$(id -u)" != 0 ] || apt-cache show courier-imap >/dev/null 2>&1 || apt-get update -qq
    rm -rf "$courier" && mkdir -p "$courier/packages"
    local names=(courier-imap courier-authlib gamin)
    mapfile -t -O 3 names < <(apt-cache depends --no-recommends --no-suggests "${names[@]}" |
        sed -nE 's/^ *\|?(Pre)?Depends: (lib[a-z0-9.+-]+)$/\2/p' | grep -vE '^lib(c6|gcc|stdc|glib)' | sort -u)
    (cd "$courier/packages" && apt-get download -qq -o APT::Sandbox::User=root "${names[@]}")
    for package in "$courier"/packages/*.deb; do dpkg-deb -x "$package" "$courier"; done
    rm -rf "$courier/packages"
}

[ ${#missing[@]} -eq 0 ] || install_missing
[ -x "$courier/usr/bin/imapd" ] || unpack_courier
