"""Concepts: words of seven languages that mean the same, read from `lexicon.txt`.

Promises: read once, at import; the answers are the same for every process with the same file, and
`digest` names the file's content, so that a model knows which lexicon it was trained with.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from classifier.document import plain

_FILE: Final = Path(__file__).with_name("lexicon.txt")
_LONGEST_SIGN: Final = 8
_SHORTEST_STEM: Final = 2
UNSPACED: Final = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]+")
"""A run of a script that writes no spaces between words: Chinese, Japanese, Thai."""

Concepts = dict[str, tuple[str, ...]]


def _read(source: str) -> tuple[Concepts, Concepts, Concepts]:
    whole: Concepts = {}
    stems: Concepts = {}
    signs: Concepts = {}
    for line in source.splitlines():
        if not line or line.startswith("#"):
            continue
        concept, _, words = line.partition(": ")
        for word in plain(words).split():
            table = signs if UNSPACED.match(word) else stems if word.endswith("*") else whole
            key = word.rstrip("*")
            table[key] = (*table.get(key, ()), concept)
    return whole, stems, signs


_BYTES: Final = _FILE.read_bytes()
_WHOLE, _STEMS, _SIGNS = _read(_BYTES.decode("utf-8"))


def digest() -> str:
    """SHA-256 of the lexicon's file, in hexadecimal."""
    return hashlib.sha256(_BYTES).hexdigest()


def spans(run: str) -> list[tuple[str, tuple[str, ...]]]:
    """An unspaced run cut into the longest known words, from the left: (word, concepts or ())."""
    found: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    while at < len(run):
        for size in range(min(_LONGEST_SIGN, len(run) - at), 0, -1):
            concepts = _SIGNS.get(run[at : at + size])
            if concepts or size == 1:
                found.append((run[at : at + size], concepts or ()))
                at += size
                break
    return found


@lru_cache(maxsize=20_000)
def concepts_of(word: str) -> tuple[str, ...]:
    """The concepts of a levelled word, or of all known words in an unspaced run."""
    if UNSPACED.match(word):
        return tuple(concept for _, concepts in spans(word) for concept in concepts)
    found = list(_WHOLE.get(word, ()))
    for size in range(_SHORTEST_STEM, len(word) + 1):
        found += _STEMS.get(word[:size], ())
    return tuple(dict.fromkeys(found))
