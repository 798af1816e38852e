#!/usr/bin/env bash
# Puts firstreply where systemd finds it: a virtual environment, configuration, user, units, timers. Run by
# `make install`. DESTDIR is honoured: then nothing outside of it changes, and the user is made by systemd-sysusers
# when that system boots. A file that the administrator may have changed is never touched.
set -euo pipefail

# the unit lets only programs below /usr and PREFIX run, and hides home folders
base=$("$PYTHON" -c 'import sys; print(sys.base_prefix)')
case $base in
/usr | /usr/*) ;;
*)
    echo "The service cannot see the Python in $base. Run: make install PYTHON=/usr/bin/python3" >&2
    exit 1
    ;;
esac

venv="$DESTDIR$PREFIX/venv"
install -d -m 0755 "$DESTDIR$PREFIX" "$DESTDIR$ETC" "$DESTDIR$BINDIR" "$DESTDIR$UNITDIR/firstreply-.service.d"
install -d -m 0700 "$DESTDIR$ETC/credentials"

wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
bash tools/wheel.sh "$wheels"
"$PYTHON" -m venv --clear "$venv"
pip=("$venv/bin/python" -m pip --quiet --disable-pip-version-check)
"${pip[@]}" install --no-compile --require-hashes --only-binary :all: -r requirements-run.lock
"${pip[@]}" install --no-compile --no-deps "$wheels"/firstreply-*.whl
"${pip[@]}" check
if [ -n "$DESTDIR" ]; then # scripts begin with the path of their interpreter, which will be another one
    grep -rlIF "$DESTDIR$PREFIX" "$venv/bin" "$venv/pyvenv.cfg" | xargs sed -i "s#$DESTDIR$PREFIX#$PREFIX#g"
fi
# the service may not write there, so that Python would compile anew at each start
"$venv/bin/python" -m compileall -q -j 0 ${DESTDIR:+-s "$DESTDIR"} "$venv/lib"
ln -sfn "$PREFIX/venv/bin/firstreply" "$DESTDIR$BINDIR/firstreply"
for section in 1 5; do
    install -D -m 0644 -t "$DESTDIR$SHAREDIR/man/man$section" "$venv/share/man/man$section"/firstreply*
done
complete() { # $1: shell, $2: where its completion goes
    .venv/bin/firstreply completion "$1" | install -D -m 0644 /dev/stdin "$DESTDIR$2"
}
complete bash "$SHAREDIR/bash-completion/completions/firstreply"
complete zsh "$SHAREDIR/zsh/site-functions/_firstreply"
complete fish "$FISHDIR/firstreply.fish"

for file in firstreply.toml playbook.toml; do
    [ -e "$DESTDIR$ETC/$file" ] || install -m 0640 "config/$file" "$DESTDIR$ETC/$file"
done

place() { # $1: file of systemd/, $2: where it goes
    install -D -m 0644 /dev/stdin "$DESTDIR$2" < <(sed -e "s#/opt/firstreply#$PREFIX#g" -e "s#/etc/firstreply#$ETC#g" "$1")
}
for unit in systemd/*.service systemd/*.timer; do
    place "$unit" "$UNITDIR/${unit##*/}"
done
{
    echo "[Service]"
    sed -n '/^# ---- shared/,/^# ---- end/p' systemd/firstreply.service
} >"$wheels/hardening.conf"
place "$wheels/hardening.conf" "$UNITDIR/firstreply-.service.d/hardening.conf"
place systemd/firstreply.sysusers "$SYSUSERSDIR/firstreply.conf"
place systemd/firstreply.tmpfiles "$TMPFILESDIR/firstreply.conf"
echo "Installed in $DESTDIR$PREFIX, $DESTDIR$ETC and $DESTDIR$UNITDIR."

if [ -z "$DESTDIR" ]; then
    systemd-sysusers "$SYSUSERSDIR/firstreply.conf"
    systemd-tmpfiles --create "$TMPFILESDIR/firstreply.conf"
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
    echo "Next: $PREFIX/venv/bin/firstreply init, or edit $ETC/firstreply.toml and put the passwords into"
    echo "$ETC/credentials (one file each, mode 0600); then check, and"
    echo "systemctl enable --now firstreply firstreply-backup.timer firstreply-train.timer"
fi
