#!/usr/bin/env bash
# Writes the locks, each with versions and hashes, for Python 3.11 and newer: requirements.lock with every library;
# of these requirements-run.lock with what an installation needs; requirements-webmail.lock with what
# `make test-webmail` needs besides; requirements-tools.lock with what lies in build/tools.
# What is locked stays as it is, unless pyproject.toml wants another version or UV_UPGRADE=1 is set.
set -euo pipefail
lock() { # $1: the file; the rest: what goes into it
    build/tools/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
        --quiet --output-file "$@"
}
run=(pyproject.toml --extra demo --extra oauth --extra postgresql)
lock requirements.lock "${run[@]}" --extra keyring --group dev
lock requirements-run.lock "${run[@]}" --constraint requirements.lock --no-annotate
lock requirements-webmail.lock --group webmail --constraint requirements.lock
lock requirements-tools.lock --group tools
