"""Broken connections and refusals: a question may be asked again, a change is in doubt, never a guess."""

import dataclasses
import time
from collections.abc import Iterator

import pytest

from daemon.errors import CrowdedError, FirstreplyError, FullError, InDoubtError, TemporaryError
from daemon.ports.imap import ImapConnection, NewMessage
from tests.account import Account
from tests.chaos import ChaosProxy, Fault, Trigger
from tests.dovecot import Dovecot

QUOTA = """
mail_plugins = quota
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:messages=3
}
"""


def new(number: int) -> NewMessage:
    """A message that fills more than one segment."""
    return NewMessage(f"Subject: {number}\r\n\r\n{'text ' * 4000}\r\n".encode())


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[ChaosProxy]:
    """A network between the daemon and the server that can be broken."""
    with ChaosProxy(dovecot.port) as between:
        yield between


@pytest.fixture
def connection(proxy: ChaosProxy, account: Account) -> Iterator[ImapConnection]:
    """A connection through the proxy, with three mails in INBOX; it waits half a second for a reply."""
    agent = account.agent()
    for number in (1, 2, 3):
        agent.append("INBOX", new(number).raw)
    server = dataclasses.replace(account.server(port=proxy.port), read_timeout=0.5)
    opened = ImapConnection.connect(server)
    yield opened
    opened.close()


def _is_closed(connection: ImapConnection) -> bool:
    try:
        connection.noop()
    except TemporaryError as error:
        return "closed" in str(error)
    return False


