"""What goes wrong on IMAP, translated into the one exception tree; the only place that does so.

Pure functions: an exception or a refusal in, one of ours out. A lost reply to a command that changes
something is a doubt, to any other command it is temporary. Codes are those of RFC 5530.
"""

import imaplib
import re
import socket
import ssl
from dataclasses import dataclass

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
from daemon.ports.crowded import speaks_of_crowding, suggested_wait
from daemon.ports.imap_values import ImapServer
from daemon.ports.imap_wire import code_of
from daemon.ports.security import Security

NEVER_CODES = frozenset({"LIMIT", "TOOBIG", "CANNOT", "BADCHARSET", "UNKNOWN-CTE"})
"""Codes of a NO that time will not heal, for this message or this name."""
BUSY_CODES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED"})
"""Codes of a refused login that say nothing about the password."""
CROWDED_CODES = frozenset({"UNAVAILABLE", "THROTTLED"})
"""Codes of a NO that ask for patience, whatever the command was."""
STORING = ("APPEND", "CREATE", "UID STORE", "UID COPY", "UID MOVE")
"""What `[LIMIT]` refuses for good: too big, too long, too many. Of a question it means "too often"."""
MISTAKES = (exceptions.CapabilityError, exceptions.IllegalStateError, exceptions.InvalidCriteriaError)
LOST = (imaplib.IMAP4.abort, exceptions.ProtocolError, OSError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An error of ours, and whether the connection is worth anything now."""

    error: FirstreplyError
    usable: bool


def refusal(what: str, kind: str, text: str) -> FirstreplyError:
    """Judge a NO or BAD: `what` was asked, `text` is the server's reply after that word."""
    said = f"{what}: the server said {kind} {text[:300]}"
    code = code_of(text)[0]
    if code == "OVERQUOTA":
        return FullError(said)
    limit = code == "LIMIT"
    if code in NEVER_CODES and not limit:
        return PermanentError(said, reply=text)
    if code in CROWDED_CODES or speaks_of_crowding(text) or (limit and not what.startswith(STORING)):
        return CrowdedError(said, wait=suggested_wait(text))
    if kind == "BAD" or limit:
        return PermanentError(said, reply=text)
    return TemporaryError(said)


def _lost(said: str, text: str) -> TemporaryError:
    """A connection that ended: with words of too much or without."""
    return CrowdedError(said, wait=suggested_wait(text)) if speaks_of_crowding(text) else TemporaryError(said)


def verdict(error: Exception, what: str, *, changing: bool) -> Verdict:
    """Judge an exception of imapclient, imaplib or the socket, raised while `what` was done.

    Raises TypeError for an exception of another kind: that one is nobody's to swallow.
    """
    text = str(error)
    if isinstance(error, imaplib.IMAP4.readonly):  # raised before anything is sent
        return Verdict(TemporaryError(f"{what}: the folder can only be read ({text})"), usable=False)
    if isinstance(error, LOST):
        lost = f"{what}: the connection broke ({type(error).__name__}: {text[:300]})"
        return Verdict(InDoubtError(lost) if changing else _lost(lost, text), usable=False)
    if isinstance(error, MISTAKES):
        return Verdict(PermanentError(f"{what}: {text[:300]}"), usable=True)
    if isinstance(error, imaplib.IMAP4.error):
        return _reply(text, what, changing=changing)
    raise TypeError(f"not an error of the IMAP connection: {error!r}")


def _reply(text: str, what: str, *, changing: bool) -> Verdict:
    """Judge the sentences into which imapclient and imaplib put a refusal."""
    if match := re.search(r"command error: BAD (.*)", text, re.DOTALL):
        return Verdict(refusal(what, "BAD", match[1]), usable=True)
    if match := re.search(r"failed: (.*)", text, re.DOTALL):
        return Verdict(refusal(what, "NO", match[1]), usable=True)
    if "illegal in state" in text:
        return Verdict(PermanentError(f"{what}: {text[:300]}"), usable=True)
    unknown = f"{what}: {text[:300]}"
    return Verdict(InDoubtError(unknown) if changing else TemporaryError(unknown), usable=False)


def connecting(error: Exception, server: ImapServer) -> FirstreplyError:
    """Judge what went wrong while connecting; who reconnects may take a ConfigurationError as passing."""
    where = f"{server.host}:{server.port}"
    broken = isinstance(error.__context__, imaplib.IMAP4.abort)  # imapclient calls that a refused login too
    if isinstance(error, exceptions.LoginError) and not broken:
        return _login(re.sub(r"^b'(.*)'$", r"\1", str(error)), server, where)
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConfigurationError(
            f"the server's certificate is not trusted ({error.verify_message})",
            where=where,
            remedy="Use the host name in the certificate, or set ca_file to its authority's PEM file.",
        )
    if isinstance(error, ssl.SSLError) and error.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}:
        return ConfigurationError(
            "the server does not speak TLS on this port",
            where=where,
            remedy='Set security to "starttls", or the port to 993.',
        )
    if isinstance(error, exceptions.CapabilityError):
        return ConfigurationError(
            "the server does not offer STARTTLS",
            where=where,
            remedy='Set security to "tls" and the port to 993.',
        )
    hint = ""
    if isinstance(error, TimeoutError) and server.security is not Security.TLS:
        hint = '; if it never answers, the port may want security = "tls"'
    name = "the name was not found" if isinstance(error, socket.gaierror) else type(error).__name__
    return _lost(f"{where}: cannot connect ({name}: {str(error)[:300]}){hint}", str(error))


def _login(text: str, server: ImapServer, where: str) -> FirstreplyError:
    words = text.lower()
    # some count everything up in one sentence ("password is incorrect, login frequency limited, or ...")
    crowded = "too many" in words or (speaks_of_crowding(text) and "password" not in words)
    if code_of(text)[0] in BUSY_CODES or crowded:
        return CrowdedError(f"{where}: login refused for now ({text[:300]})", wait=suggested_wait(text))
    log_in_again = (
        "Check that this user logged in, and that IMAP is allowed for it; else `firstreply login` again."
    )
    return ConfigurationError(
        f"login as {server.username} was refused ({text[:300]})",
        where=where,
        remedy="Check user name and password; many providers want an app password for IMAP."
        if server.renew is None
        else log_in_again,
    )
