"""Grouped cross-validation: every text is judged by a classifier that saw neither it nor its variants.

Promises: the fold of a group depends on the group's name alone, so that two runs cut alike. The features
(vocabulary, idf) are counted once over all texts, without their labels.

Errors: none of its own.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from classifier.corpus import Row
from classifier.labels import LABELS
from classifier.lean import Floats
from classifier.pipeline import MANY, Counts, decisions, fit_classifier

_FOLDS: Final = 5
_FOLDS_OF_MANY: Final = 3


def fold_of(group: str, folds: int) -> int:
    """The fold of a group, 0 up to `folds` - 1."""
    return int.from_bytes(hashlib.sha256(group.encode("utf-8", "replace")).digest()[:4], "big") % folds


def folds_for(rows: Sequence[Row]) -> npt.NDArray[np.intp]:
    """The fold of every row: five, or three where there are so many texts that time matters."""
    folds = _FOLDS if len(rows) < MANY else _FOLDS_OF_MANY
    return np.array([fold_of(row.group, folds) for row in rows], dtype=np.intp)


def out_of_fold(rows: Sequence[Row], features: Counts, done: Callable[[int, int], None]) -> Floats:
    """Decision values, rows x `LABELS`; `done` is told (folds done, folds) after each."""
    truth = np.array([row.number for row in rows], dtype=np.intp)
    weights = np.array([row.weight for row in rows])
    fold = folds_for(rows)
    used = [number for number in np.unique(fold).tolist() if len(np.unique(truth[fold != number])) > 1]

    table = np.zeros((len(rows), len(LABELS)))
    for count, number in enumerate(used, 1):
        seen = fold != number
        classifier = fit_classifier(features[seen], truth[seen], weights[seen])
        table[~seen] = decisions(classifier, features[~seen])
        done(count, len(used))
    return table
