"""The files of one model folder: the card, the digests, reading and checking.

Promises: `card.json` names the SHA-256 of every other file; a file is checked before it is read. Nothing
here runs code from a file: JSON and plain arrays only.

Errors: `ModelError` with the file and the remedy.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from classifier import lexicon
from classifier.errors import ModelError
from classifier.features import FEATURES_VERSION
from classifier.labels import LABELS

FORMAT: Final = 1
CARD: Final = "card.json"
LEAN: Final = "model.npz"
PIPELINE: Final = "model.skops"
EVALUATION: Final = "evaluation.json"
OUT_OF_FOLD: Final = "out_of_fold.json"
CONFUSION: Final = "confusion.png"
RELIABILITY: Final = "reliability.png"
_REMEDY: Final = "train again with `firstreply train` or go back with `firstreply train --rollback`"


@dataclass(frozen=True, slots=True)
class Card:
    """The model card. Times are RFC 3339 in UTC; `texts` by language; `labels_used`: the seller's."""

    version: str
    created: str
    temperature: float
    texts: dict[str, int]
    labels_used: int
    scikit_learn: str
    files: dict[str, str]
    scores: dict[str, float]
    format: int = FORMAT
    features: int = FEATURES_VERSION
    lexicon: str = field(default_factory=lexicon.digest)
    labels: tuple[str, ...] = LABELS
    purpose: str = (
        "Sorts messages of marketplace buyers to a small seller by what the buyer wants; a person decides."
    )
    limits: str = (
        "Trained on invented texts in English, German, French, Spanish, Italian, Japanese and Chinese and on"
        " the seller's own corrections. Other languages, sarcasm and mails with several wishes are often"
        " wrong: trust the confidence, and let a person approve."
    )


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_card(directory: Path, card: Card) -> None:
    """Write `card.json`; the last file of a version, so that a folder with a card is complete."""
    text = json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n"
    (directory / CARD).write_text(text, encoding="utf-8")


def _parse_card(path: Path) -> dict[str, Any]:
    try:
        parsed = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing: {_REMEDY}", reason="missing") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read ({error}): {_REMEDY}", reason="damaged") from error
    if not isinstance(parsed, dict):
        raise ModelError(f"{path} is no model card: {_REMEDY}", reason="damaged")
    return parsed


def read_card(directory: Path) -> Card:
    """The card of the model in `directory`, if this program can use that model; else `ModelError`."""
    path = directory / CARD
    parsed = _parse_card(path)
    mine = {
        "format": FORMAT,
        "features": FEATURES_VERSION,
        "lexicon": lexicon.digest(),
        "labels": list(LABELS),
    }
    for key, wanted in mine.items():
        if parsed.get(key) != wanted:
            raise ModelError(f"{path}: {key} is of another version of firstreply: {_REMEDY}", reason="format")
    try:
        card = Card(**{**parsed, "labels": LABELS})
        usable = float(card.temperature) > 0 and all(isinstance(value, str) for value in card.files.values())
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelError(f"{path} is no model card ({error}): {_REMEDY}", reason="damaged") from error
    if not usable:
        raise ModelError(f"{path} is no model card: {_REMEDY}", reason="damaged")
    return card


def check_file(directory: Path, card: Card, name: str) -> Path:
    """The path of a file whose content is what the card says; else `ModelError`."""
    path = directory / name
    try:
        found = digest(path)
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing: {_REMEDY}", reason="missing") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error}): {_REMEDY}", reason="damaged") from error
    if found != card.files.get(name):
        raise ModelError(
            f"{path} is not the file that was trained (SHA-256 differs): {_REMEDY}", reason="damaged"
        )
    return path
