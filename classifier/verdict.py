"""May the new model replace the current one? Decided on the same texts for both.

Promises: pure. Neither model is judged on a text it learned from: for those the predictions out of fold
count, which every version keeps (`out_of_fold.json`); the current model answers the rest itself.

Errors: none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from classifier.corpus import Row

TOLERANCE: Final = 0.005
"""A fall of accuracy that is within the noise of cutting the folds differently."""
_ENOUGH_SELLER_TEXTS: Final = 30


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason`: `first`, `not_worse`, `worse`, `worse_on_seller_labels` or `forced`; accuracies 0 to 1."""

    install: bool
    reason: str
    before: float | None = None
    now: float | None = None
    texts: int = 0

    def sentence(self) -> str:
        """For people."""
        if self.before is None or self.now is None:
            return "There was no model to compare with."
        which = " of your labels" if self.reason == "worse_on_seller_labels" else ""
        return (
            f"On the same {self.texts} texts{which}: before {self.before:.1%} right, now {self.now:.1%}"
            f" ({self.reason.replace('_', ' ')})."
        )


def _accuracy(rows: Sequence[Row], found: Sequence[str]) -> float:
    return sum(row.label == label for row, label in zip(rows, found, strict=True)) / len(rows)


def compare(rows: Sequence[Row], before: Sequence[str], now: Sequence[str]) -> Verdict:
    """The verdict on the labels both models found for `rows`; seller's labels must not get worse either."""
    if not rows:
        return Verdict(install=True, reason="first")
    seller = [number for number, row in enumerate(rows) if row.seller]
    parts = [(list(range(len(rows))), TOLERANCE, "worse")]
    if len(seller) >= _ENOUGH_SELLER_TEXTS:
        parts.append((seller, max(TOLERANCE, 1 / len(seller)), "worse_on_seller_labels"))
    verdict = Verdict(install=True, reason="not_worse")
    for chosen, tolerance, reason in parts:
        some = [rows[number] for number in chosen]
        old = _accuracy(some, [before[number] for number in chosen])
        new = _accuracy(some, [now[number] for number in chosen])
        if new < old - tolerance:
            return Verdict(install=False, reason=reason, before=old, now=new, texts=len(some))
        if reason == "worse":
            verdict = Verdict(install=True, reason="not_worse", before=old, now=new, texts=len(some))
    return verdict
