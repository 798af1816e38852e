"""`firstreply init` by a script, on real servers: the answers are tested, and what it wrote works."""

import os
import subprocess

from tests.daemon_kit import PROGRAM, House
from tests.dovecot import PASSWORD
from tests.mails import BROKEN


def run_init(house: House, password: str) -> subprocess.CompletedProcess[str]:
    """The command as a script gives it."""
    servers = ("--imap", f"127.0.0.1:{house.imap_port}/none", "--smtp", f"127.0.0.1:{house.sink.port}/none")
    options = ("--yes", "--no-dns", "--address", "support@shop.example", "--username", house.user)
    words = [*PROGRAM, *house.words("init"), *options, *servers, "--password-stdin", "--brand", "Acme"]
    return subprocess.run(
        [*words, "--state-dir", str(house.root / "state")],
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "TMPDIR": str(house.root / "trials")},
    )


def test_from_nothing_to_a_draft(house: House) -> None:
    """Wrong answers are told and nothing is written; right ones become a house that works."""
    house.config.unlink()
    (house.root / "trials").mkdir()
    wrong = run_init(house, "canary-wrong")
    assert (wrong.returncode, house.config.exists()) == (1, False)
    assert "was refused" in wrong.stderr
    assert "canary" not in wrong.stderr + wrong.stdout
    done = run_init(house, PASSWORD)
    assert done.returncode == 0, done.stderr
    assert "firstreply check" in done.stderr
    house.first_run()
    house.receive(BROKEN)
    assert house.once().returncode == 0
    assert len(house.drafts()) == 1
    assert list((house.root / "trials").iterdir()) == []
