"""Which words of a buyer carried a decision: each feature's part in it, brought back to where it came from.

Promises: pure; names the buyer's own words as they were written, never those of the subject. Of Chinese and
Japanese runs it names the words of the lexicon.

Errors: none.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from classifier.document import MARK, Document, as_written
from classifier.features import is_run, tokens_of
from classifier.lean import Floats, Lean, Weighed
from classifier.lexicon import spans

Grounds = tuple[tuple[str, float], ...]
"""Words with their weights, the strongest first."""
MOST: Final = 5
_WORDS_ASKED: Final = 120
_SURE: Final = 1e-9
_HEARD: Final = 0.1
"""Words that weigh less than this part of the strongest one are not worth naming."""


def grounds(
    lean: Lean, document: Document, marked: str, weighed: Weighed, shares: Floats, temperature: float
) -> Grounds:
    """The words that speak most for the likeliest label of `shares`, at most `MOST`.

    A word's weight is its part in the label's log-odds against all other labels together.
    """
    words = _askable(tokens_of(marked.rsplit("\n", 2)[0]))
    if not words:
        return ()
    best = int(shares.argmax())
    direction = -shares / max(1.0 - shares[best], _SURE)
    direction[best] = 1.0
    weights = lean.speaking(tokens_of(marked), weighed, words, direction / temperature)
    strongest = np.argsort(-weights, kind="stable")[:MOST].tolist()
    heard = [row for row in strongest if weights[row] > _HEARD * weights[strongest[0]] > 0]
    written = as_written(document.text, [words[row] for row in heard])
    return tuple((word, round(float(weights[row]), 3)) for word, row in zip(written, heard, strict=True))


def _askable(tokens: Sequence[str]) -> list[str]:
    """Words a person can read, each once: of unspaced runs the words of the lexicon."""
    words: dict[str, None] = {}
    for token in tokens:
        if token[0] == MARK or not token[0].isalpha():
            continue
        if is_run(token):
            words.update(dict.fromkeys(word for word, concepts in spans(token) if concepts))
        else:
            words[token] = None
    return list(words)[:_WORDS_ASKED]
