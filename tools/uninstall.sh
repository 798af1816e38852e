#!/usr/bin/env bash
# Takes away what `make install` put there. Configuration, passwords, ledger, model and the user stay: they are
# the seller's, and nobody could bring them back.
set -euo pipefail

units=()
for unit in systemd/*.timer systemd/*.service; do
    units+=("${unit##*/}")
done
if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
    systemctl disable --now "${units[@]}" 2>/dev/null || true # not enabled, or not there: as wanted
fi
for unit in "${units[@]}"; do
    rm -f "$DESTDIR$UNITDIR/$unit"
done
rm -f "$DESTDIR$UNITDIR/firstreply-.service.d/hardening.conf"
rm -f "$DESTDIR$SYSUSERSDIR/firstreply.conf" "$DESTDIR$TMPFILESDIR/firstreply.conf"
[ "$(readlink "$DESTDIR$BINDIR/firstreply")" != "$PREFIX/venv/bin/firstreply" ] || rm -f "$DESTDIR$BINDIR/firstreply"
rm -f "$DESTDIR$SHAREDIR"/man/man[15]/firstreply{.1,.toml.5} "$DESTDIR$FISHDIR/firstreply.fish"
rm -f "$DESTDIR$SHAREDIR/bash-completion/completions/firstreply" "$DESTDIR$SHAREDIR/zsh/site-functions/_firstreply"
rm -rf "$DESTDIR${PREFIX:?}/venv"
rmdir --ignore-fail-on-non-empty "$DESTDIR$UNITDIR/firstreply-.service.d" "$DESTDIR$PREFIX" 2>/dev/null || true
if [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
echo "firstreply is gone from this machine. Kept: $DESTDIR$ETC and $DESTDIR/var/lib/firstreply."