def _talk_on(connection: ImapConnection) -> None:
    """Ask for ten seconds: a server takes its time to kick."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        connection.noop()


@pytest.mark.parametrize("fault", list(Fault))
def test_question_without_an_answer(connection: ImapConnection, proxy: ChaosProxy, fault: Fault) -> None:
    """However the answer is lost, the question may be asked again, on another connection."""
    proxy.on_server = Trigger(b"BODY[]", fault)
    with pytest.raises(TemporaryError):
        connection.fetch("INBOX", [1, 2, 3])
    assert _is_closed(connection)


@pytest.mark.parametrize("fault", list(Fault))
def test_answer_that_breaks_off(connection: ImapConnection, proxy: ChaosProxy, fault: Fault) -> None:
    """Half a literal is no message."""
    proxy.on_server = Trigger(b"BODY[]", fault, forward=500)
    with pytest.raises(TemporaryError):
        connection.fetch("INBOX", [1, 2, 3])
    assert _is_closed(connection)


@pytest.mark.parametrize("fault", list(Fault))
def test_lost_reply_to_append(
    connection: ImapConnection, proxy: ChaosProxy, account: Account, fault: Fault
) -> None:
    """The message is there although the reply is lost: that is what doubt means."""
    proxy.on_server = Trigger(b"APPENDUID", fault)
    with pytest.raises(InDoubtError):
        connection.append("INBOX", [new(4)])
    assert _is_closed(connection)
    assert account.agent().select_folder("INBOX")[b"EXISTS"] == 4


def test_append_that_never_arrived(connection: ImapConnection, proxy: ChaosProxy, account: Account) -> None:
    """From here it looks the same, so that it is the same doubt."""
    proxy.on_client = Trigger(b"APPEND", Fault.RESET)
    with pytest.raises(InDoubtError):
        connection.append("INBOX", [new(4)])
    assert account.agent().select_folder("INBOX")[b"EXISTS"] == 3


@pytest.mark.parametrize("fault", list(Fault))
def test_lost_reply_to_move(
    connection: ImapConnection, proxy: ChaosProxy, account: Account, fault: Fault
) -> None:
    """A move whose reply is lost was done."""
    connection.ensure(["Approved"])
    proxy.on_server = Trigger(b"COPYUID", fault)
    with pytest.raises(InDoubtError):
        connection.move("INBOX", [1, 2], "Approved")
    assert account.agent().select_folder("Approved")[b"EXISTS"] == 2


@pytest.mark.parametrize("word", [b"STORE", b"EXPUNGE"])
def test_lost_removal(connection: ImapConnection, proxy: ChaosProxy, word: bytes) -> None:
    """Marking and expunging are changes as well."""
    proxy.on_client = Trigger(word, Fault.END)
    with pytest.raises(InDoubtError):
        connection.remove("INBOX", [1])


def test_fault_before_the_change(connection: ImapConnection, proxy: ChaosProxy) -> None:
    """While the folder is only being opened nothing can have changed, so nothing is in doubt."""
    proxy.on_client = Trigger(b"SELECT", Fault.END)
    with pytest.raises(TemporaryError):
        connection.move("INBOX", [1], "Approved")


def test_kicked(connection: ImapConnection, account: Account, dovecot: Dovecot) -> None:
    """A BYE ends the connection with a word."""
    connection.noop()
    dovecot.kick(account.name)
    with pytest.raises(TemporaryError):
        _talk_on(connection)
    assert _is_closed(connection)


def test_goodbye_that_is_there_before_we_speak(
    connection: ImapConnection, proxy: ChaosProxy, account: Account
) -> None:
    """What the server said of too many connections is heard although our own words find no way to it."""
    proxy.room = 1
    ImapConnection.connect(account.server(port=proxy.port)).close()
    with pytest.raises(CrowdedError, match="simultaneous"):
        connection.poll(["INBOX"] * 50)


@pytest.mark.parametrize(
    "said", [b"ESEARCH ALL 1:99999999999", b"ESEARCH ALL x", b"7 FETCH (UID", b"1 EXISTS"]
)
def test_search_that_is_nonsense(connection: ImapConnection, proxy: ChaosProxy, said: bytes) -> None:
    """Nonsense, or no answer at all, is never read as "there is no message"."""
    connection.examine("INBOX")
    proxy.rewrite = (rb"ESEARCH \(TAG .*", said + rb"\r\n")
    with pytest.raises(TemporaryError):
        connection.flags("INBOX", connection.uids("INBOX"))


@pytest.mark.parametrize("said", [b"* 7 FETCH (UID\r\n", b"* 7 FETCH UID 7\r\n", b"nonsense\r\n"])
def test_fetch_that_is_nonsense(connection: ImapConnection, proxy: ChaosProxy, said: bytes) -> None:
    """A broken line ends the connection instead of being guessed at."""
    connection.examine("INBOX")
    proxy.rewrite = (rb"\* \d+ FETCH .*\r\n", said)
    with pytest.raises(TemporaryError):
        connection.flags("INBOX", [1, 2, 3])
    assert _is_closed(connection)


def test_tiny_pieces(connection: ImapConnection, proxy: ChaosProxy) -> None:
    """Segments of three bytes are put together."""
    proxy.dribble = 3
    assert [found.raw for found in connection.fetch("INBOX", [1])] == [new(1).raw]


def test_interrupted_between(connection: ImapConnection) -> None:
    """An exception that is not the network's, in the middle of a command, also ends the connection."""

    class Interrupted(BaseException):
        """Stands for Ctrl-C."""

    with pytest.raises(Interrupted), connection._session.guarded("X"):  # noqa: SLF001  the guard itself
        raise Interrupted
    assert _is_closed(connection)


@pytest.fixture(scope="module", params=[None, "IMAP4rev1 UIDPLUS LITERAL+", "IMAP4rev1 UIDPLUS"])
def full(request: pytest.FixtureRequest, dovecot: Dovecot) -> Iterator[Dovecot]:
    """Servers on which an account holds three messages, with MULTIAPPEND, without, and one by one."""
    assert dovecot.process is not None
    with Dovecot(capabilities=request.param, more=QUOTA) as server:
        yield server


def test_over_quota(full: Dovecot) -> None:
    """A refusal is temporary when nothing was stored, and a doubt when a part was."""
    connection = ImapConnection.connect(Account(full).server())
    whole = "MULTIAPPEND" in connection.capabilities
    expected: type[FirstreplyError] = FullError if whole else InDoubtError
    with pytest.raises(expected, match="OVERQUOTA") as caught:
        connection.append("INBOX", [new(number) for number in range(5)])
    assert type(caught.value) is expected
    assert connection.status("INBOX").messages == (0 if whole else 3)
    if not whole:
        with pytest.raises(FullError, match="OVERQUOTA"):
            connection.append("INBOX", [new(9)])
    connection.close()
