#!/usr/bin/env bash
# Builds the wheel into the folder $1, the same bytes at each run: from the tracked files alone (in an unpacked
# release from all files), with one mode for all of them, and the time of the last commit. Beside it the tested
# versions of the libraries, for `pipx install --pip-args "--constraint FILE"`, where pip allows no hashes.
set -euo pipefail
umask 022
to=$(mkdir -p "$1" && cd "$1" && pwd)
parts=(pyproject.toml README.md LICENSE classifier config daemon systemd templates)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

if [ -e .git ] && git ls-files --error-unmatch pyproject.toml >/dev/null 2>&1; then
    git ls-files -z "${parts[@]}"
    : "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
else
    find "${parts[@]}" -type f -not -path '*/__pycache__/*' -print0
    : "${SOURCE_DATE_EPOCH:=$(stat -c %Y pyproject.toml)}"
fi >"$tree/.files"
export SOURCE_DATE_EPOCH
tar --create --null --files-from="$tree/.files" --mode='u=rwX,go=rX' | tar --extract --preserve-permissions --directory="$tree"
.venv/bin/python -m tools.manual "$tree/man"
.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w "$to" "$tree"

version=$(sed -nE 's/^version = "(.*)"$/\1/p' pyproject.toml)
sed -nE 's/^([a-z][^ ]*==[^\\]*[^ \\]) *\\?$/\1/p' requirements.lock >"$to/firstreply-$version-constraints.txt"
