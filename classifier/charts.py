"""Two pictures of an evaluation: the confusion matrix and the reliability diagram.

Promises: drawn without a display and without matplotlib's global state.

Errors: `OSError` when a picture cannot be written.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from classifier.evaluate import Evaluation
from classifier.labels import LABELS

_DARK: Final = 0.55
_DPI: Final = 110


def draw_confusion(evaluation: Evaluation, path: Path, title: str) -> None:
    """Rows: what it was; columns: what the model said; colours: share of the row."""
    figure = Figure(figsize=(8.6, 7.4), layout="constrained")
    axes = figure.subplots()
    shares = [[count / max(1, sum(line)) for count in line] for line in evaluation.confusion]
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, line in enumerate(evaluation.confusion):
        for x, count in enumerate(line):
            if count:
                colour = "white" if shares[y][x] > _DARK else "black"
                axes.text(x, y, str(count), ha="center", va="center", color=colour, fontsize=8)
    names = [label.replace("_", " ") for label in LABELS]
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", fontsize=9)
    axes.set_yticks(range(len(names)), names, fontsize=9)
    axes.set_xlabel("the model said")
    axes.set_ylabel("it was")
    axes.set_title(title, fontsize=11)
    figure.colorbar(image, ax=axes, shrink=0.75, label="share of the row")
    figure.savefig(path, dpi=_DPI)


def draw_reliability(curves: Sequence[tuple[str, Evaluation]], path: Path) -> None:
    """How often the model is right when it is so sure; below, how many texts that concerns."""
    figure = Figure(figsize=(6.4, 6.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.plot([0, 1], [0, 1], color="grey", linestyle=":", label="as sure as right")
    for name, evaluation in curves:
        sure = [point[0] for point in evaluation.reliability]
        right = [point[1] for point in evaluation.reliability]
        error = evaluation.overall.calibration_error
        above.plot(sure, right, marker="o", label=f"{name} (error {error:.3f})")
        below.plot(sure, [point[2] for point in evaluation.reliability], marker="o")
    above.axvline(curves[0][1].threshold, color="tab:red", linewidth=0.8, label="threshold")
    above.set_ylabel("share that is right")
    above.set_xlim(0, 1)
    above.set_ylim(0, 1)
    above.legend(loc="upper left", fontsize=9)
    below.set_ylim(bottom=0)
    below.set_xlabel("confidence")
    below.set_ylabel("texts")
    figure.savefig(path, dpi=_DPI)
