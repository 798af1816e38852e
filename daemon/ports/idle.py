"""IDLE as an accelerator: a thread that says "look now" when a folder changes (RFC 2177).

A lost hint costs latency, never a mail: the poll of the command connection finds everything. The wait is
written so that no line is overlooked or torn and a dead server is noticed (`imap_transport`). No error
leaves the thread: it reports by `on_state` and comes back by itself, for ever.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from enum import StrEnum

from daemon.errors import CrowdedError, FirstreplyError
from daemon.ports.imap_dial import FAREWELL_SECONDS
from daemon.ports.imap_errors import refusal
from daemon.ports.imap_session import Session
from daemon.ports.imap_transport import Client
from daemon.ports.imap_values import ImapServer
from daemon.ports.retry import retrying

NEWS = frozenset({"EXISTS", "EXPUNGE", "VANISHED", "FETCH"})
"""What a server says when something came, went or changed; `* OK Still here` is nothing of it."""
SETTLED = 60.0
"""Seconds a watch must have lasted for the next connect to be a first try again."""


class WatchState(StrEnum):
    """What a watcher is doing."""

    CONNECTING = "connecting"
    WATCHING = "watching"
    CROWDED = "crowded"
    UNSUPPORTED = "unsupported"
    STOPPED = "stopped"


class IdleWatcher:
    """Watches one folder with its own connection and thread; calls `hint` on anything new.

    It also hints after each connect, since anything may have happened before. Server faults, refused
    logins, a server without room and a missing folder are waited out; a server without IDLE ends the watch.

    Args:
        server: where to connect.
        folder: the server's name of the folder.
        hint: called from the watcher's thread; must be thread-safe, quick, and raise nothing.
        renew_after: seconds after which IDLE is renewed (below 29 minutes).
        on_state: called from the watcher's thread with each new state and a sentence about it.
        first_wait: seconds before the first new try after a fault; later ones take longer.
    """

    def __init__(
        self,
        server: ImapServer,
        folder: str,
        hint: Callable[[], None],
        *,
        renew_after: float = 600,
        on_state: Callable[[WatchState, str], None] | None = None,
        first_wait: float = 1.0,
    ) -> None:
        self._server = server
        self._folder = folder
        self._hint = hint
        self._renew_after = renew_after
        self._on_state = on_state
        self._first_wait = first_wait
        self._stopping = threading.Event()
        self._waker, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"idle {folder}", daemon=True)
        self.state = WatchState.CONNECTING

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self, timeout: float = 5) -> None:
        """End the thread; returns when it has ended, at the latest after `timeout` seconds.

        A connect in progress cannot be interrupted; it then ends by itself, and quietly.
        """
        self._stopping.set()
        with contextlib.suppress(OSError):  # stopped twice
            self._waker.send(b"x")
        if self._thread.is_alive():
            self._thread.join(timeout)
        if not self._thread.is_alive():
            self._waker.close()
            self._wake.close()

    def _run(self) -> None:
        goes_on = True
        while goes_on and not self._stopping.is_set():
            try:
                goes_on = retrying(self._stopping, first=self._first_wait, on=(FirstreplyError,))(
                    self._attempt
                )
            except FirstreplyError:
                break  # stopped while something was wrong
        if goes_on:
            self._tell(WatchState.STOPPED, "asked to stop")

    def _attempt(self) -> bool:
        """Connect and watch; True to connect again, False when there is nothing to be done here."""
        began: float | None = None
        self._tell(WatchState.CONNECTING, f"{self._server.host}:{self._server.port}")
        try:
            session = Session(self._server)
            try:
                if "IDLE" not in session.capabilities:
                    self._tell(
                        WatchState.UNSUPPORTED, "the server has no IDLE; the poll will find everything"
                    )
                    return False
                began = time.monotonic()
                self._watch(session)
            finally:
                session.close()
        except FirstreplyError as error:
            crowded = isinstance(error, CrowdedError)
            self._tell(WatchState.CROWDED if crowded else WatchState.CONNECTING, str(error))
            if began is None or time.monotonic() - began < SETTLED:
                raise
        return True

    def _watch(self, session: Session) -> None:
        """Idle until asked to stop, again and again."""
        session.select(self._folder)
        self._hint()
        while not self._stopping.is_set():
            session.ask("NOOP")  # some servers push only what changes after IDLE began
            if NEWS & session.transport.untagged_responses.keys():
                self._hint()
            with session.guarded("IDLE") as client:
                self._idle_once(client)

    def _idle_once(self, client: Client) -> None:
        client.idle()
        self._tell(WatchState.WATCHING, self._folder)
        transport = client.transport
        deadline = time.monotonic() + self._renew_after
        while transport.line_within(deadline - time.monotonic(), self._wake):
            line = transport.readline()
            if line.startswith(b"* BYE"):
                raise transport.abort(f"the server said goodbye: {line[:200]!r}")
            if line[:2] != b"* ":
                raise refusal("IDLE", *_words(line))
            if NEWS & set(line.decode("ascii", "replace").upper().split()[1:3]):
                self._hint()
        if self._stopping.is_set():
            transport.sock.settimeout(FAREWELL_SECONDS)
        _, late = client.idle_done()
        if late:
            self._hint()

    def _tell(self, state: WatchState, sentence: str) -> None:
        if self._on_state is not None and (state is not self.state or state is WatchState.CONNECTING):
            self._on_state(state, sentence)
        self.state = state


def _words(line: bytes) -> tuple[str, str]:
    """Kind and text of a tagged line."""
    _, kind, text, *_ = [*line.decode("utf-8", "replace").strip().split(" ", 2), "", ""]
    return kind, text
