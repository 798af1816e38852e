"""What the model counts: words, pieces of words, signs and phrases of a marked text.

Promises: pure functions of a marked text's tokens, shared by training (as analyzers of scikit-learn's
vectorizers) and by serving; `FEATURES_VERSION` grows whenever one of them changes its answer.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from classifier.document import MARK
from classifier.lexicon import UNSPACED, concepts_of

FEATURES_VERSION: Final = 4
_TOKEN: Final = re.compile(rf"{MARK}\w+|[^\W_]+|[!?]+")
_ASCII_TOKEN: Final = re.compile(rf"{MARK}[a-z0-9]+|[a-z0-9]+|[!?]+")
_LONGEST_WORD: Final = 30
_LONGEST_RUN: Final = 2_000
_PIECES: Final = (2, 3, 4)
_RUN_WORDS: Final = (2, 3, 4)
_RUN_PIECES: Final = (1, 2, 3)
_OPENING: Final = 4
_NEGATION_REACH: Final = 4
_NEGATIONS: Final = frozenset({"not", "no", "t", "never", "without", "nothing", "none", "cant", "dont"})


def tokens_of(marked: str) -> list[str]:
    """Words, unspaced runs, groups of ! and ?, and markers, in their order."""
    if marked.isascii():
        return [token[:_LONGEST_WORD] for token in _ASCII_TOKEN.findall(marked)]
    found = _TOKEN.findall(marked)
    if not UNSPACED.search(marked):
        return [token[:_LONGEST_WORD] for token in found]
    tokens: list[str] = []
    for token in found:
        if token.isascii() or not UNSPACED.search(token):
            tokens.append(token[:_LONGEST_WORD])
        else:
            tokens += _split_scripts(token)
    return tokens


def _split_scripts(token: str) -> list[str]:
    parts: list[str] = []
    at = 0
    for run in UNSPACED.finditer(token):
        if run.start() > at:
            parts.append(token[at : run.start()][:_LONGEST_WORD])
        parts.append(run[0][:_LONGEST_RUN])
        at = run.end()
    if at < len(token):
        parts.append(token[at:][:_LONGEST_WORD])
    return parts


def is_run(token: str) -> bool:
    """Whether the token is a run of an unspaced script."""
    return token[0] > "\u0dff" and UNSPACED.match(token) is not None


def _grams(text: str, sizes: Sequence[int]) -> list[str]:
    return [text[at : at + size] for size in sizes for at in range(len(text) - size + 1)]


def words_of(tokens: Sequence[str]) -> list[str]:
    """Words and pairs of neighbours; of unspaced runs, two to four signs."""
    found: list[str] = []
    before = ""
    for token in tokens:
        if token[0] == MARK:
            break
        if is_run(token):
            found += _grams(token, _RUN_WORDS)
            before = ""
            continue
        found.append(token)
        if before:
            found.append(f"{before} {token}")
        before = token
    return found


@lru_cache(maxsize=20_000)
def pieces_of_word(token: str) -> tuple[str, ...]:
    """Two to four characters in a row, the word's edges shown as spaces; one to three of an unspaced run."""
    if token[0] == MARK:
        return ()
    if is_run(token):
        return tuple(_grams(token, _RUN_PIECES))
    return tuple(_grams(f" {token} ", _PIECES))


def pieces_of(tokens: Sequence[str]) -> list[str]:
    """The pieces of all words."""
    return [piece for token in tokens for piece in pieces_of_word(token)]


def signs_of(tokens: Sequence[str]) -> list[str]:
    """Markers, concepts, concepts within the reach of a negation, and how the text opens."""
    found: list[str] = []
    reach = 0
    for token in tokens:
        if token[0] == MARK:
            found.append(token)
            continue
        concepts = concepts_of(token)
        found += concepts
        if token in _NEGATIONS:
            reach = _NEGATION_REACH
        elif token[0] in "!?":
            reach = 0
        elif reach:
            found += [f"not {concept}" for concept in concepts]
            reach -= 1
    opening = [token for token in tokens[:_OPENING] if token[0] != MARK and not is_run(token)]
    found += [f"^{token}" for token in opening[:1]]
    found += [f"^{concept}" for token in opening for concept in concepts_of(token)]
    return found


def phrase_name(token: str) -> str:
    """What stands for a word in a phrase: its first concept, or itself."""
    concepts = concepts_of(token)
    return f"<{concepts[0]}" if concepts else token


def phrases_of(tokens: Sequence[str]) -> list[str]:
    """Pairs of neighbours with the concept in the word's place: they carry over between languages."""
    found: list[str] = []
    before = ""
    for token in tokens:
        if token[0] == MARK:
            break
        if is_run(token):
            found += [f"<{left} <{right}" for left, right in pairwise(concepts_of(token))]
            before = ""
            continue
        name = phrase_name(token)
        if before:
            found.append(f"{before} {name}")
        before = name
    return found


BLOCKS: Final[tuple[tuple[str, Callable[[Sequence[str]], list[str]], float, int], ...]] = (
    ("words", words_of, 1.0, 2),
    ("pieces", pieces_of, 0.5, 2),
    ("signs", signs_of, 0.4, 1),
    ("phrases", phrases_of, 1.0, 2),
)
"""Name, analyzer, weight in the sum, and the number of texts a feature must occur in."""
