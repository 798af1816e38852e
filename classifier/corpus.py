"""Training texts: the shipped corpus and what agents taught, joined to one list of rows.

Promises: a row that breaks the rules is reported with its file and line; nothing is skipped silently.
Seller labels are data of the ledger; this module only joins them: the last correction of a message wins, and
the same text taught twice counts once.

Errors: `CorpusError`, `OSError`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from classifier.document import Document, plain
from classifier.errors import CorpusError
from classifier.labels import CAUSES, LABELS

CORPUS: Final = Path(__file__).with_name("corpus")
_FIELDS: Final = frozenset({"id", "situation", "label", "lang", "style", "text"})
_OPTIONAL: Final = frozenset({"subject", "cause"})
_SEEN_IN_SPAN: Final = 16
CORRECTION: Final = "correction"
CONFIRMATION: Final = "confirmation"
"""The styles of what agents taught."""


@dataclass(frozen=True, slots=True)
class SellerLabel:
    """One label an agent gave: a correction, or (`confirmed`) the silent confirmation of ours."""

    text: str
    label: str
    message_key: str
    at: datetime
    subject: str = ""
    language: str | None = None
    weight: float = 1.0
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One text to learn from. Rows of one `group` never lie on both sides of a fold."""

    document: Document
    label: str
    group: str
    weight: float = 1.0
    style: str = ""
    seller: bool = False
    cause: str | None = None
    also: str | None = None
    """A second label that counts as correct; only evaluation texts have one."""

    @property
    def key(self) -> str:
        """Names the text without showing it."""
        text = f"{self.document.subject}\n{self.document.text}"
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_SEEN_IN_SPAN]

    @property
    def number(self) -> int:
        """The label's place in `LABELS`."""
        return LABELS.index(self.label)


def _row(raw: object, where: str) -> Row:
    if not isinstance(raw, dict):
        raise CorpusError(f"{where}: not a JSON object")
    missing, unknown = _FIELDS - raw.keys(), raw.keys() - _FIELDS - _OPTIONAL
    if missing or unknown:
        raise CorpusError(f"{where}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    if raw["label"] not in LABELS:
        raise CorpusError(f"{where}: {raw['label']!r} is no label")
    if (raw["label"] == "negative_review") != (raw.get("cause") in CAUSES):
        raise CorpusError(f"{where}: a negative_review, and only it, has a cause out of {', '.join(CAUSES)}")
    return Row(
        Document(raw["text"], raw.get("subject", ""), raw["lang"]),
        raw["label"],
        f"{raw['lang']}/{raw['situation']}",
        style=raw["style"],
        cause=raw.get("cause"),
    )


def _lines(path: Path) -> Iterator[tuple[str, object]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                yield f"{path.name}:{number}", json.loads(line)
            except ValueError as error:
                raise CorpusError(f"{path.name}:{number}: {error}") from error


def read_corpus(directory: Path = CORPUS) -> list[Row]:
    """All rows of the `*.jsonl` files of a folder, by file name; `CorpusError` if there is none."""
    rows = [_row(raw, where) for path in sorted(directory.glob("*.jsonl")) for where, raw in _lines(path)]
    if not rows:
        raise CorpusError(f"{directory} holds no training texts")
    return rows


def read_evaluation(path: Path) -> list[Row]:
    """Rows of an evaluation file: `text`, `label`; if known `subject`, `alt_label`, `lang`, `style`.

    A file that `firstreply labels export --with-text` wrote is one too (`language` for `lang`).
    """
    rows = []
    for where, raw in _lines(path):
        if (
            not isinstance(raw, dict)
            or not isinstance(raw.get("text"), str)
            or raw.get("label") not in LABELS
        ):
            raise CorpusError(f"{where}: needs a text and one of the labels {', '.join(LABELS)}")
        document = Document(raw["text"], raw.get("subject") or "", raw.get("lang") or raw.get("language"))
        rows.append(
            Row(document, raw["label"], where, style=raw.get("style") or "", also=raw.get("alt_label"))
        )
    return rows


def seller_rows(labels: Iterable[SellerLabel]) -> list[Row]:
    """Rows of what agents taught: one a message and one a text, the latest, corrections before confirmations.

    `CorpusError` for a label that is none, or a weight outside 0 to 10.
    """
    by_message: dict[str, SellerLabel] = {}
    for label in sorted(labels, key=lambda taught: (not taught.confirmed, taught.at)):
        if label.label not in LABELS or not 0 <= label.weight <= 10:  # noqa: PLR2004 - said in the docstring
            raise CorpusError(
                f"label {label.label!r} of weight {label.weight} for message {label.message_key}"
            )
        by_message.pop(label.message_key, None)
        by_message[label.message_key] = label
    by_text = {f"{plain(taught.subject)}\n{plain(taught.text)}": taught for taught in by_message.values()}
    return [
        Row(
            Document(taught.text, taught.subject, taught.language),
            taught.label,
            f"seller/{taught.message_key}",
            taught.weight,
            style=CONFIRMATION if taught.confirmed else CORRECTION,
            seller=True,
        )
        for taught in by_text.values()
        if taught.weight > 0 and taught.text.strip()
    ]
