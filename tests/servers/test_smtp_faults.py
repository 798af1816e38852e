"""Every way in which a sending can fail, against a real server that fails so: is it judged rightly?"""

import asyncio
from dataclasses import replace

import pytest

from daemon.errors import ConfigurationError
from daemon.ports.security import Security
from daemon.ports.smtp import Outcome, OutcomeKind, SmtpSender, SmtpServer
from tests.smtp_faults import FAULTS
from tests.smtp_sink import Sink

SENT, RETRY, REJECT, IN_DOUBT = OutcomeKind.SENT, OutcomeKind.RETRY, OutcomeKind.REJECT, OutcomeKind.IN_DOUBT
SELLER, BUYER = "support@shop.example", "x1y2z3@marketplace.amazon.de"
MAIL = b"From: support@shop.example\r\nMessage-ID: <fr.1@shop.example>\r\n\r\nGuten Tag\r\n.punkt\r\n"
USER = ("anna", "geheim")

# what each fault must be judged as, and the stages at which it may show: before or after the dot was
# written is a matter of microseconds where two stages stand here
EXPECTED: dict[str, tuple[set[OutcomeKind], set[str], set[int | None]]] = {
    "greets_554": ({RETRY}, {"connect"}, {554}),
    "greets_421": ({RETRY}, {"connect"}, {421}),
    "greets_never": ({RETRY}, {"connect"}, {None}),
    "leaves_at_connect": ({RETRY}, {"connect"}, {None}),
    "leaves_at_ehlo": ({RETRY}, {"connect"}, {None}),
    "ehlo_502": ({RETRY}, {"connect"}, {502}),
    "login_535": ({RETRY}, {"connect"}, {535}),
    "login_454": ({RETRY}, {"connect"}, {454}),
    "leaves_at_login": ({RETRY}, {"connect"}, {None}),
    "mail_451": ({RETRY}, {"mail"}, {451}),
    "mail_4_7": ({RETRY}, {"mail"}, {450}),
    "mail_421": ({RETRY}, {"mail"}, {421}),
    "mail_550": ({REJECT}, {"mail"}, {550}),
    "mail_530": ({RETRY}, {"mail"}, {530}),
    "mail_gibberish": ({RETRY}, {"mail"}, {None}),
    "mail_silence": ({RETRY}, {"mail"}, {None}),
    "leaves_at_mail": ({RETRY}, {"mail"}, {None}),
    "rcpt_450": ({RETRY}, {"rcpt"}, {450}),
    "rcpt_421": ({RETRY}, {"rcpt"}, {421}),
    "rcpt_550": ({REJECT}, {"rcpt"}, {550}),
    "rcpt_limit": ({RETRY}, {"rcpt"}, {550}),
    "rcpt_silence": ({RETRY}, {"rcpt"}, {None}),
    "leaves_at_rcpt": ({RETRY}, {"rcpt"}, {None}),
    "data_451": ({RETRY}, {"data"}, {451}),
    "data_554": ({REJECT}, {"data"}, {554}),
    "data_354_and_250": ({RETRY}, {"data"}, {None}),
    "data_silence": ({RETRY}, {"data"}, {None}),
    "leaves_before_354": ({RETRY}, {"data"}, {None}),
    "leaves_after_354": ({RETRY, IN_DOUBT}, {"data", "content"}, {None}),
    "text_552": ({REJECT}, {"data", "content"}, {552}),
    "text_452": ({RETRY}, {"data", "content"}, {452}),
    "dot_rst": ({IN_DOUBT}, {"content"}, {None}),
    "dot_fin": ({IN_DOUBT}, {"content"}, {None}),
    "dot_rst_kept": ({IN_DOUBT}, {"content"}, {None}),
    "dot_fin_kept": ({IN_DOUBT}, {"content"}, {None}),
    "dot_silence": ({IN_DOUBT}, {"content"}, {None}),
    "dot_silence_kept": ({IN_DOUBT}, {"content"}, {None}),
    "dot_half_reply_kept": ({IN_DOUBT}, {"content"}, {None}),
    "dot_half_multiline_kept": ({IN_DOUBT}, {"content"}, {None}),
    "dot_gibberish_kept": ({IN_DOUBT}, {"content"}, {None}),
    "dot_251_kept": ({IN_DOUBT}, {"content"}, {251}),
    "dot_354_kept": ({IN_DOUBT}, {"content"}, {354}),
    "dot_two_replies_kept": ({SENT}, {"content"}, {250}),
    "dot_452": ({RETRY}, {"content"}, {452}),
    "dot_552": ({REJECT}, {"content"}, {552}),
    "dot_554": ({REJECT}, {"content"}, {554}),
    "dot_421": ({RETRY}, {"content"}, {421}),
}


