"""PG11 and PG12: asking for praise, and asking happy buyers only.

Promises: a sentence is reported once by each rule; "thank you for your positive review" is a mention, no
request; linear time, since every look around a word is bounded.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from typing import Final

from daemon.desk import policy_meanings as lex
from daemon.desk.policy_change import POSSESSIVE
from daemon.desk.policy_text import Reading, Sentence

_ASK_WINDOW: Final = 45
_JAPANESE_WINDOW: Final = 20
_BESIDE: Final = 30
_AROUND: Final = 15
_SUBJECTS: Final = frozenset({"we", "wir", "you", "i", "ich"})
_QUESTION: Final = 120
_ALL_STARS_CJK = re.compile(r"[5五満满全]\s?(?:つ|颗|顆|個|个)?\s?星(?!期)|星\s?[5五](?:つ|個|个)?|[★⭐]{4}")
_HOPE = re.compile(
    r"\b(?:hop(?:e|ing)|look\w{0,3} forward|count(?:ing)? on|await\w{0,3}|hoffen|zählen auf"
    r"|esper\w{1,6}|compt(?:ons|e)"
    r"|sper\w{1,6}|confid\w{1,6}|contamos|contiamo)\b|期待|希望|盼|お待ち|お願い"
)
_ADVANCE = re.compile(r"\b(?:advance|voraus|avance|anticipo|antemano|anticipadas)\b|提前|预先|預先")
_IF_SO = re.compile(
    r"\s*(?:if so|if yes|in that case|then|wenn ja|falls ja|dann|si oui|si c'est le cas|alors|si es "
    r"asi|en ese caso|entonces|se si|in tal caso|allora|もしそう|その場合|如果是|那么|那就)"
)
_NO_SUBJECT = POSSESSIVE | {"ne"}
Place = tuple[Sentence, int, int]
"""A sentence, and start and end of what was found in it."""


# --- PG11 -------------------------------------------------------------------------------------------------


def positive(reading: Reading) -> Iterator[Place]:
    """The places where PG11 fires."""
    for sentence in reading.sentences:
        said = sentence.meanings
        if not said & (lex.POSITIVE | lex.STARS) and not reading.cjk:
            continue
        if said & lex.THANKS and not asks_despite_thanks(reading, sentence):
            continue
        place = _praise(reading, sentence) or _stars(reading, sentence)
        if place is not None:
            yield sentence, *place


def asks_despite_thanks(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence that thanks also asks: a condition, "please leave", "in advance"."""
    said = sentence.meanings
    if said & lex.IF or (said & lex.ASK and said & lex.LEAVE):
        return True
    return _ADVANCE.search(reading.folded, sentence.start, sentence.end) is not None


