"""Lines in the journal: what a real datagram socket gets, and what happens when nobody listens."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from daemon import logs
from daemon.ports.journald import Journal, journal


@pytest.fixture(name="heard")
def _heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The journal's end of the socket; logs go there until the test ends."""
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(path))
        heard.settimeout(5)
        monkeypatch.setattr(logs, "journal", lambda: Journal(path))
        yield heard
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("form", "line"), [("key_value", "level=warning event=held"), ("json", '{"message": 7')]
)
def test_a_line_is_an_entry_with_fields(
    heard: socket.socket, capsys: pytest.CaptureFixture[str], form: str, line: str
) -> None:
    """Each value by its name, an empty one not at all; flattened, so that no value makes a field."""
    logs.configure(form, "info")
    said = "one\nPRIORITY=0\nFIRSTREPLY_DRAFT=8 anna.berg@shop.example"
    structlog.get_logger().warning("held", message=7, mailbox="us store", said=said, none=None, share=0.5)
    first, *fields = heard.recv(65536).decode().splitlines()
    assert first.startswith(f"MESSAGE={line}")
    assert "timestamp" not in first
    assert sorted(fields) == [
        "FIRSTREPLY_EVENT=held",
        "FIRSTREPLY_MAILBOX=us store",
        "FIRSTREPLY_MESSAGE=7",
        "FIRSTREPLY_SAID=one PRIORITY=0 FIRSTREPLY_DRAFT=8 ann…@shop.example",
        "FIRSTREPLY_SHARE=0.5",
        "PRIORITY=4",
        "SYSLOG_IDENTIFIER=firstreply",
    ]
    assert capsys.readouterr().err == ""


def test_the_longest_line_fits_into_a_datagram(heard: socket.socket) -> None:
    """Twenty values, each as long as a value may be, in letters of four octets."""
    logs.configure("json", "info")
    structlog.get_logger().info("long", **{f"value_{number}": "𝄞" * 5000 for number in range(20)})
    assert len(heard.recv(1 << 20)) > 20 * logs.LONGEST * 4


def test_a_line_that_the_journal_does_not_take_goes_to_stderr(
    heard: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its socket is gone for the moment: nothing is lost."""
    logs.configure("key_value", "info")
    Path(heard.getsockname()).unlink()
    structlog.get_logger().info("held", message=7)
    assert capsys.readouterr().err == "level=info event=held message=7\n"


@pytest.mark.parametrize(
    ("stream", "found"),
    [("{0.st_dev}:{0.st_ino}", True), ("{0.st_dev}:1", False), ("x", False), (None, False)],
)
def test_the_journal_is_used_where_stderr_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str | None, found: bool
) -> None:
    """Device and inode say so; a stderr that was sent elsewhere since does not."""
    with (tmp_path / "stderr").open("w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        environ = {"JOURNAL_STREAM": stream.format(os.fstat(stderr.fileno()))} if stream else {}
        assert (journal(environ) is not None) is found
