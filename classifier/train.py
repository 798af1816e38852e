"""Train a model: shipped corpus plus the seller's labels, judged out of fold, installed if it is not worse.

Promises: a version appears under its name only when it is complete; the current model is untouched until the
new one may replace it, and untouched for ever if it may not.

Errors: `CorpusError` for bad texts; `ModelError`, `OSError` when the version cannot be written.
"""

import json
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from classifier import charts, pipeline, versions
from classifier.calibration import DOMAIN_SHIFT, fit_temperature, probabilities
from classifier.corpus import CONFIRMATION, CORPUS, Row, SellerLabel, read_corpus, seller_rows
from classifier.crossval import out_of_fold
from classifier.document import marked_text
from classifier.errors import ModelError
from classifier.evaluate import Evaluation, evaluate
from classifier.features import tokens_of
from classifier.labels import LABELS
from classifier.lean import Floats
from classifier.model import Model
from classifier.model_files import (
    CONFUSION,
    EVALUATION,
    LEAN,
    OUT_OF_FOLD,
    PIPELINE,
    RELIABILITY,
    Card,
    digest,
    write_card,
)
from classifier.verdict import Verdict, compare

Progress = Callable[[str, int, int], None]
"""Told a sentence, the steps done and the steps there are."""

_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a training did. `seller` is None without labels of the seller; `directory` is kept in any case."""

    directory: Path
    verdict: Verdict
    evaluation: Evaluation
    seller: Evaluation | None
    seconds: float

    @property
    def installed(self) -> bool:
        """Whether the new version is in use now."""
        return self.verdict.install


def train(
    model_root: Path,
    *,
    labels: Iterable[SellerLabel] = (),
    corpus: Path = CORPUS,
    force: bool = False,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train, judge, write a version below `model_root`; install it if it is not worse or `force` is set."""
    started = time.monotonic()
    tell = progress or _silent
    rows = [*read_corpus(corpus), *seller_rows(labels)]
    tell(f"Counting words of {len(rows)} texts", 0, _STEPS)
    union = pipeline.build_features(len(rows))
    features = union.fit_transform([tokens_of(marked_text(row.document)) for row in rows]).tocsr()
    judged = out_of_fold(
        rows, features, lambda done, all_: tell(f"Judging, fold {done} of {all_}", 1, _STEPS)
    )
    temperature = _temperature(rows, judged)
    table = probabilities(judged, temperature)
    verdict = _verdict(model_root, rows, table, force=force)
    tell("Fitting the model", 2, _STEPS)
    classifier = pipeline.fit_classifier(features, _truth(rows), _weights(rows))
    tell("Writing", 3, _STEPS)
    seller = [number for number, row in enumerate(rows) if row.seller]
    trained = _Trained(
        rows,
        table,
        evaluate(rows, table),
        evaluate([rows[number] for number in seller], table[seller]) if seller else None,
    )
    directory = _write(model_root, union, classifier, trained, temperature, now or datetime.now(UTC))
    if verdict.install:
        versions.install(model_root, directory)
        versions.sweep(model_root)
    tell("Done", _STEPS, _STEPS)
    return TrainingResult(directory, verdict, trained.evaluation, trained.seller, time.monotonic() - started)


def train_first(
    model_root: Path,
    *,
    corpus: Path | None = None,
    labels: Iterable[SellerLabel] = (),
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Train corpus and labels and install the model, whatever is there; the folder of the version."""

    def tell(sentence: str, _done: int, _steps: int) -> None:
        if progress is not None:
            progress(sentence)

    return train(model_root, corpus=corpus or CORPUS, labels=labels, force=True, progress=tell).directory


@dataclass(frozen=True, slots=True)
class _Trained:
    rows: Sequence[Row]
    table: Floats
    evaluation: Evaluation
    seller: Evaluation | None


def _silent(_sentence: str, _done: int, _steps: int) -> None:
    pass


def _truth(rows: Sequence[Row]) -> npt.NDArray[np.intp]:
    return np.array([row.number for row in rows], dtype=np.intp)


def _weights(rows: Sequence[Row]) -> Floats:
    return np.array([row.weight for row in rows])


def _temperature(rows: Sequence[Row], judged: Floats) -> float:
    """From the shipped texts alone: corrections are our mistakes, confirmations what we got right."""
    seller = np.array([row.seller for row in rows])
    return DOMAIN_SHIFT * fit_temperature(judged[~seller], _truth(rows)[~seller], _weights(rows)[~seller])


def _verdict(model_root: Path, rows: Sequence[Row], table: Floats, *, force: bool) -> Verdict:
    """Without the confirmations: they are what the current model said, so it would always win on them."""
    try:
        directory = versions.current(model_root)
        current = Model.load(directory)
        remembered: dict[str, str] = json.loads((directory / OUT_OF_FOLD).read_text(encoding="utf-8"))
    except (ModelError, OSError, ValueError):
        return Verdict(install=True, reason="first")
    judges = np.array([row.style != CONFIRMATION for row in rows])
    rows, table = [row for row in rows if row.style != CONFIRMATION], table[judges]
    unseen = [row for row in rows if row.key not in remembered]
    answered = current.classify([row.document for row in unseen])
    remembered |= {row.key: guess.label for row, guess in zip(unseen, answered, strict=True)}
    before = [remembered[row.key] for row in rows]
    verdict = compare(rows, before, [LABELS[number] for number in table.argmax(axis=1)])
    if force and not verdict.install:
        return Verdict(True, "forced", verdict.before, verdict.now, verdict.texts)
    return verdict


def _write(
    model_root: Path,
    union: object,
    classifier: object,
    trained: _Trained,
    temperature: float,
    now: datetime,
) -> Path:
    model_root.mkdir(parents=True, exist_ok=True)
    version = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=model_root))
    try:
        pipeline.save(union, classifier, building)
        np.savez(building / LEAN, allow_pickle=False, **pipeline.lean_arrays(union, classifier))
        _write_figures(building, trained)
        write_card(building, _card(building, version, trained, temperature, now))
        building.chmod(0o755)
        return building.rename(model_root / version)
    except BaseException:  # interrupted as well: half a version leaves nothing behind
        shutil.rmtree(building, ignore_errors=True)
        raise


def _write_figures(building: Path, trained: _Trained) -> None:
    evaluation = {"out_of_fold": trained.evaluation.as_json()}
    curves = [("out of fold", trained.evaluation)]
    if trained.seller is not None:
        evaluation["seller_labels"] = trained.seller.as_json()
        curves.append(("your labels", trained.seller))
    _write_json(building / EVALUATION, evaluation)
    found = trained.table.argmax(axis=1)
    _write_json(
        building / OUT_OF_FOLD,
        {row.key: LABELS[number] for row, number in zip(trained.rows, found, strict=True)},
    )
    charts.draw_confusion(trained.evaluation, building / CONFUSION, "Out of fold: every text judged unseen")
    charts.draw_reliability(curves, building / RELIABILITY)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def _card(building: Path, version: str, trained: _Trained, temperature: float, now: datetime) -> Card:
    overall = trained.evaluation.overall
    names = (PIPELINE, LEAN, EVALUATION, OUT_OF_FOLD, CONFUSION, RELIABILITY)
    return Card(
        version=version,
        created=now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        temperature=round(temperature, 6),
        texts=dict(sorted(Counter(row.document.language or "?" for row in trained.rows).items())),
        labels_used=sum(row.seller for row in trained.rows),
        scikit_learn=pipeline.SCIKIT_LEARN,
        files={name: digest(building / name) for name in names},
        scores={"accuracy": overall.accuracy, "macro_f1": overall.macro_f1},
    )
