"""PG08 to PG13: reviews, ratings, stars and feedback.

Promises: works on a reading from which harmless words of review are gone; each rule reports a sentence at
most once; linear time, since distances are taken between neighbours or inside bounded windows.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from typing import Final

from daemon.desk import policy_meanings as lex
from daemon.desk.policy_change import Change
from daemon.desk.policy_model import Hit, Outgoing, Severity
from daemon.desk.policy_neutral import NAMES, without_harmless
from daemon.desk.policy_praise import Place, asks_despite_thanks, gating, positive
from daemon.desk.policy_text import Reading, Sentence

_PAID_WINDOW: Final = 90
_ASK_WINDOW: Final = 45
_FOR_STARS = re.compile(
    r"\b(?:for|für|pour|por|per)\s(?:(?:your|ihre|vos|sus|le)\s)?\w{1,8}[ -]"
    r"(?:stars?|sterne|etoiles|estrellas|stelle)\b"
)
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?(?:€|\$|£|¥|eur\b|usd\b|gbp\b|dollars?\b|euros?\b|pounds?\b|元|円|块)")
_STARS_CJK = re.compile(
    r"[1-5一二两兩三四五満满全]\s?(?:つ|颗|顆|個|个)?\s?星(?!期)|星\s?[1-5一二三四五](?:つ|個|个)?|★|⭐|☆"
)


def check(reading: Reading, outgoing: Outgoing) -> Iterator[Hit]:
    """All findings of PG08 to PG13."""
    if not reading.meanings & NAMES and not (reading.cjk and _STARS_CJK.search(reading.folded)):
        return
    seen = without_harmless(reading)
    told: set[int] = set()
    rules = (
        ("pg08_paid_review", _paid(seen)),
        ("pg09_change_review", Change(seen, lex.REVIEW | lex.STARS, clause=False).places()),
        ("pg09_change_review", _changed_comments(seen)),
        ("pg10_change_feedback", Change(seen, lex.FEEDBACK, clause=True).places()),
        ("pg11_positive_review", positive(seen)),
        ("pg12_review_gating", gating(seen)),
    )
    for slug, places in rules:
        for sentence, start, end in places:
            told.add(sentence.start)
            yield Hit(slug, seen.excerpt(start, end))
    yield from _words(seen, outgoing, told)


def _near(
    reading: Reading, sentence: Sentence, first: int, second: int, window: int
) -> tuple[int, int] | None:
    """Start and end of a word meaning `first` and one meaning `second` within `window`, in either order."""
    words = reading.words
    last: dict[int, int] = {}
    for index in sentence.indices:
        meaning = words.meanings[index]
        for own, other in ((first, second), (second, first)):
            if meaning & own:
                before = last.get(other)
                if before is not None and words.starts[index] - words.ends[before] <= window:
                    return words.starts[before], words.ends[index]
        for own in (first, second):
            if meaning & own:
                last[own] = index
    return None


# --- PG08 -------------------------------------------------------------------------------------------------


def _paid(reading: Reading) -> Iterator[Place]:
    for sentence in reading.sentences:
        said = sentence.meanings
        names = lex.REVIEW | lex.FEEDBACK
        if said & (lex.LEAVE | lex.CHANGE | lex.EXCHANGE):
            names |= lex.COMMENT | lex.STARS
        elif said & lex.GIFT:
            names |= lex.COMMENT | (
                lex.STARS if _FOR_STARS.search(reading.folded, sentence.start, sentence.end) else 0
            )
        if not said & names:
            continue
        found = None
        if said & (lex.REFUND | lex.GIFT | lex.EXCHANGE | lex.REPLACE) and not _thanked(said):
            found = _near(reading, sentence, lex.REFUND | lex.GIFT | lex.EXCHANGE, names, _PAID_WINDOW)
            found = found or _replacement_before(reading, sentence, names)
        if found is None and said & lex.OFFER:
            found = _money(reading, sentence, names)
        if found is not None:
            yield sentence, *found


def _thanked(said: int) -> bool:
    """Whether no condition is named: "thank you for the feedback, the refund is on its way"."""
    condition = lex.IF | lex.LEAVE | lex.CHANGE | lex.GIFT | lex.EXCHANGE | lex.REVIEW
    return bool(said & lex.THANKS) and not said & condition


def _replacement_before(reading: Reading, sentence: Sentence, names: int) -> tuple[int, int] | None:
    words = reading.words
    last = None
    for index in sentence.indices:
        near = last is not None and words.starts[index] - words.ends[last] <= _PAID_WINDOW
        if near and last is not None and words.meanings[index] & names:
            return words.starts[last], words.ends[index]
        if words.meanings[index] & lex.REPLACE:
            last = index
    return None


def _money(reading: Reading, sentence: Sentence, names: int) -> tuple[int, int] | None:
    words = reading.words
    amounts = iter(_MONEY.finditer(reading.folded, sentence.start, sentence.end))
    amount = next(amounts, None)
    for index in sentence.indices:
        if not words.meanings[index] & names:
            continue
        while amount is not None and amount.end() < words.starts[index] - _PAID_WINDOW:
            amount = next(amounts, None)
        if amount is not None and amount.start() - words.ends[index] <= _PAID_WINDOW:
            return min(amount.start(), words.starts[index]), max(amount.end(), words.ends[index])
    return None


# --- PG09, the weaker words -------------------------------------------------------------------------------


def _changed_comments(reading: Reading) -> Iterator[Place]:
    """A "comment" is a review when it is called negative, or the product or Amazon is named beside it."""
    for sentence, start, end in Change(reading, lex.COMMENT, clause=False).places():
        about = reading.folded[sentence.start : sentence.end]
        if (
            sentence.meanings & (lex.NEGATIVE | lex.AMAZON)
            or "produ" in about
            or "商品" in about
            or "产品" in about
        ):
            yield sentence, start, end


# --- PG13 -------------------------------------------------------------------------------------------------


def _words(reading: Reading, outgoing: Outgoing, told: set[int]) -> Iterator[Hit]:
    """At most one finding for a request and one for a mere word; a second request to an order is blocked."""
    mention: tuple[int, int] | None = None
    for sentence in reading.sentences:
        place = _named(reading, sentence)
        if place is None:
            continue
        if outgoing.requested_review_before and _requested(reading, sentence):
            yield Hit(
                "pg13_review_word",
                reading.excerpt(*place),
                Severity.BLOCK,
                "The order has had its one request for a review already. Take this one out.",
            )
            return
        if mention is None and sentence.start not in told:
            mention = place
    if mention is not None:
        yield Hit("pg13_review_word", reading.excerpt(*mention))


def _named(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    words = reading.words
    if sentence.meanings & NAMES:
        for index in sentence.indices:
            if words.meanings[index] & NAMES:
                return words.starts[index], words.ends[index]
    match = _STARS_CJK.search(reading.folded, sentence.start, sentence.end)
    return None if match is None else match.span()


def _requested(reading: Reading, sentence: Sentence) -> bool:
    if sentence.meanings & lex.THANKS and not asks_despite_thanks(reading, sentence):
        return False
    return (
        _near(reading, sentence, NAMES, lex.LEAVE | lex.ASK | lex.WISH | lex.CHANGE, _ASK_WINDOW) is not None
    )
