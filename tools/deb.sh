#!/usr/bin/env bash
# Builds a Debian package into the folder $1: the same program, environment and all, in Debian's places. It holds
# compiled libraries, so it fits this machine's architecture and its /usr/bin/python3 alone, and says so.
set -euo pipefail
umask 022
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
python=/usr/bin/python3
version=$(sed -nE 's/^version = "(.*)"$/\1/p' pyproject.toml)
read -r now next < <("$python" -c 'import sys; a, b = sys.version_info[:2]; print(f"{a}.{b} {a}.{b + 1}")')

make --no-print-directory install DESTDIR="$root" PYTHON="$python" PREFIX=/usr/lib/firstreply BINDIR=/usr/bin \
    SHAREDIR=/usr/share FISHDIR=/usr/share/fish/vendor_completions.d UNITDIR=/usr/lib/systemd/system \
    SYSUSERSDIR=/usr/lib/sysusers.d TMPFILESDIR=/usr/lib/tmpfiles.d
install -D -m 0644 -t "$root/usr/share/doc/firstreply" README.md CHANGELOG.md docs/*.md
install -m 0644 LICENSE "$root/usr/share/doc/firstreply/copyright"

mkdir "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<END
Package: firstreply
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: ${DEBFULLNAME:-firstreply} <${DEBEMAIL:-firstreply@localhost}>
Section: mail
Priority: optional
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: python3 (>= $now), python3 (<< $next), systemd, ca-certificates, libc6, libgcc-s1, libstdc++6
Description: helps small Amazon sellers answer every buyer well and in time
 A daemon that drafts replies to buyer messages, sends what a person approved
 by moving it in a mail client, and keeps the response clock.
END
printf '/etc/firstreply/%s\n' firstreply.toml playbook.toml >"$root/DEBIAN/conffiles"
units=(systemd/*.service systemd/*.timer)
for script in postinst prerm postrm; do
    sed "s/@UNITS@/${units[*]##*/}/" "tools/debian/$script" >"$root/DEBIAN/$script"
    chmod 0755 "$root/DEBIAN/$script"
done
mkdir -p "$1"
dpkg-deb --root-owner-group -Zzstd -z10 --build "$root" "$1"
