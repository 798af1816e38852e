"""A process that has everything imported and forks daemons from itself, some of which are told to die.

Orders come as JSON lines on stdin, each with its `number`; answers go to stdout, that number and another one:
`{"fork": {"arguments": [...], "stdout": path, "stderr": path, "kill": null | {"step", "when"}}}` is answered
with the process id, `{"wait": pid}` with the exit status (negative: the signal) once the process has ended.
A daemon that is told to die kills itself with SIGKILL right before or right after the named step, at its
first occurrence. `tests/forked.py` is its other end.
"""

import asyncio
import functools
import gc
import inspect
import json
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import daemon.guessing
from classifier.document import Document
from classifier.installed import ensure_model
from classifier.live import LiveModel
from daemon.cli import main
from daemon.commands import check, run, status, teach
from daemon.commands.teach import OWN_STATE
from daemon.mail.language import detect
from daemon.ports.imap import ImapConnection
from daemon.ports.ledger.alerts import AlertBook
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.deliveries import DeliveryBook
from daemon.ports.ledger.drafts import DraftBook
from daemon.ports.ledger.intake import IntakeBook
from daemon.ports.ledger.mailboxes import Mailboxes
from daemon.ports.ledger.marking import MarkBook
from daemon.ports.ledger.worklists import WorklistBook
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
DETOURS: dict[str, tuple[type, str]] = {
    "move": (ImapConnection, "move"),
    "write_mark": (MarkBook, "mark"),
    "flag": (ImapConnection, "add_flags"),
    "marked": (MarkBook, "marked"),
    "tell": (AlertBook, "tell"),
    "count_attempt": (AlertBook, "count_attempt"),
    "ended": (AlertBook, "ended"),
    "plan_copy": (WorklistBook, "plan_copy"),
    "append_worklist": (ImapConnection, "append"),
    "copy_placed": (WorklistBook, "copy_placed"),
    "remove": (ImapConnection, "remove"),
    "copies_gone": (WorklistBook, "copies_gone"),
}
"""Acts that only some lives have."""
COMMANDS = (check, run, status, teach)
"""Imported by the program when it needs them; here before the forks."""


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


def child(order: dict[str, Any]) -> None:
    """Be the daemon, or another command of the program."""
    for descriptor, path in ((0, os.devnull), (1, order["stdout"]), (2, order["stderr"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), descriptor)
    if order["kill"]:
        arm(order["kill"]["step"], order["kill"]["when"])
    for name, value in order.get("set", {}).items():
        module, _, attribute = name.rpartition(".")
        setattr(sys.modules[module], attribute, value)
    status = 1
    try:
        status = main(order["arguments"])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  what an uncaught error does to a process
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def warm_up(model_root: Path) -> None:
    """Load once, before the forks, what every daemon loads: languages, migrations, the model."""
    detect("The language model is loaded once, before the forks.")
    with tempfile.TemporaryDirectory(prefix="fr-zygote-") as folder:
        Ledger.open(f"sqlite:///{folder}/ledger.db").close()
    loaded = LiveModel(model_root)
    loaded.classify([Document("The lamp is broken.", "Inquiry", "en")])

    def ready_made(root: Path) -> LiveModel:
        return loaded if root.resolve() == model_root.resolve() else LiveModel(root)

    vars(daemon.guessing)["LiveModel"] = ready_made


def serve() -> None:
    """Fork a process for each order."""
    warm_up(ensure_model(OWN_STATE / "model").parent)
    gc.freeze()  # what the children never free they need not copy
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                child(order["fork"])
        sys.stdout.write(f"{order['number']} {answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