def _praise(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    """A praising word beside a word of review; "your positive review" alone is a mention, no request."""
    words = reading.words
    names = lex.REVIEW | lex.FEEDBACK | lex.COMMENT
    if not (sentence.meanings & lex.POSITIVE and sentence.meanings & names):
        return None
    asked = bool(sentence.meanings & (lex.ASK | lex.LEAVE | lex.IF)) or (
        _HOPE.search(reading.folded, sentence.start, sentence.end) is not None
    )
    for index in sentence.indices:
        if not words.meanings[index] & names:
            continue
        for other in range(max(sentence.first, index - 3), min(sentence.last, index + 3)):
            if (
                words.meanings[other] & lex.POSITIVE
                and abs(words.starts[other] - words.starts[index]) <= _BESIDE
            ):
                low, high = min(other, index), max(other, index)
                if asked or low == sentence.first or not words.meanings[low - 1] & lex.YOU:
                    return words.starts[low], words.ends[high]
    return None


def _stars(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    words = reading.words
    if sentence.meanings & lex.STARS and sentence.meanings & lex.ALL:
        for index in sentence.indices:
            all_stars = words.meanings[index] & lex.STARS and _all_of(reading, sentence, index)
            if all_stars and _wanted(reading, sentence, index):
                return words.starts[max(sentence.first, index - 1)], words.ends[index]
    if reading.cjk or "★" in reading.folded:
        match = _ALL_STARS_CJK.search(reading.folded, sentence.start, sentence.end)
        asked = lex.REVIEW | lex.LEAVE | lex.ASK | lex.WISH
        if match is not None and sentence.meanings & asked:
            return match.start(), match.end()
    return None


def _all_of(reading: Reading, sentence: Sentence, stars: int) -> bool:
    words = reading.words
    before = range(max(sentence.first, stars - 2), stars)
    return any(words.meanings[index] & lex.ALL for index in before) or words.texts[stars].startswith(
        ("fünf", "fuenf")
    )


def _wanted(reading: Reading, sentence: Sentence, stars: int) -> bool:
    """A word of review close behind, or a wish or an act of giving around the stars that is not our own."""
    words = reading.words
    for index in range(max(sentence.first, stars - _AROUND), min(sentence.last, stars + _AROUND)):
        meaning = words.meanings[index]
        if index == stars or not meaning & (lex.LEAVE | lex.WISH | lex.REVIEW):
            continue
        distance = max(words.starts[index] - words.ends[stars], words.starts[stars] - words.ends[index])
        own = (
            index > sentence.first and words.texts[index - 1] in _SUBJECTS and not sentence.meanings & lex.IF
        )
        if distance <= _ASK_WINDOW and not (own and meaning & lex.LEAVE):
            return True
    return False


# --- PG12 -------------------------------------------------------------------------------------------------


def gating(reading: Reading) -> Iterator[Place]:
    """The places where PG12 fires."""
    happy: Sentence | None = None
    for sentence in reading.sentences:
        said = sentence.meanings
        names = lex.REVIEW | lex.FEEDBACK | lex.COMMENT
        if said & lex.LEAVE:
            names |= lex.STARS
        if said & names and (said & lex.IF) and said & (lex.HAPPY | lex.UNHAPPY):
            place = _if_happy(reading, sentence)
            if place is not None:
                yield sentence, *place
        elif happy is not None and _follows_up(reading, happy, sentence):
            yield sentence, happy.start, sentence.end
        happy = sentence if said & lex.HAPPY and not said & lex.NOT else None


def _follows_up(reading: Reading, happy: Sentence, sentence: Sentence) -> bool:
    """Whether two sentences gate: "Happy with the lamp? Leave a review!"."""
    said = sentence.meanings
    if not (said & (lex.REVIEW | lex.STARS | lex.COMMENT) and said & (lex.LEAVE | lex.ASK | lex.WISH)):
        return False
    return _asked(reading, happy) or _IF_SO.match(reading.folded, sentence.start) is not None


def _asked(reading: Reading, sentence: Sentence) -> bool:
    """Whether a short sentence ends as a question: "Happy with the lamp?"."""
    tail = reading.folded[max(sentence.start, sentence.end - 3) : sentence.end + 1]
    return "?" in tail and sentence.end - sentence.start <= _QUESTION


def _if_happy(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    words = reading.words
    condition: int | None = None
    for index in sentence.indices:
        meaning = words.meanings[index]
        if meaning & lex.IF:
            condition = index
        happy = meaning & lex.HAPPY and not _other_sense(reading, sentence, index)
        if happy and (condition is not None or _condition_follows(reading, sentence, index)):
            return words.starts[index if condition is None else condition], words.ends[index]
        if meaning & (lex.UNHAPPY | lex.HAPPY) and condition is not None and sentence.meanings & lex.BEFORE:
            return words.starts[condition], words.ends[index]
    return None


def _condition_follows(reading: Reading, sentence: Sentence, happy: int) -> bool:
    """Japanese puts the condition behind: 満足いただけましたら."""
    words = reading.words
    for index in range(happy + 1, sentence.last):
        if words.starts[index] - words.ends[happy] > _JAPANESE_WINDOW:
            return False
        if words.meanings[index] & lex.IF and words.texts[index][0] > "\u3000":
            return True
    return False


def _other_sense(reading: Reading, sentence: Sentence, happy: int) -> bool:
    """Not happy, we are happy, s'il vous plaît."""
    words = reading.words
    if words.texts[happy][0] > "\u3000":
        before = reading.folded[max(0, words.starts[happy] - 1) : words.starts[happy]]
        after = reading.folded[words.ends[happy] : words.ends[happy] + 8]
        return before == "不" or "ない" in after or "ません" in after
    before_it = range(max(sentence.first, happy - 3), happy)
    if any(
        words.meanings[index] & (lex.NOT | lex.WE) and words.texts[index] not in _NO_SUBJECT
        for index in before_it
    ):
        return True
    return words.texts[happy] == "plait" and words.texts[max(0, happy - 3) : happy] == ["s", "il", "vous"]
