"""A process that has everything imported and forks daemons from itself, some of which are told to die.

Requests come as JSON lines on stdin: `{"arguments": [...], "log": path, "kill": null | {"step", "when"}}`;
the answer is one line with the exit status (negative: the signal). A daemon that is told to die kills
itself with SIGKILL right before or right after the named step, at its first occurrence.
"""

import asyncio
import functools
import inspect
import json
import os
import signal
import sys
from typing import Any

from daemon.cli import main
from daemon.mail.language import detect
from daemon.ports.imap import ImapConnection
from daemon.ports.ledger.deliveries import DeliveryBook
from daemon.ports.ledger.drafts import DraftBook
from daemon.ports.ledger.intake import IntakeBook
from daemon.ports.ledger.mailboxes import Mailboxes
from daemon.ports.smtp import SmtpSender

STEPS: dict[str, tuple[type, str]] = {
    "claim": (Mailboxes, "claim"),
    "mark": (Mailboxes, "set_mark"),
    "record": (IntakeBook, "record"),
    "store": (IntakeBook, "store"),
    "plan": (DraftBook, "plan"),
    "append_draft": (ImapConnection, "append"),
    "queued": (DraftBook, "queued"),
    "approve": (DraftBook, "approve"),
    "prepare": (DeliveryBook, "prepare"),
    "attempt": (DeliveryBook, "attempt"),
    "send": (SmtpSender, "send"),
    "commit_sending": (DeliveryBook, "commit_sending"),
    "sent": (DeliveryBook, "sent"),
    "append_sent": (ImapConnection, "append"),
    "answered_flag": (ImapConnection, "add_flags"),
    "clear_approved": (ImapConnection, "remove"),
    "filed": (DeliveryBook, "filed"),
}
"""Every act of a mail's life, by name: what does it, and which call of the process it is."""
DETOURS: dict[str, tuple[type, str]] = {"move": (ImapConnection, "move")}
"""Acts that only some lives have."""


def die() -> None:
    """As `kill -9` does it: no handler, no flush, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str, when: str) -> None:
    """Let this process die around the first call of a step."""
    owner, name = {**STEPS, **DETOURS}[step]
    original = getattr(owner, name)

    @functools.wraps(original)
    def around(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  any port's method
        if when == "before":
            die()
        result = original(*args, **kwargs)
        if inspect.iscoroutine(result):
            return _then_die(result)
        die()
        return result

    setattr(owner, name, around)


async def _then_die(result: Any) -> Any:  # noqa: ANN401  the outcome of a coroutine
    answer = await result
    await asyncio.sleep(0)
    die()
    return answer


def child(request: dict[str, Any]) -> None:
    """Be the daemon."""
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if request["kill"]:
        arm(request["kill"]["step"], request["kill"]["when"])
    os._exit(main(request["arguments"]))


def serve() -> None:
    """Fork a daemon for each request."""
    detect("The language model is loaded once, before the forks.")
    for line in sys.stdin:
        request = json.loads(line)
        process = os.fork()
        if process == 0:
            child(request)
        _, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
