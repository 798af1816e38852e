"""The commit point of a sending: `before_dot` runs when the text is out and the dot is not.

Also pins what the port relies on inside aiosmtplib. The processes that are killed here are real ones.
"""

import asyncio
import inspect
import signal
import subprocess
import sys
import textwrap
from typing import cast

import pytest
from aiosmtplib import SMTP
from aiosmtplib.protocol import SMTPProtocol

from daemon.ports.security import Security
from daemon.ports.smtp import BeforeDot, Outcome, OutcomeKind, SmtpSender, SmtpServer
from tests.smtp_faults import Fault
from tests.smtp_sink import Sink

SELLER, BUYER = "support@shop.example", "x1y2z3@marketplace.amazon.de"
HEADER = b"From: support@shop.example\r\nMessage-ID: <fr.1@shop.example>\r\n\r\n"
SMALL = HEADER + b"Guten Tag\r\n.punkt\r\n"
LARGE = HEADER + b"." + b"0123456789abcdef" * 4 + b"\r\n" + b"0123456789abcdef\r\n" * 80_000
SIZES = pytest.mark.parametrize("raw", [SMALL, LARGE], ids=["small", "1.4 MB"])


class RefusedError(Exception):
    """What a ledger's transaction may raise."""


def server_of(sink: Sink) -> SmtpServer:
    """The sink as the port sees it."""
    return SmtpServer(host="127.0.0.1", port=sink.port, security=Security.NONE, timeout=5, dot_timeout=5)


def send(sink: Sink, raw: bytes, before_dot: BeforeDot) -> Outcome:
    """One sending on a connection of its own."""

    async def run() -> Outcome:
        sender = SmtpSender(server_of(sink))
        try:
            return await sender.send(SELLER, BUYER, raw, before_dot)
        finally:
            await sender.close()

    return asyncio.run(run())


def text_length(raw: bytes) -> int:
    """How many bytes of text the server sees before the dot: one more for each dot at a line start."""
    return len(raw) + raw.count(b"\r\n.")


@SIZES
def test_the_whole_text_is_with_the_server_when_before_dot_runs(raw: bytes) -> None:
    """Without letting the event loop run, `before_dot` sees the last byte of text arrive, and no mail."""
    seen: list[int] = []

    def before_dot() -> None:
        sink.wait_for(lambda: sink.text_bytes >= text_length(raw))
        seen.append(len(sink.accepted))

    with Sink() as sink:
        outcome = send(sink, raw, before_dot)

        assert seen == [0]
        assert outcome.kind is OutcomeKind.SENT
        assert sink.text_bytes == text_length(raw) + len(b".\r\n")
        assert [mail.raw for mail in sink.accepted] == [raw]


def test_before_dot_may_be_a_coroutine_function() -> None:
    """It is awaited, and the dot waits for it."""
    seen: list[int] = []

    async def before_dot() -> None:
        await asyncio.to_thread(sink.wait_for, lambda: sink.text_bytes >= text_length(SMALL))
        seen.append(len(sink.accepted))

    with Sink() as sink:
        outcome = send(sink, SMALL, before_dot)

        assert seen == [0]
        assert outcome.kind is OutcomeKind.SENT


@SIZES
def test_nothing_is_sent_when_before_dot_raises(raw: bytes) -> None:
    """The exception comes out unchanged, the connection ends without a dot, the server keeps nothing."""

    def before_dot() -> None:
        raise RefusedError("a newer buyer message")

    with Sink() as sink:
        with pytest.raises(RefusedError, match="a newer buyer message"):
            send(sink, raw, before_dot)
        sink.rest()

        assert sink.accepted == []
        assert "QUIT" not in sink.commands


@pytest.mark.parametrize("kind", [OSError, ConnectionResetError, TimeoutError, ValueError])
def test_an_error_of_before_dot_is_not_taken_for_the_servers(kind: type[Exception]) -> None:
    """Even errors that look like those of a network belong to the caller."""

    async def before_dot() -> None:
        raise kind("the ledger's disk is full")

    with Sink() as sink, pytest.raises(kind, match="disk is full"):
        send(sink, SMALL, before_dot)


def test_the_sender_works_on_after_before_dot_raised() -> None:
    """The next mail gets a new connection and goes out alone."""

    def refuse() -> None:
        raise RefusedError

    async def run() -> Outcome:
        sender = SmtpSender(server_of(sink))
        with pytest.raises(RefusedError):
            await sender.send(SELLER, BUYER, SMALL, refuse)
        outcome = await sender.send(SELLER, BUYER, SMALL, lambda: None)
        await sender.close()
        return outcome

    with Sink() as sink:
        assert asyncio.run(run()).kind is OutcomeKind.SENT
        assert len(sink.accepted) == 1
        assert sink.connections == 2


def test_a_connection_lost_before_the_dot_is_no_doubt() -> None:
    """When the loss is known before the dot is written, nothing can have been accepted: retry."""

    async def before_dot() -> None:
        await asyncio.to_thread(sink.hang_up)

    with Sink() as sink:
        outcome = send(sink, SMALL, before_dot)

        assert (outcome.kind, outcome.stage) == (OutcomeKind.RETRY, "data")
        assert sink.accepted == []


