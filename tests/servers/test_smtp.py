"""The SMTP port against a well-behaved server: bytes, envelope, reuse, order."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from daemon.ports.security import Security
from daemon.ports.smtp import Outcome, OutcomeKind, SmtpSender, SmtpServer
from tests.smtp_sink import Accepted, Sink

SELLER, BUYER = "support@shop.example", "x1y2z3+9f-A@marketplace.amazon.co.jp"
HEADER = b"From: support@shop.example\r\n\r\n"
MAIL = HEADER + b"Guten Tag\r\n"
Result = TypeVar("Result")


def server_of(sink: Sink, **changes: Any) -> SmtpServer:  # noqa: ANN401  fields of SmtpServer
    """The sink as the port sees it."""
    server = SmtpServer("127.0.0.1", sink.port, Security.NONE, timeout=5, dot_timeout=5)
    return replace(server, **changes)


def using(server: SmtpServer, act: Callable[[SmtpSender], Coroutine[Any, Any, Result]]) -> Result:
    """Run `act` with a sender and close the sender."""

    async def run() -> Result:
        sender = SmtpSender(server)
        try:
            return await act(sender)
        finally:
            await sender.close()

    return asyncio.run(run())


def send(server: SmtpServer, raw: bytes = MAIL, sender: str = SELLER, recipient: str = BUYER) -> Outcome:
    """Send one mail over a connection of its own."""
    return using(server, lambda smtp: smtp.send(sender, recipient, raw, lambda: None))


BODIES = {
    "dots": b".\r\n..\r\n.\r\nx.\r\n.end",
    "no last line end": b"Gr\xc3\xbc\xc3\x9fe",
    "8 bit": "Größe 漢字 😀\r\n".encode(),
    "latin-1": b"\xe4\xf6\xfc\xff\r\n",
    "a long line": b"x" * 100_000 + b"\r\n",
    "lines that look like commands": b"QUIT\r\nDATA\r\n\r\nMAIL FROM:<a@b.example>\r\n",
    "blank lines": b"\r\n\r\n\r\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bytes_arrive_unchanged(body: bytes) -> None:
    """What was approved is what arrives, octet by octet; only a missing last line end is added."""
    with Sink() as sink:
        outcome = send(server_of(sink), HEADER + body)

    ended = b"" if body.endswith(b"\r\n") else b"\r\n"
    assert (outcome.kind, outcome.code, outcome.text) == (OutcomeKind.SENT, 250, "2.0.0 queued")
    assert sink.accepted == [Accepted(SELLER, (BUYER,), HEADER + body + ended)]


def test_the_envelope_is_ours_and_declares_size_and_8_bit() -> None:
    """One MAIL, one RCPT, exactly the addresses given; the size in bytes as RFC 1870 counts it."""
    with Sink() as sink:
        send(server_of(sink))

    assert sink.commands == [
        "EHLO [127.0.0.1]",
        f"MAIL FROM:<{SELLER}> SIZE={len(MAIL)} BODY=8BITMIME",
        f"RCPT TO:<{BUYER}>",
        "DATA",
        "QUIT",
    ]


def test_options_are_not_used_where_they_are_not_offered() -> None:
    """A bare server gets bare commands."""
    with Sink(extensions=()) as sink:
        send(server_of(sink))

    assert sink.commands[1:3] == [f"MAIL FROM:<{SELLER}>", f"RCPT TO:<{BUYER}>"]


@pytest.mark.parametrize(
    "address",
    [
        *("", "buyer", "@shop.example", "buyer@", "a b@shop.example", "Anna <a@shop.example>"),
        *("a@shop.example\r\nRCPT TO:<b@x.example>", "a@shop.example\n", "a\0@shop.example"),
        *("a@shop.example, b@shop.example", "<a@shop.example>", "ä@shop.example", "a@größe.example"),
        *("a@shop.example SIZE=1", '"a b"@shop.example', "x" * 65 + "@shop.example"),
        "a@" + "x" * 60 + ("." + "x" * 60) * 4,
    ],
)
def test_a_doubtful_address_is_refused_before_any_command(address: str) -> None:
    """Whatever two programs could read differently never reaches the server, in neither role."""
    with Sink() as sink:
        as_sender = send(server_of(sink), sender=address)
        as_recipient = send(server_of(sink), recipient=address)

        assert (as_sender.kind, as_sender.stage) == (OutcomeKind.REJECT, "mail")
        assert (as_recipient.kind, as_recipient.stage) == (OutcomeKind.REJECT, "rcpt")
        assert sink.connections == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        MAIL + b"a\nb\r\n",
        MAIL + b"a\rb\r\n",
        MAIL + b"\n.\n",
        MAIL + b"\r\r\n",
        MAIL + b"\n",
        MAIL + b"\0",
    ],
)
def test_a_mail_that_servers_could_read_differently_is_refused(raw: bytes) -> None:
    """Bare CR, bare LF and NUL never leave the house; `before_dot` is not called."""
    with Sink() as sink:
        outcome = send(server_of(sink), raw)

        assert (outcome.kind, outcome.stage, outcome.code) == (OutcomeKind.REJECT, "data", None)
        assert sink.connections == 0


def test_the_connection_is_reused() -> None:
    """Three mails take one connection; each transaction begins clean."""

    async def act(smtp: SmtpSender) -> list[Outcome]:
        return [await smtp.send(SELLER, BUYER, MAIL, lambda: None) for _ in range(3)]

    with Sink() as sink:
        outcomes = using(server_of(sink), act)

    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.SENT] * 3
    assert sink.connections == 1
    assert sink.commands.count("RSET") == 2


def test_a_connection_that_the_server_closed_is_made_anew() -> None:
    """Nothing was sent over it, so that the mail simply goes over a new one, once."""

    async def act(smtp: SmtpSender) -> Outcome:
        await smtp.send(SELLER, BUYER, MAIL, lambda: None)
        await asyncio.to_thread(sink.hang_up)
        return await smtp.send(SELLER, BUYER, MAIL, lambda: None)

    with Sink() as sink:
        outcome = using(server_of(sink), act)

        assert outcome.kind is OutcomeKind.SENT
        assert len(sink.accepted) == 2
        assert sink.connections == 2


def test_a_connection_closed_unnoticed_is_made_anew() -> None:
    """The same when the event loop had no chance to see it: the first command finds out."""

    async def act(smtp: SmtpSender) -> Outcome:
        await smtp.send(SELLER, BUYER, MAIL, lambda: None)
        sink.hang_up()  # blocks the event loop
        return await smtp.send(SELLER, BUYER, MAIL, lambda: None)

    with Sink() as sink:
        assert using(server_of(sink), act).kind is OutcomeKind.SENT
        assert len(sink.accepted) == 2


def test_a_refused_mail_leaves_the_connection_usable() -> None:
    """A 550 for one recipient costs the next mail no new connection."""

    async def act(smtp: SmtpSender) -> tuple[Outcome, Outcome]:
        sink.fault = "rcpt_550"
        refused = await smtp.send(SELLER, "stranger@shop.example", MAIL, lambda: None)
        sink.fault = None
        return refused, await smtp.send(SELLER, BUYER, MAIL, lambda: None)

    with Sink() as sink:
        refused, sent = using(server_of(sink), act)

        assert (refused.kind, refused.text) == (OutcomeKind.REJECT, "5.1.1 no such user")
        assert sent.kind is OutcomeKind.SENT
        assert sink.accepted == [Accepted(SELLER, (BUYER,), MAIL)]
        assert sink.connections == 1


def test_sendings_asked_for_at_once_go_out_one_by_one_in_order() -> None:
    """One connection, whole transactions, first come first served."""
    running: list[int] = []

    async def act(smtp: SmtpSender) -> None:
        async def one(number: int) -> None:
            async def before_dot() -> None:
                running.append(number)
                await asyncio.sleep(0)
                assert running[-1] == number

            await smtp.send(SELLER, BUYER, HEADER + b"%d\r\n" % number, before_dot)

        await asyncio.gather(*(one(number) for number in range(20)))

    with Sink() as sink:
        using(server_of(sink), act)

    assert [mail.raw for mail in sink.accepted] == [HEADER + b"%d\r\n" % number for number in range(20)]
    assert running == list(range(20))
    assert sink.connections == 1


def test_a_cancelled_sending_frees_the_sender_and_its_connection() -> None:
    """Cancelling the wait for the dot's reply leaves nothing half done for the next mail."""

    async def act(smtp: SmtpSender) -> Outcome:
        sink.fault = "dot_silence"
        waiting = asyncio.create_task(smtp.send(SELLER, BUYER, MAIL, lambda: None))
        await asyncio.to_thread(sink.wait_for, lambda: sink.text_bytes == len(MAIL) + 3)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        sink.fault = None
        return await smtp.send(SELLER, BUYER, MAIL, lambda: None)

    with Sink() as sink:
        assert using(server_of(sink), act).kind is OutcomeKind.SENT
        assert sink.connections == 2


def test_close_may_come_early_late_and_twice() -> None:
    """Closing never fails, and a closed sender opens again when it is needed."""

    async def act(smtp: SmtpSender) -> Outcome:
        await smtp.close()
        await smtp.send(SELLER, BUYER, MAIL, lambda: None)
        await asyncio.to_thread(sink.hang_up)
        await smtp.close()
        await smtp.close()
        return await smtp.send(SELLER, BUYER, MAIL, lambda: None)

    with Sink() as sink:
        assert using(server_of(sink), act).kind is OutcomeKind.SENT
