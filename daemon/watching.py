"""The connections that only wait for news (IDLE): as many as the server has room for.

Promises: they are the first to go when a server counts connections, since the poll finds everything without
them. That they are missing is said once in the log, and in `status` for as long as it lasts; they are tried
again after growing waits, never in a hurry.

Errors: none.
"""

import threading
from collections.abc import Callable
from functools import partial

from structlog.typing import FilteringBoundLogger

from daemon.ports.idle import IdleWatcher, WatchState
from daemon.ports.imap import FolderNames, ImapServer

APART = 1800.0
"""Seconds to do without them after the server turned on the connection that works."""


class Watchers:
    """IDLE on the two folders where a second counts. `hint` and `log` must be thread-safe."""

    def __init__(
        self,
        server: ImapServer,
        hint: Callable[[], None],
        log: FilteringBoundLogger,
        monotonic: Callable[[], float],
    ) -> None:
        self._server = server
        self._hint = hint
        self._log = log
        self._monotonic = monotonic
        self._running: list[IdleWatcher] = []
        self._crowded: dict[str, str] = {}
        self._lock = threading.Lock()
        self._apart_until = 0.0

    @property
    def missing(self) -> str | None:
        """Why some of them are missing; None while all are there, or nobody said no."""
        with self._lock:
            said = next(iter(self._crowded.values()), None)
        return None if said is None else f"without IDLE, by polling: {said}"

    def states(self) -> list[str]:
        """What each of them is doing, in a word."""
        return [watcher.state.value for watcher in self._running]

    def start(self, folders: FolderNames) -> None:
        """Begin to watch, unless that is done already or it is too early to try again."""
        if self._running or self._monotonic() < self._apart_until:
            return
        self._running = [
            IdleWatcher(self._server, folder, self._hint, on_state=partial(self._state, folder))
            for folder in (folders.inbox, folders.approved)
        ]
        for watcher in self._running:
            watcher.start()

    def stop(self) -> None:
        """End them all."""
        while self._running:
            self._running.pop().stop()

    def give_way(self, said: str) -> None:
        """The server counts connections and ended the one that works: do without for a while."""
        if self._running:
            self._apart_until = self._monotonic() + APART
            self._state("", WatchState.CROWDED, said)

    def _state(self, folder: str, state: WatchState, sentence: str) -> None:
        with self._lock:
            before = len(self._crowded)
            if state is WatchState.CROWDED:
                self._crowded[folder] = sentence
            elif state is WatchState.WATCHING:
                for name in (folder, ""):
                    self._crowded.pop(name, None)
            now = len(self._crowded)
        if now and not before:
            self._log.warning("idle_crowded", folder=folder, said=sentence)
        elif before and not now:
            self._log.info("idle_again", folder=folder)
