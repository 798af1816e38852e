"""Models for the classifier's tests: one of the whole corpus and one small one, each trained once a run.

And a shop: a configuration file with a ledger that its commands read.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from classifier.corpus import CORPUS, Row, read_corpus
from classifier.installed import current
from classifier.labels import LABELS
from classifier.model import Model
from classifier.train import TrainingResult, train
from tests.config_kit import write_config
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import Desk
from tests.shared import once_a_run

SMALL_SHARE = 16


@pytest.fixture(scope="session")
def corpus_rows() -> list[Row]:
    """The shipped corpus."""
    return read_corpus()


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first texts of every English and Chinese file of the corpus."""
    folder = tmp_path_factory.mktemp("corpus")
    for path in sorted([*CORPUS.glob("en-*.jsonl"), *CORPUS.glob("zh-*.jsonl")]):
        lines = path.read_text(encoding="utf-8").split("\n")[:SMALL_SHARE]
        (folder / path.name).write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def full_training(tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """What training the whole corpus gave."""
    return once_a_run(tmp_path_factory, "full", lambda folder: train(folder / "model"))


@pytest.fixture(scope="session")
def full_root(full_training: TrainingResult) -> Path:
    """Where the full model lies; nobody changes it."""
    return full_training.directory.parent


@pytest.fixture(scope="session")
def full_model(full_root: Path) -> Model:
    """The model of the whole corpus."""
    return Model.load(current(full_root))


@pytest.fixture(scope="session")
def small_training(tmp_path_factory: pytest.TempPathFactory, small_corpus: Path) -> TrainingResult:
    """What training the small corpus gave."""
    return train(tmp_path_factory.mktemp("small") / "model", corpus=small_corpus)


@pytest.fixture
def small_root(small_training: TrainingResult, tmp_path: Path) -> Path:
    """A copy of the small model's folder that a test may spoil."""
    root = tmp_path / "model"
    shutil.copytree(small_training.directory.parent, root, symlinks=True)
    return root


@pytest.fixture
def spoilt_corpus(small_corpus: Path, tmp_path: Path) -> Path:
    """The small corpus with every third label changed to its neighbour."""
    folder = tmp_path / "spoilt"
    folder.mkdir()
    for path in sorted(small_corpus.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        for row in rows[::3]:
            row["label"] = LABELS[(LABELS.index(row["label"]) + 1) % len(LABELS)]
        for row in rows:
            row.pop("cause", None)
            if row["label"] == "negative_review":
                row["cause"] = "quality"
        (folder / path.name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


@dataclass
class Shop:
    """A configured shop whose mailbox has a ledger, and no daemon."""

    config: Path
    desk: Desk

    def configure(self, more: str) -> None:
        """Add lines to the configuration."""
        self.config.write_text(f"{self.config.read_text(encoding='utf-8')}\n{more}\n", encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An empty shop."""
    config = write_config(tmp_path)
    ledger = open_ledger(tmp_path / "state" / "ledger.db")
    yield Shop(config, Desk.open(ledger))
    ledger.close()
