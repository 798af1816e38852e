"""The README's first command, as a newcomer runs it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.usefixtures("model_root")
def test_a_demo_that_is_ended_leaves_nothing_behind() -> None:
    """By a signal, as when its terminal is closed: neither the daemon nor the folder stays."""
    command = [sys.executable, "-u", "-m", "daemon", "demo", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        assert demo.stdout is not None
        told = ""
        for line in demo.stdout:
            told += line
            if "Ctrl-C" in line:
                break
        [place] = re.findall(r"/\S+(?=/log\b)", told)
        lock = Path(place, "state", "ledger.lock").read_text(encoding="utf-8")
        demo.send_signal(signal.SIGHUP)
        assert "everything is removed" in demo.stdout.read()
    assert demo.returncode == 0
    assert not Path(place).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(lock.removeprefix("pid ")), 0)
