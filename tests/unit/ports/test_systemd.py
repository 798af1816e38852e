"""Notifying systemd, against real datagram sockets."""

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemon.ports.systemd import Systemd


class Manager:
    """The other end: a datagram socket bound as systemd binds it."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.bind(address)

    def heard(self) -> list[str]:
        """The lines of the next datagram."""
        return self.socket.recv(65_536).decode().split("\n")


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> str:
    return str(tmp_path / "n")


@pytest.fixture(name="manager")
def _manager(path: str) -> Iterator[Manager]:
    manager = Manager(path)
    yield manager
    manager.socket.close()


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        (lambda systemd: systemd.ready(), ["READY=1"]),
        (lambda systemd: systemd.ready("3 mailboxes"), ["READY=1", "STATUS=3 mailboxes"]),
        (lambda systemd: systemd.status("2 in doubt"), ["STATUS=2 in doubt"]),
        (lambda systemd: systemd.watchdog(), ["WATCHDOG=1"]),
        (lambda systemd: systemd.stopping(), ["STOPPING=1"]),
        (
            lambda systemd: systemd.stopping("waiting for a reply"),
            ["STOPPING=1", "STATUS=waiting for a reply"],
        ),
        (lambda systemd: systemd.extend(90), ["EXTEND_TIMEOUT_USEC=90000000"]),
        (lambda systemd: systemd.extend(0.25), ["EXTEND_TIMEOUT_USEC=250000"]),
    ],
)
def test_each_call_is_one_datagram(
    manager: Manager, path: str, say: Callable[[Systemd], bool], expected: list[str]
) -> None:
    """As sd_notify(3) spells it."""
    assert say(Systemd({"NOTIFY_SOCKET": path})) is True
    assert manager.heard() == expected


def test_reloading_carries_the_time_that_newer_systemds_want(manager: Manager, path: str) -> None:
    """MONOTONIC_USEC is this host's CLOCK_MONOTONIC in microseconds."""
    Systemd({"NOTIFY_SOCKET": path}).reloading()
    first, second = manager.heard()

    assert first == "RELOADING=1"
    assert second.startswith("MONOTONIC_USEC=")
    assert int(second.partition("=")[2]) > 0


def test_an_abstract_address() -> None:
    """`@name` stands for a name that begins with a NUL, in no file system."""
    name = f"firstreply-{uuid.uuid4()}"
    manager = Manager("\0" + name)

    assert Systemd({"NOTIFY_SOCKET": "@" + name}).ready() is True
    assert manager.heard() == ["READY=1"]
    manager.socket.close()


@pytest.mark.parametrize("text", ["two\nlines", "two\r\nlines", "two \t lines", " two\u2028lines "])
def test_a_status_is_one_line(manager: Manager, path: str, text: str) -> None:
    """A line break in it cannot become an assignment of its own."""
    Systemd({"NOTIFY_SOCKET": path}).status(text)

    assert manager.heard() == ["STATUS=two lines"]


def test_a_status_is_short_and_valid_text(manager: Manager, path: str) -> None:
    """Long ones are cut, half characters replaced: systemd refuses what is not UTF-8."""
    Systemd({"NOTIFY_SOCKET": path}).status("ü\udcff" * 1000)

    assert manager.heard() == ["STATUS=" + "ü?" * 250]


def test_without_systemd_nothing_happens() -> None:
    """No socket, no error, no watchdog."""
    systemd = Systemd({})

    assert not systemd.present
    assert not any([systemd.ready(), systemd.status("x"), systemd.watchdog(), systemd.stopping()])
    assert systemd.watchdog_interval() is None


def test_a_manager_that_is_gone_does_not_stop_the_service(path: str) -> None:
    """The call says that it failed, and that is all."""
    systemd = Systemd({"NOTIFY_SOCKET": path})

    assert systemd.present
    assert systemd.ready() is False


def test_a_manager_that_does_not_read_does_not_block_the_service(manager: Manager, path: str) -> None:
    """When its queue is full, notifications are dropped at once."""
    systemd = Systemd({"NOTIFY_SOCKET": path})

    results = [systemd.watchdog() for _ in range(2_000)]

    assert results[0] is True
    assert results[-1] is False
    assert manager.heard() == ["WATCHDOG=1"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"WATCHDOG_USEC": "120000000"}, 60.0),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.25),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "²"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_twice_per_period(environ: dict[str, str], expected: float | None) -> None:
    """Half of WatchdogSec=, and only in the process it is meant for."""
    assert Systemd(environ).watchdog_interval() == expected
