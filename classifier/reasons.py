"""What a product issue is about: one reason out of a closed list, by the words of seven languages.

Promises: pure; of a text the first `LOOKED_AT` characters are read; whatever it says, the answer is one of
`REASONS`. The reason that most different words speak for wins; of two with the same number the one that
stands first in `REASONS`, where the surer ones are.

Errors: none.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from classifier.document import plain
from classifier.lexicon import UNSPACED

OTHER: Final = "other"
"""No word speaks for any reason."""
REASONS: Final = (
    "wrong_item",
    "missing_part",
    "not_as_described",
    "broken_or_damaged",
    "poor_quality",
    "does_not_work",
    OTHER,
)
LOOKED_AT: Final = 4_000
_FILE: Final = Path(__file__).with_name("reasons.txt")
_WITHIN: Final = "[^.!?]{0,30}?"
_APOSTROPHE: Final = re.compile("[\u2018\u2019\u00b4`]")


def _pattern(word: str) -> str:
    """One entry of the file as a regular expression."""
    return re.escape(word).replace("_", r"[\s,]+").replace(r"\.\.", rf"\b{_WITHIN}\b").replace(r"\*", r"\w*")


def _any_of(words: Iterable[str]) -> str:
    """One of these entries, tried only where its first letter stands: a twentieth of the time."""
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[0], []).append(_pattern(word[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(ends)})" for letter, ends in by_letter.items())


def _read(source: str) -> Mapping[str, re.Pattern[str]]:
    words: dict[str, list[str]] = {name: [] for name in REASONS[:-1]}
    for line in source.splitlines():
        if line and not line.startswith("#"):
            reason, _, entries = line.partition(": ")
            words[reason] += plain(entries).split()
    return {name: re.compile(_one_of(dict.fromkeys(found))) for name, found in words.items()}


def _one_of(words: Iterable[str]) -> str:
    signs = [word for word in words if UNSPACED.match(word)]
    spaced = [word for word in words if not UNSPACED.match(word)]
    return rf"\b(?:{_any_of(spaced)})\b|(?:{_any_of(signs)})"


@functools.cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return _read(_FILE.read_text("utf-8"))


def reason_of(text: str) -> str:
    """Which of `REASONS` a buyer's words name."""
    words = _APOSTROPHE.sub("'", plain(text[:LOOKED_AT]))
    found = {name: len(set(pattern.findall(words))) for name, pattern in _patterns().items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] else OTHER
