"""What replies and losses prove: every code at every stage, and every error class of aiosmtplib."""

import ssl
from typing import get_args

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import ConfigurationError, TemporaryError
from daemon.ports.smtp_judgement import (
    Outcome,
    OutcomeKind,
    Stage,
    as_error,
    asks_for_rest,
    is_refusal,
    judge,
    judge_loss,
    one_line,
    refusal,
)

STAGES: tuple[Stage, ...] = get_args(Stage)
BEFORE_THE_DOT = STAGES[:-1]
SENT, RETRY, REJECT, IN_DOUBT = OutcomeKind.SENT, OutcomeKind.RETRY, OutcomeKind.REJECT, OutcomeKind.IN_DOUBT
WHERE = "SMTP server smtp.example.com:465"


def classes_below(kind: type[BaseException]) -> set[type[BaseException]]:
    """All subclasses, of any depth, and the class itself."""
    return {kind}.union(*(classes_below(child) for child in kind.__subclasses__()))


def made(kind: type[BaseException]) -> BaseException:
    """An instance of one of aiosmtplib's error classes, with a reply of 450 where it holds one."""
    if kind is aiosmtplib.SMTPRecipientsRefused:
        return kind([])
    if kind in {aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused}:
        return kind(450, "busy", "a@shop.example")
    return kind(450, "busy") if issubclass(kind, aiosmtplib.SMTPResponseException) else kind("gone")


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
@given(code=st.integers(-1, 999))
def test_before_the_dot_nothing_is_sent_and_nothing_is_in_doubt(stage: Stage, code: int) -> None:
    """Whatever a server says then, the mail was not accepted."""
    assert judge(stage, code, "x").kind in {RETRY, REJECT}


@given(code=st.integers(-1, 999))
def test_after_the_dot_only_250_is_sent_and_only_a_clear_no_is_unsent(code: int) -> None:
    """Everything else is doubt."""
    kind = judge("content", code, "x").kind
    clear = {250: SENT} | dict.fromkeys(range(400, 500), RETRY) | dict.fromkeys(range(500, 600), REJECT)

    assert kind == clear.get(code, IN_DOUBT)


@pytest.mark.parametrize("code", range(500, 600))
def test_trouble_with_connecting_condemns_no_mail(code: int) -> None:
    """Only replies to MAIL, RCPT, DATA and the text speak about the mail."""
    assert judge("connect", code, "x").kind is RETRY


@pytest.mark.parametrize("code", [530, 534, 535, 538])
@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
def test_replies_about_the_login_condemn_no_mail_either(stage: Stage, code: int) -> None:
    """A server may find out as late as at DATA that a login is missing (RFC 4954)."""
    assert judge(stage, code, "x").kind is RETRY


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_permanent_no_rejects_and_a_temporary_no_retries(stage: Stage) -> None:
    """RFC 5321 section 4.2.1."""
    assert judge(stage, 550, "x").kind is REJECT
    assert judge(stage, 450, "x").kind is RETRY


@pytest.mark.parametrize(
    ("code", "clear"), [(250, False), (354, False), (399, False), (400, True), (599, True)]
)
def test_a_refusal_is_4yz_or_5yz(code: int, clear: bool) -> None:
    """Nothing below, and nothing above."""
    assert is_refusal(code) is clear
    assert not is_refusal(600)


def test_garbage_has_no_code() -> None:
    """What aiosmtplib calls -1 does not reach the ledger."""
    assert judge("content", -1, "hello") == Outcome(IN_DOUBT, "content", None, "hello")


@pytest.mark.parametrize("stage", STAGES)
def test_a_loss_is_a_doubt_only_after_the_dot(stage: Stage) -> None:
    """A connection that is gone before it has sent nothing."""
    outcome = judge_loss(stage, ConnectionResetError())

    assert outcome.kind is (IN_DOUBT if stage == "content" else RETRY)
    assert outcome.text == "ConnectionResetError"


def test_a_good_mail_is_not_refused() -> None:
    """The rule has no objection to what is right."""
    assert refusal("a.b+c@shop.example", "x'y@sub-1.example", b"A: b\r\n\r\nc") is None


