"""From a folded word to its meanings: the lexicon as dictionaries.

Promises: one dictionary lookup for most words, a bounded number of them for any word, whatever its length;
pure, apart from a bounded memory of words already seen.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from daemon.desk.policy_lexicon import LEXICON
from daemon.desk.policy_lexicon_topics import TOPICS

CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff々〇]")
HEAD: Final = 1 << 60
"""A word with which a phrase of the lexicon begins."""

_LONGEST = 40
_STEM = 20

_Words = dict[str, int]
_exact: _Words = {}
_stems: _Words = {}
_ends: _Words = {}
_phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
_marks: dict[str, list[tuple[str, int]]] = {}


def _spellings(entry: str) -> Iterator[str]:
    yield entry
    plain = entry.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    if plain != entry:
        yield plain


def _enter(entry: str, meaning: int) -> None:
    if CJK.search(entry):
        _marks.setdefault(entry[:2], []).append((entry, meaning))
    elif "_" in entry:
        head, *rest = entry.split("_")
        _phrases.setdefault(head, []).append((tuple(rest), meaning))
        _exact[head] = _exact.get(head, 0) | HEAD
    else:
        table = _stems if entry.endswith("*") else _ends if entry.startswith("*") else _exact
        word = entry.strip("*")
        table[word] = table.get(word, 0) | meaning


for _meaning, _entries in (*LEXICON.items(), *TOPICS.items()):
    for _entry in _entries.split():
        for _spelling in _spellings(_entry):
            _enter(_spelling, _meaning)

MARK: Final = re.compile("[" + "".join(sorted({re.escape(key[0]) for key in _marks})) + "]")
"""First characters of the Japanese and Chinese entries."""


@lru_cache(maxsize=16_384)
def meaning_of(word: str) -> int:
    """The meanings of one folded word; 0 for a word that says nothing to any rule."""
    if len(word) > _LONGEST:
        return 0
    found = _exact.get(word, 0)
    for length in range(3, min(len(word), _STEM) + 1):
        found |= _stems.get(word[:length], 0) | _ends.get(word[-length:], 0)
    return found


def phrases_from(word: str) -> list[tuple[tuple[str, ...], int]]:
    """The phrases that begin with `word`: their other words, and what they mean."""
    return _phrases.get(word, [])


def marks_at(text: str, position: int) -> int:
    """The length and meanings of the entries that begin at `position` of a text; 0 for none.

    Encoded as one number, meanings shifted left by 8 above the length of the longest entry.
    """
    found = longest = 0
    for key in (text[position], text[position : position + 2]):
        for entry, meaning in _marks.get(key, ()):
            if text.startswith(entry, position):
                found |= meaning
                longest = max(longest, len(entry))
    return found << 8 | longest
