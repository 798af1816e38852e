# firstreply. Every target sets up what it needs on a fresh machine: a virtual environment in .venv from the
# hashed lock, and, as root, Debian packages; without root you are told which ones to install.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TOOLS := build/tools
DIST ?= dist
PREFIX ?= /opt/firstreply
ETC ?= /etc/firstreply
BINDIR ?= /usr/local/bin
SHAREDIR ?= /usr/local/share
FISHDIR ?= /etc/fish/completions
UNITDIR ?= /etc/systemd/system
SYSUSERSDIR ?= /etc/sysusers.d
TMPFILESDIR ?= /etc/tmpfiles.d
PLACES = DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" ETC="$(ETC)" BINDIR="$(BINDIR)" SHAREDIR="$(SHAREDIR)" FISHDIR="$(FISHDIR)" UNITDIR="$(UNITDIR)" \
	SYSUSERSDIR="$(SYSUSERSDIR)" TMPFILESDIR="$(TMPFILESDIR)"

.PHONY: demo test test-webmail pictures webmail test-systemd test-packages train check bench fuzz soak docs install uninstall setup packages lock wheel deb sbom audit clean

demo: $(READY)
	@$(BIN)/firstreply demo $(if $(SERVE),--serve)

# two processes a core, since tests with real servers wait half of their time; who runs out of tests takes some of
# another's, so that waiting and computing tests run side by side
WORKERS ?= $(shell expr 2 \* $$(nproc))
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)
# an environment that keeps no bytecode would compile the whole tree in each of them
export PYTHONDONTWRITEBYTECODE :=

test: $(READY) packages
	@$(PYTEST)

train: $(READY)
	@$(BIN)/firstreply train $(ARGS)

# format, lint, types, some seconds of fuzzing, and all tests (which check documents and the systemd unit too)
check: $(READY) packages
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory fuzz SECONDS_OF_FUZZING=10
	@$(PYTEST)

SECONDS_OF_FUZZING ?= 600
fuzz: $(READY)
	@$(BIN)/python tests/fuzz/fuzz_mail.py -max_total_time=$(SECONDS_OF_FUZZING) -verbosity=0

# the most common ways of an agent, in Roundcube and Thunderbird; SCREENSHOTS=folder keeps pictures of Roundcube
test-webmail: webmail
	@$(BIN)/python -m pytest -q -p no:xdist -m webmail tests/acceptance/test_webmail.py tests/acceptance/test_thunderbird.py

# the pictures for agents, taken anew in Roundcube and Thunderbird: look at them before they are committed
pictures: webmail
	@$(BIN)/python -m tools.pictures

webmail: $(READY)
	@bash tools/packages.sh webmail
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-webmail.lock

# the installed service in a booted systemd: root, and systemd-nspawn, which a container in a container may forbid
test-systemd: $(READY) packages
	@bash tools/packages.sh systemd
	@$(BIN)/python -m pytest -q -p no:xdist -m systemd $(ARGS) tests/acceptance/test_systemd.py

# the wheel as pipx installs it, and its SBOM
test-packages: $(READY) $(TOOLS)/.ready
	@$(BIN)/python -m pytest -q -p no:xdist -m packages $(ARGS) tests/acceptance/test_packages.py

SOAK ?= 10
soak: $(READY) packages  # random agents for a long time: other and longer stories at each run
	@FIRSTREPLY_SOAK=$(SOAK) $(BIN)/python -m pytest -q -p no:xdist -o timeout=0 -m 'soak or not soak' tests/acceptance/test_random_agents.py

# what is made from the code: docs/states.md, and the manual pages, to be read with `man -l build/man/firstreply.1`
docs: $(READY)
	@$(BIN)/python -m tools.states
	@$(BIN)/python -m tools.manual build/man

bench: $(READY) packages
	@$(BIN)/python -m benchmarks $(ARGS)

setup: $(READY) packages

# the environment: stamped, so that it is made again when lock or project change
$(READY): pyproject.toml requirements.lock
	@bash tools/environment.sh $(PYTHON)
	@touch $(READY)

# tools that neither program nor tests import, in an environment of their own
$(TOOLS)/.ready: requirements-tools.lock $(READY)
	@$(BIN)/python -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-tools.lock
	@touch $@

packages:
	@bash tools/packages.sh

lock: $(TOOLS)/.ready
	@bash tools/lock.sh

audit: $(TOOLS)/.ready  # is a library known to be vulnerable? Asks a service on the network: 75 where it says nothing
	@$(TOOLS)/bin/python -m tools.audit

sbom: $(READY) $(TOOLS)/.ready  # CycloneDX: what an installation on this Python consists of
	@$(TOOLS)/bin/python -m tools.sbom $(DIST)

deb: $(READY)  # for Debian of this release and architecture
	@bash tools/deb.sh $(DIST)

wheel: $(READY)  # for pipx; the same bytes whoever builds this commit
	@bash tools/wheel.sh $(DIST)
	@sha256sum $(DIST)/firstreply-*.whl

install: $(READY)
	@$(PLACES) PYTHON="$(PYTHON)" bash tools/install.sh

uninstall:
	@$(PLACES) bash tools/uninstall.sh

clean:
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
