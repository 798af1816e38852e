"""The translation of errors: every class is judged, and by the right measure."""

import imaplib
import inspect
import socket
import ssl

import pytest
from imapclient import exceptions

from daemon.errors import (
    ConfigurationError,
    CrowdedError,
    FirstreplyError,
    FullError,
    InDoubtError,
    PermanentError,
    TemporaryError,
)
from daemon.ports.imap_errors import connecting, refusal, verdict
from daemon.ports.imap_values import ImapServer
from daemon.ports.security import Security

LIBRARY_CLASSES = sorted(
    {kind for _, kind in inspect.getmembers(exceptions, inspect.isclass)}
    | {imaplib.IMAP4.error, imaplib.IMAP4.abort, imaplib.IMAP4.readonly},
    key=lambda kind: kind.__name__,
)
SOCKET_CLASSES = [
    OSError,
    TimeoutError,
    ConnectionResetError,
    ConnectionRefusedError,
    BrokenPipeError,
    socket.gaierror,
    ssl.SSLError,
    ssl.SSLEOFError,
    ssl.SSLWantWriteError,
]
LOST = [imaplib.IMAP4.abort, exceptions.ProtocolError, *SOCKET_CLASSES]
SERVER = ImapServer("mail.example", 143, Security.STARTTLS, "bot", lambda: "secret")


@pytest.mark.parametrize("kind", [*LIBRARY_CLASSES, *SOCKET_CLASSES])
@pytest.mark.parametrize("changing", [False, True])
def test_no_class_is_forgotten(kind: type[Exception], changing: bool) -> None:
    """Each exception the library and the socket define becomes one of ours, and names the act."""
    judged = verdict(kind("something"), "UID MOVE", changing=changing)
    assert isinstance(judged.error, FirstreplyError)
    assert "UID MOVE" in str(judged.error)


@pytest.mark.parametrize("kind", LOST)
def test_lost_connection(kind: type[Exception]) -> None:
    """A lost reply is a doubt for a change, temporary for a question; the connection is done for."""
    reading, changing = (verdict(kind("x"), "X", changing=flag) for flag in (False, True))
    assert isinstance(reading.error, TemporaryError)
    assert isinstance(changing.error, InDoubtError)
    assert not reading.usable
    assert not changing.usable


@pytest.mark.parametrize(
    "kind", [exceptions.CapabilityError, exceptions.IllegalStateError, exceptions.InvalidCriteriaError]
)
def test_our_mistakes_are_permanent(kind: type[Exception]) -> None:
    """A command that the server cannot take is never repeated, and harms no connection."""
    judged = verdict(kind("no such thing"), "SORT", changing=False)
    assert isinstance(judged.error, PermanentError)
    assert judged.usable


def test_read_only_folder_waits() -> None:
    """A folder that is read-only now may be writable later; nothing was sent, so nothing is in doubt."""
    judged = verdict(imaplib.IMAP4.readonly("x is not writable"), "UID STORE", changing=True)
    assert isinstance(judged.error, TemporaryError)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("append failed: [OVERQUOTA] Quota exceeded", FullError),
        ("FETCH command error: BAD [b'Request is throttled. Backoff Time: 9 ms']", CrowdedError),
        ("create failed: [CANNOT] Bad name", PermanentError),
        ("FETCH command error: BAD [b'Too long argument']", PermanentError),
        ("command FETCH illegal in state AUTH, only allowed in states SELECTED", PermanentError),
    ],
)
def test_refusals_in_sentences(sentence: str, expected: type[FirstreplyError]) -> None:
    """The library puts NO and BAD into sentences; the connection stays good after them."""
    judged = verdict(exceptions.IMAPClientError(sentence), "X", changing=True)
    assert type(judged.error) is expected
    assert judged.usable


def test_unknown_sentence_is_not_trusted() -> None:
    """What is not understood may have left the stream out of step."""
    assert not verdict(imaplib.IMAP4.error("got more than 10 bytes"), "X", changing=False).usable


