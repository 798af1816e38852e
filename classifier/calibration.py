"""From decision values to probabilities one can believe: one temperature.

Promises: pure. Training counts all labels alike, so what is known to be rare is weighed here. The temperature
that fits predictions out of fold is too hopeful for real mail, which strays further from the corpus than one
invented text from another; `DOMAIN_SHIFT` says how much further. It was fitted once, on real messages that
are no part of this project (docs/training.md), and is stored here.

Errors: none.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from classifier.labels import LABELS

Floats = npt.NDArray[np.float64]

DOMAIN_SHIFT: Final = 1.62
"""Temperature for real messages divided by the best temperature out of fold; a little on the careful side."""
_FACTORS: Final = {"order_change": 0.55, "other": 0.55, "a_to_z_claim": 1.3}
PRIOR: Final[Floats] = np.log([_FACTORS.get(label, 1.0) for label in LABELS])
"""The corpus holds as many texts of every label; in an inbox two are rarer than the rest. A claim that is
overlooked costs more than a mail that is read twice, so recall comes first there."""
_CANDIDATES: Final = np.geomspace(0.02, 20.0, 200)


def probabilities(decisions: Floats, temperature: float, prior: Floats | float = PRIOR) -> Floats:
    """Softmax of `decisions / temperature + prior` along the last axis (`LABELS`)."""
    scaled = decisions / temperature + prior
    scaled -= scaled.max(axis=-1, keepdims=True, initial=-np.inf)
    powers: Floats = np.exp(scaled)
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def fit_temperature(decisions: Floats, truth: npt.NDArray[np.intp], weights: Floats) -> float:
    """The temperature of a fine grid with the least weighted log loss, without the prior."""
    rows = np.arange(len(truth))
    losses = [
        float(-(weights * np.log(probabilities(decisions, candidate, 0.0)[rows, truth] + 1e-12)).sum())
        for candidate in _CANDIDATES
    ]
    return float(_CANDIDATES[int(np.argmin(losses))])


def calibration_error(confidence: Floats, correct: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width; 0 for no predictions."""
    total = 0.0
    for chosen in _bins(confidence, bins):
        if chosen.any():
            total += float(abs(confidence[chosen].mean() - correct[chosen].mean()) * chosen.mean())
    return total


def reliability(
    confidence: Floats, correct: npt.NDArray[np.bool_], bins: int = 10
) -> list[tuple[float, float, int]]:
    """(mean confidence, share correct, predictions) of every bin that is not empty."""
    return [
        (float(confidence[chosen].mean()), float(correct[chosen].mean()), int(chosen.sum()))
        for chosen in _bins(confidence, bins)
        if chosen.any()
    ]


def _bins(confidence: Floats, bins: int) -> list[npt.NDArray[np.bool_]]:
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return [place == number for number in range(bins)]
