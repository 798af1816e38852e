"""Training and evaluation as a person sees them: progress, tables, or one JSON object.

Promises: tables go to stdout, progress to stderr; scikit-learn is loaded to train, matplotlib to draw.

Errors: those of `train` and `Model.load`.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from classifier.corpus import CORPUS, SellerLabel, read_evaluation
from classifier.evaluate import Evaluation, LabelScores, Scores, evaluate
from classifier.model import Model, current
from classifier.model_files import CONFUSION, EVALUATION, RELIABILITY

if TYPE_CHECKING:
    from classifier.train import TrainingResult

_PIPE_WIDTH: Final = 120


def train_on_screen(
    root: Path, labels: Iterable[SellerLabel], *, corpus: Path | None, force: bool, as_json: bool
) -> "TrainingResult":
    """Train with a progress bar, then print what came out."""
    from classifier.train import train  # noqa: PLC0415 - scikit-learn is loaded here and not for `evaluate`

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
    )
    with bar:
        task = bar.add_task("Loading", total=None)

        def tell(sentence: str, done: int, steps: int) -> None:
            bar.update(task, description=sentence, completed=done, total=steps)

        result = train(root, labels=labels, corpus=corpus or CORPUS, force=force, progress=tell)
    _show_result(result, as_json=as_json)
    return result


def _show_result(result: "TrainingResult", *, as_json: bool) -> None:
    console = _console()
    if as_json:
        answer = {
            "version": result.directory.name,
            "installed": result.installed,
            "reason": result.verdict.reason,
            "before": result.verdict.before,
            "now": result.verdict.now,
            "seconds": round(result.seconds, 1),
            "evaluation": result.evaluation.as_json(),
            "seller_labels": result.seller and result.seller.as_json(),
        }
        console.print_json(json.dumps(answer))
        return
    show(console, result.evaluation, "Out of fold")
    if result.seller is not None:
        show(console, result.seller, "Your own labels, out of fold")
    console.print(result.verdict.sentence(), soft_wrap=True)
    done = "installed" if result.installed else "NOT installed (--force installs it all the same)"
    console.print(
        f"{result.directory.name} {done}, {result.seconds:.0f} s, pictures in {result.directory}",
        soft_wrap=True,
    )


def evaluate_on_screen(
    root: Path, data: Path | None, output: Path | None, *, threshold: float, as_json: bool
) -> None:
    """Print the figures of the current model; write them and the pictures to `output` if it is given."""
    directory = current(root)
    model = Model.load(directory)
    console = _console()
    if data is None:
        stored = json.loads((directory / EVALUATION).read_text(encoding="utf-8"))
        console.print_json(json.dumps(stored)) if as_json else _show_stored(console, stored, model.version)
        return
    rows = read_evaluation(data)
    evaluation = evaluate(rows, model.probabilities([row.document for row in rows]), threshold)
    if output is not None:
        write(evaluation, output, f"{data.name}, model {model.version}")
    if as_json:
        console.print_json(json.dumps({"version": model.version, **evaluation.as_json()}))
    else:
        show(console, evaluation, f"{data.name}, model {model.version}")


def write(evaluation: Evaluation, output: Path, title: str) -> None:
    """`evaluation.json`, `confusion.png` and `reliability.png` in the folder `output`."""
    from classifier import charts  # noqa: PLC0415 - matplotlib is loaded only to draw

    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(evaluation.as_json(), ensure_ascii=False) + "\n"
    (output / EVALUATION).write_text(text, encoding="utf-8")
    charts.draw_confusion(evaluation, output / CONFUSION, title)
    charts.draw_reliability([(title, evaluation)], output / RELIABILITY)


def _console() -> Console:
    """As wide as the terminal; where there is none, wide enough that no figure is cut off."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPE_WIDTH)


def show(console: Console, evaluation: Evaluation, title: str) -> None:
    """Three tables: per label, per language, per style."""
    console.print(_label_table(evaluation.by_label, title))
    parts = {"all": evaluation.overall, **evaluation.by_language}
    console.print(_scores_table(parts, "language", evaluation.threshold))
    if len(evaluation.by_style) > 1:
        console.print(_scores_table(evaluation.by_style, "style", evaluation.threshold))


def _show_stored(console: Console, stored: Mapping[str, Mapping[str, Any]], version: str) -> None:
    for name, figures in stored.items():
        labels = {label: LabelScores(**scores) for label, scores in figures["by_label"].items()}
        console.print(_label_table(labels, f"{name.replace('_', ' ')}, model {version}"))
        parts = {"all": figures["overall"], **figures["by_language"]}
        scores = {part: Scores(**values) for part, values in parts.items()}
        console.print(_scores_table(scores, "language", figures["threshold"]))


def _label_table(labels: Mapping[str, LabelScores], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("label")
    for heading in ("texts", "precision", "recall", "F1"):
        table.add_column(heading, justify="right")
    for label, scores in labels.items():
        table.add_row(
            label, str(scores.texts), f"{scores.precision:.2f}", f"{scores.recall:.2f}", f"{scores.f1:.2f}"
        )
    return table


def _scores_table(parts: Mapping[str, Scores], heading: str, threshold: float) -> Table:
    table = Table()
    table.add_column(heading)
    for name in (
        "texts",
        "accuracy",
        "macro F1",
        f"sure (≥ {threshold:g})",
        "right when sure",
        "calibration error",
    ):
        table.add_column(name, justify="right")
    for name, scores in parts.items():
        table.add_row(
            name,
            str(scores.texts),
            f"{scores.accuracy:.1%}",
            f"{scores.macro_f1:.2f}",
            f"{scores.coverage:.0%}",
            f"{scores.precision:.1%}",
            f"{scores.calibration_error:.3f}",
        )
    return table