def test_foreign_exceptions_are_not_swallowed() -> None:
    """A programming mistake is no matter of the network."""
    with pytest.raises(TypeError):
        verdict(KeyError("x"), "X", changing=False)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("NO", "[INUSE] locked", TemporaryError),
        ("NO", "[UNAVAILABLE] backend", CrowdedError),
        ("NO", "[THROTTLED] slow down", CrowdedError),
        ("BAD", "Request is throttled. Suggested Backoff Time: 51234 milliseconds", CrowdedError),
        ("BAD", "User is authenticated but not connected.", CrowdedError),
        ("NO", "[EXPUNGEISSUED] gone", TemporaryError),
        ("NO", "[OVERQUOTA] full", FullError),
        ("NO", "no idea", TemporaryError),
        ("NO", "[TOOBIG] too big, try again later with less", PermanentError),
        ("NO", "[CANNOT] bad name", PermanentError),
        ("BAD", "syntax", PermanentError),
    ],
)
def test_refusal_by_code(kind: str, text: str, expected: type[FirstreplyError]) -> None:
    """A NO is judged by its code (RFC 5530), else by its words; without either it may pass."""
    assert type(refusal("X", kind, text)) is expected


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        ("APPEND Sent", "[LIMIT] message too big", PermanentError),
        ("CREATE Approval", "[LIMIT] name too long", PermanentError),
        ("UID STORE", "[LIMIT] Too many keywords", PermanentError),
        ("APPEND Sent", "[LIMIT] Rate limit hit", CrowdedError),
        ("STATUS", "[LIMIT] not now", CrowdedError),
        ("SELECT INBOX", "[LIMIT] SELECT Rate limit hit.", CrowdedError),
    ],
)
def test_a_limit_is_for_good_only_where_something_is_stored(
    what: str, text: str, expected: type[FirstreplyError]
) -> None:
    """`[LIMIT]` means "too big" to an APPEND and "too often" to a question."""
    assert type(refusal(what, "NO", text)) is expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Request is throttled. Suggested Backoff Time: 51234 milliseconds", 51.234),
        ("Suggested Backoff Time: 299904.5 ms", 299.904),
        ("throttled; backoff time 30 seconds", 30),
        ("throttled, later", 0),
    ],
)
def test_the_wait_that_a_server_asks_for(text: str, seconds: float) -> None:
    """It is read wherever the server puts it: into a refusal, a goodbye, a greeting."""
    said = imaplib.IMAP4.abort(f"command: STATUS => {text}")
    found = (
        refusal("STATUS", "NO", text),
        verdict(said, "STATUS", changing=False).error,
        connecting(imaplib.IMAP4.error(f"b'* BYE {text}'"), SERVER),
    )
    assert [error.wait for error in found if isinstance(error, CrowdedError)] == [seconds] * 3


def _login_error(text: str, context: BaseException | None = None) -> exceptions.LoginError:
    error = exceptions.LoginError(text)
    error.__context__ = context
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_login_error("[AUTHENTICATIONFAILED] Authentication failed."), ConfigurationError),
        (_login_error("[UNAVAILABLE] Temporary authentication failure."), CrowdedError),
        (_login_error("[ALERT] Too many simultaneous connections."), CrowdedError),
        (_login_error("[LIMIT] not now"), CrowdedError),
        (_login_error("Server Unavailable. 15"), CrowdedError),
        (_login_error("LOGIN Login frequency limited"), CrowdedError),
        (
            _login_error("Login fail. Password is incorrect, login frequency limited, or system is busy."),
            ConfigurationError,
        ),
        (_login_error("socket error: EOF", imaplib.IMAP4.abort("socket error: EOF")), TemporaryError),
        (exceptions.CapabilityError("STARTTLS"), ConfigurationError),
        (ConnectionRefusedError(111, "refused"), TemporaryError),
        (socket.gaierror(-2, "unknown"), TemporaryError),
        (imaplib.IMAP4.error("BYE too many connections"), CrowdedError),
    ],
)
def test_connecting(error: Exception, expected: type[FirstreplyError]) -> None:
    """Only what a person must change is a configuration error."""
    assert type(connecting(error, SERVER)) is expected


def test_certificate_names_the_remedy() -> None:
    """The sentence tells what to do about a certificate."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "Hostname mismatch"
    said = connecting(error, SERVER)
    assert isinstance(said, ConfigurationError)
    assert said.where == "mail.example:143"
    assert "ca_file" in said.remedy


def test_silence_in_the_clear_hints_at_tls() -> None:
    """A TLS port never greets in the clear; the sentence says so."""
    assert 'security = "tls"' in str(connecting(TimeoutError("timed out"), SERVER))
