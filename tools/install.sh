#!/usr/bin/env bash
# Puts firstreply where systemd finds it: a virtual environment, configuration, user, unit. Run by `make install`.
# DESTDIR is honoured (then no user is made and nothing is reloaded); existing configuration is never touched.
set -euo pipefail

venv="$DESTDIR$PREFIX/venv"
install -d -m 0755 "$DESTDIR$PREFIX" "$DESTDIR$ETC"
install -d -m 0700 "$DESTDIR$ETC/credentials"
[ -x "$venv/bin/python" ] || "$PYTHON" -m venv "$venv"
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
"${pip[@]}" --require-hashes --only-binary :all: -r requirements.lock
"${pip[@]}" --no-deps --no-build-isolation --force-reinstall .

for file in firstreply.toml playbook.toml; do
    [ -e "$DESTDIR$ETC/$file" ] || install -m 0640 "config/$file" "$DESTDIR$ETC/$file"
done
install -D -m 0644 systemd/firstreply.service "$DESTDIR$UNITDIR/firstreply.service"
echo "Installed in $DESTDIR$PREFIX, $DESTDIR$ETC and $DESTDIR$UNITDIR."

if [ -z "$DESTDIR" ]; then
    id firstreply >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/firstreply --shell /usr/sbin/nologin firstreply
    chgrp firstreply "$ETC/firstreply.toml" "$ETC/playbook.toml"
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
    echo "Next: edit $ETC/firstreply.toml, put the passwords into $ETC/credentials (one file each, mode 0600),"
    echo "then: $PREFIX/venv/bin/firstreply check && systemctl enable --now firstreply"
fi
