"""The README's first command, as a newcomer runs it."""

import subprocess
import sys

import pytest

from daemon.commands.teach import OWN_STATE


@pytest.mark.usefixtures("model_root")
def test_the_demo_does_the_main_job_and_says_so() -> None:
    """Embedded servers, invented buyers: it ends by itself, with 0 only if all of it happened."""
    assert OWN_STATE.exists()
    command = [sys.executable, "-m", "daemon", "demo"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Not as it should be" not in done.stdout
    assert done.stderr == ""
