"""What a reply, or the lack of one, proves about one attempt to send; pure.

Promises: only "the server said no" or "the final dot was never written" is taken as proof that nothing
was sent; only 250 after the dot as proof that it was; all the rest is doubt (RFC 5321 4.5.3.2.6, RFC 1047).
No error leaves this module; `as_error` builds, but does not raise, the ones of `daemon.errors`.
"""

import re
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from aiosmtplib import SMTPAuthenticationError, SMTPNotSupported, SMTPResponseException

from daemon.desk.mailbox import ADDRESS
from daemon.errors import ConfigurationError, TemporaryError
from daemon.ports.crowded import speaks_of_a_sending_limit, speaks_of_crowding

Stage = Literal["connect", "mail", "rcpt", "data", "content"]

_COMPLETED, _TEMPORARY, _PERMANENT, _END = 250, 400, 500, 600
_LEAVING = 421
_LEAST, _MOST = 100, 999  # what three digits can say; aiosmtplib gives -1 for garbage
_TEXT_LIMIT = 500
_ADDRESS_LIMIT = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_PORT_REMEDY = 'Check port and security: 465 goes with "tls", 587 with "starttls".'
# replies about the login (RFC 4954 section 6): they say nothing about the message
_LOGIN_CODES = frozenset({530, 534, 535, 538})


class OutcomeKind(StrEnum):
    """What is known about one attempt.

    SENT: the server answered 250 to the final dot. RETRY: surely not sent, may work later.
    REJECT: surely not sent, and the server (or this port) says that this mail never will be.
    IN_DOUBT: the dot was written and no clear answer came; only evidence or a person may decide.
    """

    SENT = "sent"
    RETRY = "retry"
    REJECT = "reject"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement on one attempt.

    Attributes:
        kind: what is known.
        stage: the last step that was begun. `content`: the final dot was written, so `before_dot` has run.
        code: the server's reply code (RFC 5321 4.2), None when there was no (valid) reply.
        text: the server's or our own words, one line of printable text; it may name an address.
    """

    kind: OutcomeKind
    stage: Stage
    code: int | None
    text: str


def judge(stage: Stage, code: int, text: str) -> Outcome:
    """Judge a reply that came while `stage` was under way; `code` below 100 stands for garbage."""
    kind = _kind(stage, code)
    if kind is OutcomeKind.REJECT and stage != "content" and speaks_of_a_sending_limit(text):
        kind = OutcomeKind.RETRY  # about us and the day ("550 5.4.5"), not about the mail
    valid = code if _LEAST <= code <= _MOST else None
    return Outcome(kind, stage, valid, one_line(text))


def judge_loss(stage: Stage, error: BaseException) -> Outcome:
    """Judge an attempt that ended without a reply: connection lost, timeout, login impossible."""
    kind = OutcomeKind.IN_DOUBT if stage == "content" else OutcomeKind.RETRY
    return Outcome(kind, stage, None, one_line(str(error) or type(error).__name__))


def asks_for_rest(outcome: Outcome) -> bool:
    """Tell whether the server has no room for us at all, whatever the mail: to knock again would be rude.

    A reply of policy (X.7.Z, RFC 3463) that is temporary counts: so they slow down logins and senders.
    """
    if outcome.kind in {OutcomeKind.SENT, OutcomeKind.IN_DOUBT}:
        return False
    if speaks_of_a_sending_limit(outcome.text):
        return True
    if outcome.kind is OutcomeKind.REJECT:
        return False
    policy = re.match(r"4\.7\.\d", outcome.text) is not None
    return (
        outcome.stage == "connect" or outcome.code == _LEAVING or policy or speaks_of_crowding(outcome.text)
    )


def is_refusal(code: int) -> bool:
    """Tell whether a reply code is a clear no: 4yz or 5yz (RFC 5321 section 4.2.1)."""
    return _TEMPORARY <= code < _END


def _kind(stage: Stage, code: int) -> OutcomeKind:
    if stage == "content" and code == _COMPLETED:  # the one reply that takes responsibility
        return OutcomeKind.SENT
    if stage == "content" and not is_refusal(code):
        return OutcomeKind.IN_DOUBT
    about_this_mail = stage != "connect" and (stage == "content" or code not in _LOGIN_CODES)
    return OutcomeKind.REJECT if _PERMANENT <= code < _END and about_this_mail else OutcomeKind.RETRY


def refusal(sender: str, recipient: str, raw: bytes) -> Outcome | None:
    """Say why this must not be sent at all, or None; asked before any command is written."""
    addresses: tuple[tuple[Stage, str], ...] = (("mail", sender), ("rcpt", recipient))
    for stage, address in addresses:
        if len(address) > _ADDRESS_LIMIT or not ADDRESS.fullmatch(address):
            return Outcome(OutcomeKind.REJECT, stage, None, f"no plain ASCII address: {one_line(address)!r}")
    if not raw:
        return Outcome(OutcomeKind.REJECT, "data", None, "the mail is empty")
    if _BARE_LINE_END.search(raw):
        # servers differ in what they take for a line: the root of SMTP smuggling (CVE-2023-51764)
        return Outcome(OutcomeKind.REJECT, "data", None, "the mail holds a bare CR or LF")
    if b"\0" in raw:
        return Outcome(OutcomeKind.REJECT, "data", None, "the mail holds a NUL")
    return None


def one_line(text: str) -> str:
    """Make foreign words fit for the ledger and the log: one line, printable, at most 500 characters."""
    words = " ".join(text.split())[:_TEXT_LIMIT]
    return "".join(character if character.isprintable() else "?" for character in words)


def as_error(error: BaseException, *, where: str) -> ConfigurationError | TemporaryError:
    """Translate what kept `probe` from a working connection; unknown counts as temporary."""
    cause = _tls_fault(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ConfigurationError(
            f"the server's certificate is not accepted ({cause.verify_message})",
            where=where,
            remedy="Use the host name that the certificate names, or set ca_file to its authority.",
        )
    if cause is not None and cause.reason == "WRONG_VERSION_NUMBER":  # it answered in clear text
        return ConfigurationError("there is no TLS on this port", where=where, remedy=_PORT_REMEDY)
    if isinstance(error, SMTPAuthenticationError) and _PERMANENT <= error.code < _END:
        return ConfigurationError(
            f"the login was refused ({error.code} {one_line(error.message)})",
            where=where,
            remedy="Check username and password (many providers want an app password), or log in again.",
        )
    if isinstance(error, SMTPNotSupported):
        return ConfigurationError(one_line(error.message), where=where, remedy=_PORT_REMEDY)
    if isinstance(error, SMTPResponseException):
        return TemporaryError(f"{where}: the server answered {error.code} {one_line(error.message)}")
    return TemporaryError(f"{where}: {one_line(str(error) or type(error).__name__)}")


def _tls_fault(error: BaseException) -> ssl.SSLError | None:
    """Find what TLS complained about in an error or the errors that it came from."""
    link: BaseException | None = error
    while link is not None and not isinstance(link, ssl.SSLError):
        link = link.__cause__
    return link