def server_of(sink: Sink, *, timeout: float = 5, dot_timeout: float = 5) -> SmtpServer:
    """The sink as the port sees it."""
    return SmtpServer(
        host="127.0.0.1",
        port=sink.port,
        security=Security.NONE,
        username=USER[0],
        password=lambda: USER[1],
        timeout=timeout,
        dot_timeout=dot_timeout,
    )


def patience_for(fault: str) -> float:
    """Only a silent server is worth a short wait; anywhere else a busy machine must not make a timeout."""
    return 0.3 if FAULTS[fault].act == "silence" else 5


async def provoke(sink: Sink, fault: str) -> tuple[Outcome, int, Outcome]:
    """Send once into the fault, once after it; answer both outcomes and how often the first committed."""
    commits: list[str] = []
    patience = patience_for(fault)
    sender = SmtpSender(server_of(sink, timeout=patience, dot_timeout=patience))
    sink.fault = fault
    first = await sender.send(SELLER, BUYER, MAIL, lambda: commits.append("sending"))
    committed = len(commits)
    sink.fault = None
    second = await sender.send(SELLER, BUYER, MAIL, lambda: commits.append("sending"))
    await sender.close()
    return first, committed, second


async def send(server: SmtpServer) -> Outcome:
    """One sending on a connection of its own."""
    sender = SmtpSender(server)
    outcome = await sender.send(SELLER, BUYER, MAIL, lambda: None)
    await sender.close()
    return outcome


def test_every_fault_of_the_sink_has_an_expectation() -> None:
    """No fault is left out of the table above."""
    assert EXPECTED.keys() == FAULTS.keys()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_judged_as_what_it_proves(fault: str) -> None:
    """Kind, stage and code say no more and no less than what the client can know."""
    kinds, stages, codes = EXPECTED[fault]
    with Sink(login=USER) as sink:
        outcome, _, _ = asyncio.run(provoke(sink, fault))

    assert outcome.kind in kinds, outcome
    assert outcome.stage in stages, outcome
    assert outcome.code in codes, outcome
    assert outcome.text, outcome


@pytest.mark.parametrize("fault", FAULTS)
def test_no_outcome_contradicts_what_the_server_kept(fault: str) -> None:
    """A kept mail is never called unsent, an unkept one never sent; the next sending just works."""
    with Sink(login=USER) as sink:
        outcome, commits, following = asyncio.run(provoke(sink, fault))
        sink.rest()
        kept = len(sink.accepted) - 1  # the second sending is surely there

    assert kept == FAULTS[fault].keeps
    assert outcome.kind in ({SENT, IN_DOUBT} if kept else {RETRY, REJECT, IN_DOUBT}), outcome
    assert commits == 1 if outcome.stage == "content" else commits == 0
    assert following.kind is SENT, following
    assert [mail.raw for mail in sink.accepted] == [MAIL] * (kept + 1)


def test_a_fault_is_met_once_not_repeated() -> None:
    """Nothing is tried twice by the port itself: when to retry is the ledger's affair."""
    with Sink(login=USER) as sink:
        asyncio.run(provoke(sink, "leaves_at_mail"))

        assert sink.connections == 2


@pytest.mark.parametrize("fault", ["mail_gibberish", "dot_gibberish_kept", "dot_251_kept", "dot_421"])
def test_a_connection_that_spoke_nonsense_is_not_used_again(fault: str) -> None:
    """After anything but a clear refusal the next mail gets a new one."""
    with Sink(login=USER) as sink:
        asyncio.run(provoke(sink, fault))

        assert sink.connections == 2


def test_nobody_listening_is_a_retry() -> None:
    """A refused connection says nothing about the mail."""
    with Sink() as sink:
        server = server_of(sink)

    outcome = asyncio.run(send(server))

    assert (outcome.kind, outcome.stage, outcome.code) == (RETRY, "connect", None)
    assert str(server.port) in outcome.text


def test_a_missing_password_condemns_no_draft() -> None:
    """A secret that cannot be read is told at once, and the draft stays approved."""

    def no_password() -> str:
        raise ConfigurationError("there is no credential", where="firstreply.toml", remedy="Add it.")

    with Sink(login=USER) as sink:
        server = replace(server_of(sink), password=no_password)
        outcome = asyncio.run(send(server))

    assert (outcome.kind, outcome.stage) == (RETRY, "connect")
    assert outcome.text == "firstreply.toml: there is no credential. Add it."