@given(sender=st.text(), recipient=st.text(), raw=st.binary())
def test_what_is_not_refused_cannot_inject_anything(sender: str, recipient: str, raw: bytes) -> None:
    """Addresses fit into one command, and the text's lines are lines to every server."""
    if refusal(sender, recipient, raw) is None:
        assert f"{sender}{recipient}".isascii()
        assert not set(f"{sender}{recipient}") & set('\r\n\0 <>"\\,;:()[]')
        assert raw.replace(b"\r\n", b"").translate(None, b"\r\n\0") == raw.replace(b"\r\n", b"")


@given(st.text())
def test_foreign_words_become_one_printable_line(text: str) -> None:
    """No line break, no control character and no surrogate reaches log or ledger."""
    line = one_line(text)

    assert line.isprintable()
    assert len(line) <= 500
    line.encode()


@pytest.mark.parametrize("kind", sorted(classes_below(aiosmtplib.SMTPException), key=str))
def test_every_error_of_aiosmtplib_is_translated(kind: type[BaseException]) -> None:
    """None is forgotten: each becomes ours, and only what is proven a configuration error is one."""
    expected = ConfigurationError if kind is aiosmtplib.SMTPNotSupported else TemporaryError

    translated = as_error(made(kind), where=WHERE)

    assert type(translated) is expected
    assert WHERE in str(translated)


def test_a_refused_certificate_is_found_behind_other_errors() -> None:
    """The library wraps it; the cause decides."""
    outer = aiosmtplib.SMTPConnectError("cannot connect")
    outer.__cause__ = ssl.SSLCertVerificationError("certificate verify failed")
    outer.__cause__.verify_message = "self-signed certificate"

    assert "self-signed" in str(as_error(outer, where=WHERE))
    assert isinstance(as_error(outer, where=WHERE), ConfigurationError)


@pytest.mark.parametrize(("code", "expected"), [(535, ConfigurationError), (454, TemporaryError)])
def test_a_refused_login_is_the_owners_affair_unless_it_is_temporary(
    code: int, expected: type[Exception]
) -> None:
    """4yz is the server's trouble."""
    assert isinstance(as_error(aiosmtplib.SMTPAuthenticationError(code, "no"), where=WHERE), expected)


@pytest.mark.parametrize(
    ("stage", "code", "text", "rests"),
    [
        ("connect", 554, "no", True),
        ("mail", 421, "4.3.2 going down", True),
        ("rcpt", 450, "4.7.1 sending too fast", True),
        ("rcpt", 450, "4.2.1 mailbox busy", False),
        ("data", 452, "4.3.2 too many messages, slow down", True),
        ("content", 432, "4.3.2 try again later", True),
        ("rcpt", 550, "5.4.5 Daily user sending limit exceeded", True),
        ("content", 550, "5.4.5 Daily user sending quota exceeded", True),
        ("mail", 552, "5.3.4 message size exceeds fixed limit", False),
        ("mail", 552, "5.3.4 over the sending size limit", False),
        ("rcpt", 552, "5.2.2 mailbox quota exceeded", False),
        ("rcpt", 550, "5.1.1 try later? no such user", False),
        ("content", 250, "ok, daily sending limit near", False),
        ("content", -1, "daily sending limit", False),
    ],
)
def test_a_server_is_left_alone_for_what_is_about_us_and_not_the_mail(
    stage: Stage, code: int, text: str, rests: bool
) -> None:
    """Too much at once, or for today; what concerns one mail or one recipient stops no other."""
    assert asks_for_rest(judge(stage, code, text)) is rests


@pytest.mark.parametrize(("stage", "kind"), [("mail", RETRY), ("data", RETRY), ("content", REJECT)])
def test_a_limit_of_the_day_condemns_no_mail_that_was_not_handed_over(
    stage: Stage, kind: OutcomeKind
) -> None:
    """Tomorrow it is taken; after the dot only a person sends again."""
    assert judge(stage, 550, "5.4.5 Daily user sending limit exceeded").kind is kind
