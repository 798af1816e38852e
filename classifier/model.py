"""The classifier as the daemon sees it: load a model, ask it.

Promises: needs numpy and nothing of scikit-learn; a `Model` never changes and may be shared by threads.

Errors: `ModelError`.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from classifier.calibration import probabilities
from classifier.document import MARK, Document, marked_text
from classifier.errors import ModelError
from classifier.features import is_run, tokens_of
from classifier.labels import LABELS
from classifier.lean import Floats, Lean
from classifier.lexicon import spans
from classifier.model_files import LEAN, Card, check_file, read_card
from classifier.versions import current, install, rollback

__all__ = ["Alternative", "Model", "Prediction", "current", "install", "rollback"]

_WORDS_ASKED: Final = 120
_SURE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another label and how likely it is."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best label; `alternatives` holds all the others, best first. All confidences sum to 1."""

    label: str
    confidence: float
    alternatives: tuple[Alternative, ...]


class Model:
    """A fitted model."""

    def __init__(self, lean: Lean, card: Card) -> None:
        self._lean = lean
        self.card = card
        self.version = card.version

    @classmethod
    def load(cls, directory: Path) -> Self:
        """The model in `directory`, for instance `current(root)`; `ModelError` if it cannot be used."""
        card = read_card(directory)
        path = check_file(directory, card, LEAN)
        try:
            with np.load(path, allow_pickle=False) as arrays:
                lean = Lean.from_arrays(arrays)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path} cannot be read ({error}): train again", reason="damaged") from error
        return cls(lean, card)

    @property
    def remembered(self) -> int:
        """How many words the model remembers to be quick; bounded."""
        return self._lean.remembered

    def probabilities(self, documents: Sequence[Document]) -> Floats:
        """Documents x `LABELS`; each row sums to 1."""
        return self._probabilities([tokens_of(marked_text(document)) for document in documents])

    def _probabilities(self, texts: Sequence[Sequence[str]]) -> Floats:
        return probabilities(self._lean.decide(texts), self.card.temperature)

    def classify(self, documents: Sequence[Document]) -> list[Prediction]:
        """One prediction for each document, in their order."""
        table = self.probabilities(documents)
        order = np.argsort(-table, axis=1, kind="stable")
        sorted_table = np.take_along_axis(table, order, axis=1)
        return [
            _prediction(ranks, values)
            for ranks, values in zip(order.tolist(), sorted_table.tolist(), strict=True)
        ]

    def evidence(self, document: Document, *, limit: int = 5) -> tuple[tuple[str, float], ...]:
        """The words that speak most for the predicted label, strongest first, at most `limit`.

        A word's weight is how much the label's log-odds fall when the word is left out.
        """
        tokens = tokens_of(marked_text(document))
        words = _askable(tokens)
        table = self._probabilities([tokens, *(_without(tokens, word) for word in words)])
        best = int(table[0].argmax())
        chances = np.clip(table[:, best], _SURE, 1 - _SURE)
        odds = np.log(chances / (1 - chances))
        weighed = [
            (word, round(float(odds[0] - value), 3)) for word, value in zip(words, odds[1:], strict=True)
        ]
        speaking = [pair for pair in sorted(weighed, key=lambda pair: -pair[1]) if pair[1] > 0]
        return tuple(speaking[:limit])


def _prediction(ranks: list[int], values: list[float]) -> Prediction:
    others = tuple(
        Alternative(LABELS[rank], value) for rank, value in zip(ranks[1:], values[1:], strict=True)
    )
    return Prediction(LABELS[ranks[0]], values[0], others)


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


def _without(tokens: Sequence[str], word: str) -> list[str]:
    kept: list[str] = []
    for token in tokens:
        if is_run(token):
            kept += [part for part in token.split(word) if part]
        elif token != word:
            kept.append(token)
    return kept
