"""`firstreply labels list`, `… export`, `… import`: who said what a message is, and when.

Promises: a buyer's subject and words are shown only where `--with-text` asks for them. An import may be
repeated; bad lines are listed with file, line and remedy, and skipped. The daemon may run meanwhile.

Errors: `ConfigurationError` for a file that cannot be used, or where there is no ledger to look at.
"""

import contextlib
import getpass
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from daemon.commands.look import need_ledger, print_json
from daemon.errors import ConfigurationError
from daemon.ports.label_file import BadLine, LabelLine, read_labels
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.labels import Label, LabelBook, LabelSource, NewLabel, Outcome, in_force
from daemon.ports.ledger.store import writable
from daemon.settings import find, load

LINES = 1_000
"""Brought in with one transaction: a running daemon waits for tens of milliseconds, not for seconds."""
_NO_MESSAGE = "this ledger has no such message. Add its text, or export it with --with-text"
_HASH_SHOWN = 12
_PIPE_WIDTH = 140


def list_labels(config: str | None, *, with_text: bool, as_json: bool) -> int:
    """All labels, the newest last; those that a later one overruled are marked."""
    labels = _labels(config)
    counting = {id(label) for label in in_force(labels)}
    if as_json:
        rows = [{**_line(label, with_text=with_text), "in_force": id(label) in counting} for label in labels]
        print_json({"labels": rows})
        return 0
    table = Table()
    headings = ["when", "who", "label", "by", "weight", "message", "counts"]
    for heading in [*headings, "text"] if with_text else headings:
        table.add_column(heading, no_wrap=heading in {"when", "label", "by", "counts"}, overflow="fold")
    for label in labels:
        table.add_row(
            f"{label.at:%Y-%m-%d %H:%M}",
            label.who,
            label.scenario,
            label.source,
            f"{label.weight:g}",
            label.header_id or label.content_hash[:_HASH_SHOWN],
            "yes" if id(label) in counting else "overruled",
            *((label.text,) if with_text else ()),
        )
    console = Console(markup=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    console.print(table if labels else "No labels yet.")
    return 0


def export_labels(config: str | None, output: Path | None, *, with_text: bool) -> int:
    """The same as JSON Lines, on stdout or into a file that only its owner reads."""
    lines = [json.dumps(_line(label, with_text=with_text), ensure_ascii=False) for label in _labels(config)]
    if output is None:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return 0
    try:
        output.touch(mode=0o600)
        output.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"cannot be written ({error.strerror})", where=str(output), remedy="Name another file"
        ) from error
    return 0


def import_labels(config: str | None, files: Sequence[Path], *, who: str | None, as_json: bool) -> int:
    """Bring in labels from these files; 1 when a line could not be used."""
    settings, now = load(find(config)), datetime.now(UTC)
    person = who or getpass.getuser()
    writable(settings.state_dir)
    with contextlib.closing(Ledger.open(settings.ledger)) as ledger:
        told = [_import(ledger.labels, path, person, now) for path in files]
    if as_json:
        print_json({"files": told})
    else:
        for row in told:
            _show(row)
    return int(any(row["bad"] for row in told))


def _import(book: LabelBook, path: Path, who: str, now: datetime) -> dict[str, Any]:
    found = read_labels(path, now)
    bad = list(found.bad)
    outcomes: Counter[Outcome] = Counter()
    for start in range(0, len(found.good), LINES):
        some = found.good[start : start + LINES]
        done = book.bring_in([_new(line, who) for _, line in some], now)
        outcomes.update(done)
        pairs = zip(some, done, strict=True)
        bad += [
            BadLine(number, _NO_MESSAGE) for (number, _), outcome in pairs if outcome is Outcome.NO_MESSAGE
        ]
    return {
        "file": str(path),
        "recorded": outcomes[Outcome.RECORDED],
        "known": outcomes[Outcome.KNOWN],
        "bad": [{"line": row.line, "problem": row.problem} for row in sorted(bad, key=lambda row: row.line)],
    }


def _show(row: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    counted = f"{row['recorded']} labels recorded, {row['known']} known already, {len(row['bad'])} bad"
    console.print(f"{row['file']}: {counted}")
    for bad in row["bad"]:
        console.print(f"  {row['file']}:{bad['line']} skipped: {bad['problem']}")


def _new(line: LabelLine, who: str) -> NewLabel:
    return NewLabel(
        scenario=line.label,
        source=LabelSource.CONFIRMATION if line.source is LabelSource.CONFIRMATION else LabelSource.IMPORT,
        who=line.who or who,
        weight=line.weight,
        at=line.at,
        content_hash=line.content_hash,
        header_id=line.message_id,
        mailbox=line.mailbox,
        language=line.language,
        subject=line.subject,
        text=line.text,
    )


def _labels(config: str | None) -> list[Label]:
    """What was recorded, and what was confirmed by sending, the newest last."""
    settings = load(find(config))
    need_ledger(settings)
    with contextlib.closing(Ledger.open(settings.ledger)) as ledger:
        book = ledger.labels
        labels = [*book.recorded(), *book.confirmed(settings.confirmation_weight)]
    return sorted(labels, key=lambda label: label.at)


def _line(label: Label, *, with_text: bool) -> dict[str, Any]:
    """One label as an import reads it."""
    line = {
        "message_id": label.header_id or None,
        "content_hash": label.content_hash,
        "mailbox": label.mailbox or None,
        "label": label.scenario,
        "source": label.source,
        "who": label.who,
        # to the microsecond, so that an import knows its own export again
        "at": label.at.isoformat().replace("+00:00", "Z"),
        "weight": label.weight,
        "language": label.language,
    }
    return {**line, "subject": label.subject, "text": label.text} if with_text else line
