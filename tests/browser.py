"""A real browser without a window: Debian's Chromium, each run with a new, empty profile and no network."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

REMEDY = "install it with: apt-get install -y chromium"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
DARK = "--blink-settings=preferredColorScheme=0"


def browser() -> str:
    """The program; skips the test, or fails it where nothing may be skipped."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"Chromium is needed here; {REMEDY}")
        pytest.skip(f"NOT LOOKED AT IN A BROWSER; {REMEDY}")
    return found


def open_page(page: Path, *options: str) -> str:
    """Open a page; returns what the browser writes, such as the page's elements for `--dump-dom`."""
    with tempfile.TemporaryDirectory(prefix="fr-browser-") as profile:
        done = subprocess.run(
            [browser(), *QUIET, f"--user-data-dir={profile}", *options, page.as_uri()],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    return done.stdout
