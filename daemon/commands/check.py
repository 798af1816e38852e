"""`firstreply check`: connects, logs in, and proves what the daemon will need; one line a finding.

Promises: changes nothing but to create missing folders, which the daemon would do as well. Each finding
says what is wrong and what to do.

Errors: `ConfigurationError` of the configuration file; everything else becomes a finding.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from classifier.errors import ModelError
from classifier.live import LiveModel
from daemon.errors import FirstreplyError
from daemon.ports.imap import ImapConnection
from daemon.ports.smtp import SmtpSender
from daemon.reply.library import load_library
from daemon.reply.problems import Problem
from daemon.reply.template_check import check_templates
from daemon.service import template_folders
from daemon.settings import Settings, find, load
from daemon.settings_mailbox import MailboxSettings

WANTED = {
    "UIDPLUS": "moves and appends are found again by searching, which is slower",
    "MOVE": "moves are done by copying and deleting",
    "IDLE": "new mail is noticed by polling only",
}
"""Extensions that make the daemon better, and what their absence costs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `level` is ok, note or problem."""

    level: str
    subject: str
    message: str
    remedy: str = ""


def check(config: str | None, *, as_json: bool) -> int:
    """Look at everything; 1 when there is a problem."""
    settings = load(find(config))
    findings = list(_findings(settings))
    if as_json:
        print(json.dumps({"findings": [asdict(item) for item in findings]}, ensure_ascii=False))  # noqa: T201  the answer
    else:
        console = Console()
        for item in findings:
            mark = {"ok": "[green]ok[/]", "note": "[yellow]note[/]"}.get(item.level, "[red]problem[/]")
            console.print(
                f"{mark}  {item.subject}: {item.message}" + (f" → {item.remedy}" if item.remedy else "")
            )
    return int(any(item.level == "problem" for item in findings))


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "configuration", f"{settings.path} with {len(settings.mailboxes)} mailboxes")
    yield from _model(settings.state_dir / "model")
    yield from _templates(settings)
    yield from _library(settings)
    for box in settings.mailboxes:
        yield from _trust(box)
        yield from _imap(box)
        yield from _smtp(box)


def _model(root: Path) -> Iterator[Finding]:
    try:
        yield Finding("ok", "model", f"version {LiveModel(root).version}")
    except ModelError as error:
        yield Finding("problem", "model", str(error), "Run `firstreply train`")


def _templates(settings: Settings) -> Iterator[Finding]:
    problems = check_templates(
        template_folders(settings), settings.playbook.templates, settings.playbook.severities
    )
    for item in problems:
        yield Finding("problem", "templates", f"{_place(item)}: {item.text}", item.remedy)
    if not problems:
        yield Finding("ok", "templates", "all render in every language, with all facts and with none")


def _library(settings: Settings) -> Iterator[Finding]:
    library, problems = load_library(settings.library, settings.playbook.attached)
    for item in problems:
        yield Finding("problem", "library", f"{_place(item)}: {item.text}", item.remedy)
    products, passages = len(library.catalogue.products), len(library.knowledge.passages)
    yield Finding("ok", "library", f"{products} products in the catalogue, {passages} answers to questions")


def _place(problem: Problem) -> str:
    return f"{problem.file}, line {problem.line}" if problem.line else problem.file


def _trust(box: MailboxSettings) -> Iterator[Finding]:
    if box.reading.authserv_id is None and not box.reading.authserv_topmost:
        said = "nobody vouches for senders, so drafts tell nothing of imported orders"
        yield Finding("note", f"{box.mailbox.name}: authserv_id", said, "Name your mail provider's server")


def _imap(box: MailboxSettings) -> Iterator[Finding]:
    subject = f"{box.mailbox.name}: IMAP {box.imap.host}:{box.imap.port}"
    try:
        connection = ImapConnection.connect(box.imap)
    except FirstreplyError as error:
        yield Finding("problem", subject, str(error), "Correct [mailbox.imap], or look at the server")
        return
    try:
        yield Finding("ok", subject, "connected and logged in")
        for name, cost in WANTED.items():
            if name not in connection.capabilities:
                yield Finding("note", subject, f"the server has no {name}: {cost}")
        folders = connection.resolve(asdict(box.mailbox.folders))
        created = connection.ensure((folders.approval, folders.approved, folders.rejected))
        yield Finding("ok", subject, f"folders are there ({len(created)} created)")
        if folders.sent is None:
            remedy = "Name it: [mailbox.folders] sent"
            yield Finding("problem", subject, "no folder for sent mail was found", remedy)
    except FirstreplyError as error:
        yield Finding("problem", subject, str(error), "Look at the folders and rights of this account")
    finally:
        connection.close()


def _smtp(box: MailboxSettings) -> Iterator[Finding]:
    subject = f"{box.mailbox.name}: SMTP {box.smtp.host}:{box.smtp.port}"

    async def probe() -> None:
        sender = SmtpSender(box.smtp)
        try:
            await sender.probe()
        finally:
            await sender.close()

    try:
        asyncio.run(probe())
    except FirstreplyError as error:
        yield Finding("problem", subject, str(error), "Correct [mailbox.smtp], or look at the server")
    else:
        yield Finding("ok", subject, "connected and logged in")
