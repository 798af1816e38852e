"""Figures about predictions: what is right, how sure the model is, and whether it may be that sure.

Promises: pure and light (numpy alone). Where a text has a second acceptable label, either counts as correct.

Errors: none.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from classifier.calibration import Floats, calibration_error, reliability
from classifier.corpus import Row
from classifier.labels import LABELS

DEFAULT_THRESHOLD: Final = 0.7
"""Below it a message is `unsure`; the default of the configuration."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of a set of texts, shares between 0 and 1.

    `macro_f1` is the mean over the labels that occur; `coverage` the share at or above the threshold and
    `precision` the share of those that is right (1 when there is none).
    """

    texts: int
    accuracy: float
    macro_f1: float
    coverage: float
    precision: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class LabelScores:
    """Figures of one label."""

    texts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of some predictions. `confusion[i][j]`: texts of `LABELS[i]` taken for `LABELS[j]`."""

    threshold: float
    overall: Scores
    by_label: dict[str, LabelScores]
    by_language: dict[str, Scores]
    by_style: dict[str, Scores]
    confusion: list[list[int]]
    reliability: list[tuple[float, float, int]]

    def as_json(self) -> dict[str, Any]:
        """For `evaluation.json`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Outcome:
    truth: npt.NDArray[np.intp]
    found: npt.NDArray[np.intp]
    confidence: Floats

    def take(self, chosen: npt.NDArray[np.bool_]) -> "_Outcome":
        return _Outcome(self.truth[chosen], self.found[chosen], self.confidence[chosen])


def evaluate(rows: Sequence[Row], table: Floats, threshold: float = DEFAULT_THRESHOLD) -> Evaluation:
    """The figures of `table` (rows x `LABELS`, probabilities) against the rows' labels."""
    found = table.argmax(axis=1)
    truth = np.array([row.number for row in rows], dtype=np.intp)
    also = np.array([LABELS.index(row.also) if row.also in LABELS else -1 for row in rows], dtype=np.intp)
    outcome = _Outcome(np.where(found == also, also, truth), found, table.max(axis=1, initial=0.0))
    return Evaluation(
        threshold,
        _scores(outcome, threshold),
        {LABELS[number]: _label_scores(outcome, number) for number in np.union1d(truth, found).tolist()},
        _split(rows, outcome, threshold, lambda row: row.document.language or "?"),
        _split(rows, outcome, threshold, lambda row: row.style or "?"),
        _confusion(outcome),
        reliability(outcome.confidence, outcome.found == outcome.truth),
    )


def _split(
    rows: Sequence[Row], outcome: _Outcome, threshold: float, name_of: Callable[[Row], str]
) -> dict[str, Scores]:
    names = np.array([name_of(row) for row in rows])
    return {str(name): _scores(outcome.take(names == name), threshold) for name in np.unique(names)}


def _share(part: int, whole: int, empty: float = 0.0) -> float:
    return round(part / whole, 4) if whole else empty


def _label_scores(outcome: _Outcome, number: int) -> LabelScores:
    is_it, said_it = outcome.truth == number, outcome.found == number
    right = int((is_it & said_it).sum())
    return LabelScores(
        int(is_it.sum()),
        _share(right, int(said_it.sum())),
        _share(right, int(is_it.sum())),
        _share(2 * right, int(is_it.sum() + said_it.sum())),
    )


def _scores(outcome: _Outcome, threshold: float) -> Scores:
    right = outcome.found == outcome.truth
    sure = outcome.confidence >= threshold
    labels = np.unique(outcome.truth).tolist()
    return Scores(
        len(right),
        _share(int(right.sum()), len(right)),
        round(sum(_label_scores(outcome, number).f1 for number in labels) / max(1, len(labels)), 4),
        _share(int(sure.sum()), len(right)),
        _share(int((right & sure).sum()), int(sure.sum()), empty=1.0),
        round(calibration_error(outcome.confidence, right), 4),
    )


def _confusion(outcome: _Outcome) -> list[list[int]]:
    table = np.zeros((len(LABELS), len(LABELS)), dtype=int)
    np.add.at(table, (outcome.truth, outcome.found), 1)
    return [[int(count) for count in line] for line in table]
