"""Likeness: how much of a draft is left in what was sent, so that a seller sees which template to improve.

Promises: pure. Words are compared, not characters, so that a new line break is no change; what an agent's
mail client adds below the signature separator does not count. Quotes are the caller's to strip. The time is
bounded, whatever the texts: the longest common subsequence is found with one long integer as a row of bits
(Hyyrö 2004), where difflib would take a minute for a text of one repeated word.

Errors: none.
"""

import re
from collections import defaultdict
from enum import StrEnum

LIGHT, HEAVY = 0.8, 0.4
"""At least so much likeness makes an edit a light one, or a heavy one; below, the text is another."""
MOST_WORDS = 3_000
"""Of each text; no reply has as many."""
_WORDS = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]|[^\W\u3041-\u30ff\u3400-\u9fff]+|[^\w\s]")


class Outcome(StrEnum):
    """What became of a draft's text."""

    AS_IS = "as_is"
    LIGHT = "light"
    HEAVY = "heavy"
    REPLACED = "replaced"


def likeness(ours: str, sent: str) -> float:
    """The share of words that both texts have in the same order, 0 to 1."""
    left, right = _words(ours), _words(sent)
    whole = len(left) + len(right)
    return 2 * _common(left, right) / whole if whole else 1.0


def outcome_of(share: float) -> Outcome:
    """The outcome by the likeness."""
    if share == 1.0:
        return Outcome.AS_IS
    if share >= LIGHT:
        return Outcome.LIGHT
    return Outcome.HEAVY if share >= HEAVY else Outcome.REPLACED


def _common(left: list[str], right: list[str]) -> int:
    """The length of the longest common subsequence."""
    places: dict[str, int] = defaultdict(int)
    for place, word in enumerate(left):
        places[word] |= 1 << place
    all_ones = (1 << len(left)) - 1
    row = all_ones
    for word in right:
        hit = row & places.get(word, 0)
        row = ((row + hit) | (row - hit)) & all_ones
    return len(left) - row.bit_count()


def _words(text: str) -> list[str]:
    """Words and signs; Chinese and Japanese have no blanks, so that each character counts as a word."""
    return _WORDS.findall(re.split(r"(?m)^-- ?$", text, maxsplit=1)[0].casefold())[:MOST_WORDS]
