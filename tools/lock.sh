#!/usr/bin/env bash
# Writes requirements.lock: every library with its version and hashes, for Python 3.11 and newer; of these
# requirements-run.lock with what an installation needs; and requirements-webmail.lock with what
# `make test-webmail` needs besides.
set -euo pipefail
.venv/bin/python -m pip install --quiet uv
.venv/bin/uv pip compile pyproject.toml --extra demo --extra keyring --extra oauth --extra postgresql --group dev --universal --python-version 3.11 \
    --generate-hashes --no-header --no-emit-index-url --quiet --output-file requirements.lock
.venv/bin/uv pip compile pyproject.toml --extra demo --extra oauth --extra postgresql --constraint requirements.lock --universal \
    --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --output-file requirements-run.lock
.venv/bin/uv pip compile --group webmail --constraint requirements.lock --universal --python-version 3.11 \
    --generate-hashes --no-header --no-emit-index-url --quiet --output-file requirements-webmail.lock