@pytest.mark.parametrize("line", ["250 2.0.0 queued", "421 4.3.2 going down", "hello"])
def test_a_reply_before_the_dot_is_not_taken_for_the_reply_to_it(line: str) -> None:
    """Whoever answers what was not asked has not accepted anything, and the dot is not written."""

    async def before_dot() -> None:
        await asyncio.to_thread(sink.interject, line)
        for _ in range(5):
            await asyncio.sleep(0)  # turns of the event loop, to hear it

    with Sink() as sink:
        outcome = send(sink, SMALL, before_dot)

        assert (outcome.kind, outcome.stage) == (OutcomeKind.RETRY, "data")
        sink.rest()
        assert sink.text_bytes == text_length(SMALL)


def test_nothing_waits_in_our_process_when_before_dot_runs() -> None:
    """Whatever the size, compared with what the system takes at once from a server that reads nothing."""
    waiting: list[int] = []

    async def taken(size: int) -> bool:
        sender = SmtpSender(SmtpServer("127.0.0.1", sink.port, Security.NONE, timeout=5, dot_timeout=0.1))

        def before_dot() -> None:
            smtp = sender._smtp  # noqa: SLF001  there is no other way to its buffer
            assert smtp is not None
            waiting.append(cast("asyncio.WriteTransport", smtp.transport).get_write_buffer_size())

        outcome = await sender.send(SELLER, BUYER, HEADER + b"x" * size, before_dot)
        await sender.close()
        return outcome.stage == "content"

    with Sink() as sink:
        sink.fault = Fault("text", "stall")
        low, high = 0, 8_000_000
        while high - low > 16_384:  # asyncio alone would keep up to 64 KiB back at the limit sought here
            middle = (low + high) // 2
            low, high = (middle, high) if asyncio.run(taken(middle)) else (low, middle)
        sink.stopping.set()

    assert low > 0
    assert set(waiting) == {0}


def test_a_refusal_in_the_middle_of_a_large_text_is_heard() -> None:
    """The server's own words arrive, before_dot is never called, nothing is in doubt."""
    called: list[bool] = []
    with Sink() as sink:
        sink.fault = Fault("text", "reply", "552 5.3.4 too large already")
        outcome = send(sink, LARGE * 8, lambda: called.append(True))

    assert (outcome.kind, outcome.stage, outcome.code) == (OutcomeKind.REJECT, "data", 552)
    assert called == []


def test_a_server_that_stops_reading_is_given_up_before_the_dot() -> None:
    """A text that does not get away within the patience is a safe retry."""
    called: list[bool] = []

    async def run() -> Outcome:
        server = SmtpServer("127.0.0.1", sink.port, Security.NONE, timeout=5, dot_timeout=0.3)
        sender = SmtpSender(server)
        outcome = await sender.send(SELLER, BUYER, LARGE * 10, lambda: called.append(True))
        sink.stopping.set()
        await sender.close()
        return outcome

    with Sink() as sink:
        sink.fault = Fault("text", "stall")
        outcome = asyncio.run(run())

    assert (outcome.kind, outcome.stage) == (OutcomeKind.RETRY, "data")
    assert "in time" in outcome.text
    assert called == []


CHILD = textwrap.dedent("""
    import asyncio, os, signal, sys
    from daemon.ports.security import Security
    from daemon.ports.smtp import SmtpSender, SmtpServer

    port, moment, raw = int(sys.argv[1]), sys.argv[2], sys.stdin.buffer.read()

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def before_dot():
        if moment == "before the dot":
            die()
        # the dot is written without giving the loop a turn, so that this runs right after it
        asyncio.get_running_loop().call_soon(die)

    server = SmtpServer("127.0.0.1", port, Security.NONE)
    asyncio.run(SmtpSender(server).send("a@shop.example", "b@marketplace.amazon.de", raw, before_dot))
""")


@SIZES
@pytest.mark.parametrize(("moment", "kept"), [("before the dot", 0), ("after the dot", 1)])
def test_kill_9_decides_nothing_but_the_dot_does(raw: bytes, moment: str, kept: int) -> None:
    """A process killed between text and dot has sent nothing; killed right after the dot, it has sent."""
    with Sink() as sink:
        child = subprocess.run(
            [sys.executable, "-c", CHILD, str(sink.port), moment], input=raw, check=False, timeout=30
        )
        sink.rest()

        assert child.returncode == -signal.SIGKILL
        assert [mail.raw for mail in sink.accepted] == [raw] * kept


def test_what_the_port_uses_inside_aiosmtplib_is_there() -> None:
    """The protocol object keeps the five names and shapes that `smtp_session` relies on."""
    assert "protocol" in vars(SMTP(hostname="127.0.0.1"))
    assert list(inspect.signature(SMTPProtocol.write).parameters) == ["self", "data"]
    assert list(inspect.signature(SMTPProtocol.read_response).parameters) == ["self", "timeout"]
    assert inspect.iscoroutinefunction(SMTPProtocol._drain_helper)  # noqa: SLF001  that is what is pinned
    assert inspect.iscoroutinefunction(SMTPProtocol.execute_command)


def test_the_protocols_buffer_is_what_was_received_and_not_read() -> None:
    """`_buffer` holds a reply too many, so that one which came with the 354 is not taken for the dot's."""

    async def run() -> bytes:
        smtp = SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False, local_hostname="test")
        await smtp.connect()
        sink.fault = Fault("ehlo", "reply", "250-sink\r\n250 HELP\r\n250 one too many")
        await smtp.ehlo()
        sink.fault = None
        assert smtp.protocol is not None
        left = bytes(smtp.protocol._buffer)  # noqa: SLF001  that is what is pinned
        smtp.close()
        await asyncio.sleep(0)
        return left

    with Sink() as sink:
        assert asyncio.run(run()) == b"250 one too many\r\n"
