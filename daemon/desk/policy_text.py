"""Reading the text once for all rules: folded, cut into sentences and words, each with its meanings.

Promises: linear in the length of the text. `folded` has lower case, no Romance accents, plain dashes and
apostrophes, no invisible characters, and exactly the length of `plain`, so that an excerpt can be cut from
`plain` at the same place.

Errors: none leave this module.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from daemon.desk.policy_words import CJK, HEAD, MARK, marks_at, meaning_of, phrases_from

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]")
_KEPT_MARKS = "äöü"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


def _fold_table() -> dict[int, str]:
    table = {ord(dash): "-" for dash in _DASHES} | {
        ord("\u2018"): "'",
        ord("\u2019"): "'",
        ord("\u201b"): "'",
        ord("\u0131"): "i",
    }
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        char = chr(code)
        base = unicodedata.normalize("NFD", char)[0]
        if char not in _KEPT_MARKS and base != char and base.isascii():
            table[code] = base
    return table


_FOLD: Final = _fold_table()
_WORD = re.compile("[0-9a-zß-öø-ɏ]+")
_END = re.compile(
    "[.!?…](?=[\"')\\]»”]{0,3}(?:\\s|$))|[。！？!?](?=[\u3040-\u30ff\u3400-\u9fff])|[。]|\\n[ \\t]{0,80}\\n"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[a-z]|ca|nr|no|bspw|bzw|usw|evtl|ggf|inkl|approx|mr|mrs|ms|dr|mme|sr|sra|sig|max|min|vs))$"
)
EXCERPT = 80
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a stretch of text in order: where each begins and ends, how it reads, what it means."""

    starts: list[int]
    ends: list[int]
    texts: list[str]
    meanings: list[int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its place in the text, the indices of its words, all their meanings together."""

    start: int
    end: int
    first: int
    last: int
    meanings: int

    @property
    def indices(self) -> range:
        """The indices of the sentence's words."""
        return range(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the rules see it; `meanings` is all that any word of it says."""

    raw: str
    plain: str
    folded: str
    words: Words
    sentences: tuple[Sentence, ...]
    meanings: int
    cjk: bool

    def excerpt(self, start: int, end: int) -> str:
        """The words around a place, on one line, at most 80 characters or as long as the place itself."""
        margin = max(0, EXCERPT - (end - start)) // 2
        cut = self.plain[max(0, start - margin) : min(end, start + 2 * EXCERPT) + margin]
        return " ".join(cut.split())[: 2 * EXCERPT]


def plain_of(text: str) -> str:
    """The text in compatibility form (full-width letters become plain ones) without invisible characters."""
    if text.isascii():
        return text.replace("\r\n", "\n").replace("\r", "\n")
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return composed.replace("\r\n", "\n").replace("\r", "\n").replace("\u0130", "I")


def fold(plain: str) -> str:
    """Lower case without Romance accents; `plain` must come from `plain_of`, the length stays the same."""
    lower = plain.lower()
    return lower if lower.isascii() else lower.translate(_FOLD)


def read(text: str) -> Reading:
    """Read a text once for all rules."""
    plain = plain_of(text)
    folded = fold(plain)
    words = _latin(folded)
    cjk = not folded.isascii() and CJK.search(folded) is not None
    if cjk:
        words = _merged(words, folded)
    sentences = tuple(_sentences(folded, words))
    union = 0
    for sentence in sentences:
        union |= sentence.meanings
    return Reading(text, plain, folded, words, sentences, union, cjk)


def _latin(folded: str) -> Words:
    starts: list[int] = []
    ends: list[int] = []
    texts: list[str] = []
    meanings: list[int] = []
    heads = False
    for match in _WORD.finditer(folded):
        word = match[0]
        meaning = meaning_of(word)
        heads = heads or meaning >= HEAD
        starts.append(match.start())
        ends.append(match.end())
        texts.append(word)
        meanings.append(meaning)
    if heads:
        _add_phrases(texts, meanings)
    return Words(starts, ends, texts, meanings)


def _add_phrases(texts: list[str], meanings: list[int]) -> None:
    """Give the first word of each phrase the phrase's meanings."""
    for index, meaning in enumerate(meanings):
        if meaning >= HEAD:
            meanings[index] = meaning & ~HEAD
            for rest, more in phrases_from(texts[index]):
                if tuple(texts[index + 1 : index + 1 + len(rest)]) == rest:
                    meanings[index] |= more


def _merged(latin: Words, folded: str) -> Words:
    """Latin words and Japanese or Chinese entries in one order; the latter may overlap each other."""
    rows = list(zip(latin.starts, latin.ends, latin.texts, latin.meanings, strict=True))
    for match in MARK.finditer(folded):
        start = match.start()
        found = marks_at(folded, start)
        if found:
            end = start + (found & 0xFF)
            rows.append((start, end, folded[start:end], found >> 8))
    rows.sort(key=lambda row: row[0])
    return Words(
        [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows]
    )


def _sentences(folded: str, words: Words) -> Iterator[Sentence]:
    start = first = 0
    for end in _ends(folded):
        last = bisect_left(words.starts, end, first)
        union = 0
        for index in range(first, last):
            union |= words.meanings[index]
        if last > first or end - start > _SHORTEST:
            yield Sentence(start, end, first, last, union)
        start, first = end, last


def _ends(folded: str) -> Iterator[int]:
    for match in _END.finditer(folded):
        if match[0] == "." and _ABBREVIATION.search(folded, max(0, match.start() - 8), match.start()):
            continue
        yield match.end()
    yield len(folded)
