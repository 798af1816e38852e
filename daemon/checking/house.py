"""What is looked at on this machine: files, space, the ledger, what the seller wrote.

Errors: none; each becomes a finding.
"""

import os
import pwd
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from daemon.checking.finding import Finding, failed
from daemon.commands.look import ledger_exists
from daemon.errors import ConfigurationError, FirstreplyError
from daemon.ports.ledger.health import damages, undelivered, versions
from daemon.ports.ledger.store import open_engine
from daemon.reloading import template_folders
from daemon.reply.library import load_library
from daemon.reply.problems import Problem
from daemon.reply.template_check import check_templates
from daemon.settings import Settings
from daemon.settings_mailbox import MailboxSettings

LITTLE, TOO_LITTLE = 2_000_000_000, 200_000_000
"""Free bytes below which the disk is a note, and a problem."""
MONTH = timedelta(days=30)


def files(settings: Settings) -> Iterator[Finding]:
    """The configuration's own rights, the state folder, the space on its disk."""
    yield Finding("ok", "configuration", f"{settings.path} with {len(settings.mailboxes)} mailboxes")
    mode = settings.path.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield Finding(
            "problem",
            "configuration",
            f"others may change it (mode {stat.S_IMODE(mode):04o}), and it may name commands to run",
            f"Run: chmod go-w {settings.path}",
        )
    if settings.state_dir.exists():
        yield from _readable(settings.path, settings.state_dir.stat())
    yield from _state(settings.state_dir)


def _readable(path: Path, service: os.stat_result) -> Iterator[Finding]:
    """Whether the user of the service, to whom the state folder belongs, may read the configuration."""
    file = path.stat()
    by_group = file.st_mode & stat.S_IRGRP and file.st_gid == service.st_gid
    if not (file.st_uid == service.st_uid or by_group or file.st_mode & stat.S_IROTH or service.st_uid == 0):
        user = _user(service.st_uid)
        yield Finding("problem", "configuration", f"{user} may not read it", f"Run: chown {user} {path}")


def _state(folder: Path) -> Iterator[Finding]:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if there != folder:
        yield Finding("note", "state_dir", f"{folder} is not there yet", "systemd or the first run makes it")
    else:
        entry = folder.stat()
        if stat.S_IMODE(entry.st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            said = f"others may look into {folder}, where buyers' words lie"
            yield Finding("problem", "state_dir", said, f"Run: chmod 700 {folder}")
        if os.geteuid() not in {entry.st_uid, 0}:
            owner = _user(entry.st_uid)
            said = f"{folder} belongs to {owner}, and you are {_user(os.geteuid())}"
            yield Finding(
                "note",
                "state_dir",
                said,
                f"Run it as root, or as {owner}: runuser -u {owner} -- firstreply …",
            )
    yield space(there, shutil.disk_usage(there).free)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def space(folder: Path, free: int) -> Finding:
    """Judge what is free on the disk of a folder."""
    said = f"{free / 1e9:.1f} GB are free for {folder}"
    if free < LITTLE:
        remedy = "Make room: without space nothing can be sent, since the ledger is written first"
        return Finding("problem" if free < TOO_LITTLE else "note", "disk", said, remedy)
    return Finding("ok", "disk", said)


def ledger(settings: Settings) -> Iterator[Finding]:
    """Whether the ledger can be opened, is whole, and fits this program."""
    if not ledger_exists(settings):
        yield Finding("note", "ledger", "there is none yet", "the first `firstreply run` makes it")
        return
    try:
        engine = open_engine(settings.ledger)
        try:
            there, wanted = versions(engine)
            broken = damages(engine)
        finally:
            engine.dispose()
    except FirstreplyError as error:
        yield failed("ledger", error, "Look at the file's rights and its disk, or at the database server")
        return
    for damage in broken:
        yield Finding(
            "problem", "ledger", f"damaged: {damage}", "Stop the daemon and restore the last backup"
        )
    if there is not None and there > wanted:
        said = f"its tables are of version {there}, this program is made for {wanted}"
        yield Finding("problem", "ledger", said, "Install the newer firstreply again")
    elif not broken:
        later = "" if there == wanted else f"; the next start brings its tables to version {wanted}"
        yield Finding("ok", "ledger", f"whole, version {there}{later}")


def refused(settings: Settings, box: MailboxSettings, now: datetime) -> Iterator[Finding]:
    """What Amazon said of our answers in the last month."""
    if not ledger_exists(settings):
        return
    try:
        engine = open_engine(settings.ledger)
        try:
            count = undelivered(engine, box.mailbox.name, now - MONTH)
        finally:
            engine.dispose()
    except FirstreplyError:
        return  # the ledger's own finding says why
    if count:
        yield Finding(
            "problem",
            f"{box.mailbox.name}: sender",
            f"{count} answers of the last 30 days were reported as not delivered",
            f"Approve {box.mailbox.address} in Seller Central: Settings > Messaging permissions",
        )


def secrets(box: MailboxSettings) -> Iterator[Finding]:
    """Whether every secret can be read, and by nobody else."""
    sources: list[tuple[str, Callable[[], object]]] = []
    for key, server in (("imap", box.imap), ("smtp", box.smtp)):
        if server.password is not None and server.renew is None:
            sources.append((key, server.password))
    if box.tokens is not None:
        sources.append(("oauth", box.tokens.prove))
    for key, read in sources:
        subject = f"{box.mailbox.name}: secret of {key}"
        try:
            read()
        except ConfigurationError as error:
            yield failed(subject, error, "")
        else:
            yield Finding("ok", subject, "is there")


def templates(settings: Settings) -> Iterator[Finding]:
    """Whether every template renders."""
    problems = check_templates(
        template_folders(settings), settings.playbook.templates, settings.playbook.severities
    )
    for item in problems:
        yield Finding("problem", "templates", f"{_place(item)}: {item.text}", item.remedy)
    if not problems:
        yield Finding("ok", "templates", "all render in every language, with all facts and with none")


def library(settings: Settings) -> Iterator[Finding]:
    """Whether catalogue, manuals and knowledge base can be used."""
    found, problems = load_library(settings.library, settings.playbook.attached)
    for item in problems:
        yield Finding("problem", "library", f"{_place(item)}: {item.text}", item.remedy)
    products, passages = len(found.catalogue.products), len(found.knowledge.passages)
    yield Finding("ok", "library", f"{products} products in the catalogue, {passages} answers to questions")


def _place(problem: Problem) -> str:
    return f"{problem.file}, line {problem.line}" if problem.line else problem.file
