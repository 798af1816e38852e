"""The classifier as the daemon sees it: load a model, ask it.

Promises: needs numpy and nothing of scikit-learn; a `Model` never changes and may be shared by threads.

Errors: `ModelError`.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np

from classifier.calibration import probabilities
from classifier.document import Document, marked_text
from classifier.errors import ModelError
from classifier.features import tokens_of
from classifier.grounds import Grounds, grounds
from classifier.labels import LABELS
from classifier.lean import Floats, Lean
from classifier.model_files import LEAN, Card, check_file, read_card
from classifier.versions import current, install, rollback

__all__ = ["ALWAYS", "Alternative", "Model", "Prediction", "current", "install", "rollback"]

ALWAYS: Final = 2.0
"""No model is so sure: every prediction is explained."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another label and how likely it is."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best label; `alternatives` holds all the others, best first. All confidences sum to 1.

    `grounds`: the words that speak for the label, where they were asked for.
    """

    label: str
    confidence: float
    alternatives: tuple[Alternative, ...]
    grounds: Grounds = ()


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
        tokens = [tokens_of(marked_text(document)) for document in documents]
        return probabilities(self._lean.decide(tokens), self.card.temperature)

    def classify(self, documents: Sequence[Document], *, explain_below: float = 0.0) -> list[Prediction]:
        """One prediction for each document; those less sure than `explain_below` with their grounds."""
        marked = [marked_text(document) for document in documents]
        weighed = self._lean.weigh([tokens_of(text) for text in marked])
        table = probabilities(self._lean.sums(weighed), self.card.temperature)
        order = np.argsort(-table, axis=1, kind="stable")
        sorted_table = np.take_along_axis(table, order, axis=1)
        predictions = [
            _prediction(ranks, values)
            for ranks, values in zip(order.tolist(), sorted_table.tolist(), strict=True)
        ]
        for row, prediction in enumerate(predictions):
            if prediction.confidence < explain_below:
                why = grounds(
                    self._lean, documents[row], marked[row], weighed[row], table[row], self.card.temperature
                )
                predictions[row] = replace(prediction, grounds=why)
        return predictions


def _prediction(ranks: list[int], values: list[float]) -> Prediction:
    others = tuple(
        Alternative(LABELS[rank], value) for rank, value in zip(ranks[1:], values[1:], strict=True)
    )
    return Prediction(LABELS[ranks[0]], values[0], others)
