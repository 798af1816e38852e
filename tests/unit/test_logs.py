"""Log lines: one line each, no escapes, no address in full, whoever logs what."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from daemon.logs import LONGEST, configure, shortened

ADDRESSES = [
    "anna.berg@shop.example",
    "bob@x.example",
    "o'neil@a.example",
    "jäger@b.example",
    "a+b@marketplace.amazon.de",
]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Each test's configuration ends with it."""
    yield
    structlog.reset_defaults()
    root = logging.getLogger()
    for handler in [each for each in root.handlers if type(each).__module__ == "daemon.logs"]:
        root.removeHandler(handler)


def logged(
    capsys: pytest.CaptureFixture[str], form: str = "json", level: str = "info", **values: object
) -> str:
    """What one log call writes."""
    configure(form, level)
    structlog.get_logger().info("something_happened", **values)
    return capsys.readouterr().err


def test_a_line_is_json_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """With time in UTC, level, event and all values."""
    line = json.loads(
        logged(capsys, draft=7, reason="gap_left", share=0.5, done=True, none=None, name="Žofie")
    )
    assert (line["event"], line["level"], line["draft"], line["share"]) == (
        "something_happened",
        "info",
        7,
        0.5,
    )
    assert (line["done"], line["none"], line["name"]) == (True, None, "Žofie")
    assert line["timestamp"].endswith("Z")


def test_a_line_is_key_value_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    """In an order people can read."""
    line = logged(capsys, "key_value", mailbox="shop", draft=7, words="two words")
    assert re.fullmatch(
        r'timestamp=\S+Z level=info event=something_happened mailbox=shop draft=7 words="two words"\n', line
    )


@pytest.mark.parametrize(
    ("level", "written"), [("debug", True), ("info", True), ("warning", False), ("error", False)]
)
def test_the_level_is_kept(capsys: pytest.CaptureFixture[str], level: str, written: bool) -> None:
    """What is below it is not written."""
    assert bool(logged(capsys, level=level)) is written


@pytest.mark.parametrize("form", ["json", "key_value"])
@pytest.mark.parametrize(
    "value",
    [
        "one\ntwo",
        "\x1b[31mred\x1b[0m",
        "half \ud83d pair",
        ["one\ntwo", "anna.berg@shop.example"],
        {"to": "anna.berg@shop.example"},
        ValueError("one\ntwo anna.berg@shop.example"),
        Path("/tmp/one\ntwo"),
        b"one\ntwo anna.berg@shop.example",
        "x" * 5000,
    ],
)
def test_no_value_breaks_a_line(capsys: pytest.CaptureFixture[str], form: str, value: object) -> None:
    """Text, lists, errors, paths, bytes: one printable line, bounded, no address in full."""
    line = logged(capsys, form, value=value, mailbox="shop")
    assert line.endswith("\n")
    assert line[:-1].isprintable()
    assert "berg@" not in line
    assert len(line) < LONGEST + 300


def test_a_library_warns_in_a_line_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """Its first words, the kind of error and its place; nothing of what a traceback would show."""
    configure("key_value", "info")
    words = "zebrastripes from anna.berg@shop.example"
    try:
        int(words)
    except ValueError:
        logging.getLogger("some.library").exception("It failed\nwith %s", words)
    logging.getLogger("some.library").info("not told")
    (line,) = capsys.readouterr().err.splitlines()
    assert 'level=error event=library library=some.library said="It failed" kind=ValueError at=' in line
    assert "test_logs.py:" in line
    assert "zebra" not in line


CRASH = """
import threading
from daemon.logs import configure, guard_crashes
configure("key_value", "error")
guard_crashes()
def fail(words):
    try:
        {}[words]
    except KeyError as error:
        raise ExceptionGroup("all of it", [error])
thread = threading.Thread(target=fail, args=("zebrastripes",), name="idle INBOX")
thread.start()
thread.join()
fail("zebrastripes")
"""


def test_a_crash_is_a_line_without_the_errors_words() -> None:
    """In a thread, and of the program, which still ends with 1."""
    done = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=False)
    thread, program = done.stderr.splitlines()
    assert done.returncode == 1
    assert 'event=crashed by="idle INBOX" kind=KeyError at=' in thread
    assert "event=crashed by=program kind=KeyError at=<string>:8" in program
    assert "zebra" not in done.stderr


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_only_hinted_at(address: str) -> None:
    """Also a short one, also beside other text; its domain stays, since it helps."""
    local, _, domain = address.partition("@")
    for text in (address, f"to <{address}>, and", f"mailto:{address}"):
        short = shortened(text)
        assert local not in short
        assert f"…@{domain}" in short


def test_what_is_no_address_stays() -> None:
    """Ids and slugs are what logs are for."""
    for text in ("gap_left", "112-1234567-7654321", "draft 7 @ 10:00", "a@b"):
        assert shortened(text) == text


@given(st.text())
def test_every_value_becomes_one_bounded_printable_line(text: str) -> None:
    """Whatever a server, a mail or a person wrote."""
    short = shortened(text)
    assert len(short) <= LONGEST
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", short)
    assert shortened(short) == short
