"""`firstreply lint`: the policy guard on a reply, before or after a person wrote it.

Promises: looks at the writer's own words; quoted lines are left out, as the daemon does. Without a
configuration the guard's own severities hold.

Errors: `PermanentError` for a file that cannot be read.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from daemon.commands.look import print_json
from daemon.desk.policy import Outgoing, Severity, as_json, blocks, examine
from daemon.errors import PermanentError
from daemon.mail.language import detect
from daemon.reply.copies import UnreadableCopyError, read_copy
from daemon.reply.flowed import unquoted
from daemon.settings import find, load


def lint(
    config: str | None, file: str, *, bare_text: bool, order: str | None, to: str | None, as_json_: bool
) -> int:
    """Print the findings; 1 when one of them blocks."""
    raw = _bytes(file)
    outgoing = _of_text(raw, order, to) if bare_text else _of_mail(raw, order, to)
    path = find(config)
    severities = load(path).playbook.severities if config or path.exists() else {}
    findings = examine(outgoing, {slug: Severity(severity) for slug, severity in severities.items()})
    if as_json_:
        print_json(as_json(findings))
    else:
        console = Console()
        for item in findings:
            mark = "[red]block[/]" if item.severity is Severity.BLOCK else "[yellow]warn[/]"
            console.print(f"{mark}  {item.rule}: {escape(item.message)}", highlight=False)
            if item.excerpt:
                console.print(f"       {item.excerpt}", style="dim", markup=False, highlight=False)
        if not findings:
            console.print("[green]ok[/]  no finding")
    return int(blocks(findings))


def _bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise PermanentError(
            f"{file}: cannot be read ({error.strerror}); name a file, or - for stdin"
        ) from error


def _of_text(raw: bytes, order: str | None, to: str | None) -> Outgoing:
    text = unquoted(raw.decode("utf-8", "replace").replace("\r\n", "\n"))
    return Outgoing(text=text, order_id=order, recipient=to, relay=to, reply_language=detect(text))


def _of_mail(raw: bytes, order: str | None, to: str | None) -> Outgoing:
    try:
        copy = read_copy(raw)
    except UnreadableCopyError as error:
        raise PermanentError(f"{error}; give --text for a bare body") from error
    return Outgoing(
        subject=copy.subject,
        text=copy.unquoted,
        attachments=tuple((item.name, item.type, item.size) for item in copy.attachments),
        recipient=", ".join(copy.recipients) or to,
        relay=to,
        order_id=order,
        reply_language=detect(copy.own_words),
    )
