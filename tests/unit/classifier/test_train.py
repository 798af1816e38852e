"""Training: what a version holds, what may be installed, and what agents' labels change."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classifier.corpus import SellerLabel, read_corpus
from classifier.document import Document
from classifier.errors import CorpusError
from classifier.installed import current, versions
from classifier.labels import LABELS
from classifier.model import Model
from classifier.model_files import OUT_OF_FOLD, digest
from classifier.train import TrainingResult, train

NOW = datetime(2099, 5, 1, 8, tzinfo=UTC)
FILES = {
    "card.json",
    "confusion.png",
    "evaluation.json",
    "model.npz",
    "model.skops",
    "out_of_fold.json",
    "reliability.png",
}


def taught(count: int, label: str, words: str = "flumpet sprongle") -> list[SellerLabel]:
    """So many corrections about a product nobody else knows."""
    return [
        SellerLabel(
            f"the {words} number {chr(97 + number)}", label, f"m{number}", NOW + timedelta(hours=number)
        )
        for number in range(count)
    ]


def test_a_version_is_complete(full_training: TrainingResult) -> None:
    """All files are there, the card knows their digests, the pictures are pictures."""
    directory = full_training.directory
    card = json.loads((directory / "card.json").read_text(encoding="utf-8"))
    assert {path.name for path in directory.iterdir()} == FILES
    assert card["files"] == {name: digest(directory / name) for name in FILES - {"card.json"}}
    for name in ("confusion.png", "reliability.png"):
        assert (directory / name).read_bytes().startswith(b"\x89PNG")
    assert not list(directory.parent.glob(".building-*"))


def test_the_first_model_is_good_enough(full_training: TrainingResult) -> None:
    """Out of fold on the corpus, hard pairs and all, the shipped model does what the documents say."""
    evaluation = full_training.evaluation
    assert full_training.verdict.reason == "first"
    assert evaluation.overall.accuracy > 0.72
    assert evaluation.overall.precision > 0.9
    assert evaluation.by_language["en"].accuracy > 0.78
    assert min(scores.accuracy for scores in evaluation.by_language.values()) > 0.62
    assert evaluation.by_label["a_to_z_claim"].recall > 0.85


def test_no_text_is_stored(full_training: TrainingResult) -> None:
    """Of texts only keys and labels are remembered."""
    remembered = json.loads((full_training.directory / OUT_OF_FOLD).read_text(encoding="utf-8"))
    assert {len(key) for key in remembered} == {16}
    assert set(remembered.values()) <= set(LABELS)


def test_the_same_again(small_training: TrainingResult, small_corpus: Path, small_root: Path) -> None:
    """Training the same texts twice gives the same model, installed since it is not worse."""
    result = train(small_root, corpus=small_corpus, now=NOW)
    question = [Document("Where is my parcel?")]
    first, second = (Model.load(one.directory).probabilities(question) for one in (small_training, result))
    assert (first == second).all()
    assert (result.installed, result.verdict.reason) == (True, "not_worse")
    assert current(small_root) == result.directory
    assert result.directory.name.startswith("20990501T080000Z-")


def test_seller_labels_are_learned(small_corpus: Path, small_root: Path) -> None:
    """What agents say about their own products wins over what the corpus would guess."""
    question = [Document("another flumpet sprongle")]
    labels = taught(12, "a_to_z_claim")
    result = train(small_root, corpus=small_corpus, labels=labels)
    (prediction,) = Model.load(current(small_root)).classify(question)
    assert prediction.label == "a_to_z_claim"
    assert result.seller is not None
    assert result.seller.overall.texts == 12
    stored = json.loads((result.directory / "evaluation.json").read_text(encoding="utf-8"))
    assert set(stored) == {"out_of_fold", "seller_labels"}
    assert Model.load(current(small_root)).card.labels_used == 12


def test_weak_labels_weigh_less(small_corpus: Path, tmp_path: Path) -> None:
    """A silent confirmation moves the model less than a correction."""
    question = [Document("another flumpet sprongle")]
    strong = taught(6, "satisfied")
    confidences = []
    for number, weight in enumerate((0.05, 1.0)):
        labels = [replace(label, weight=weight) for label in strong]
        result = train(tmp_path / str(number), corpus=small_corpus, labels=labels)
        table = Model.load(result.directory).probabilities(question)
        confidences.append(float(table[0, LABELS.index("satisfied")]))
    assert confidences[0] < confidences[1]


def test_confirmations_do_not_judge(small_corpus: Path, small_root: Path) -> None:
    """What the current model said itself and nobody changed is no proof that it is the better one."""
    (nonsense,) = Model.load(current(small_root)).classify([Document("the flumpet sprongle number")])
    labels = [replace(label, confirmed=True, weight=0.01) for label in taught(26, nonsense.label)]
    result = train(small_root, corpus=small_corpus, labels=labels)
    assert result.verdict.texts == len(read_corpus(small_corpus))
    assert result.installed
    corrections = [replace(label, confirmed=False) for label in labels]
    assert (
        train(small_root, corpus=small_corpus, labels=corrections).verdict.texts == result.verdict.texts + 26
    )


def test_corrections_do_not_make_the_model_doubt_itself(
    small_corpus: Path, small_training: TrainingResult, small_root: Path
) -> None:
    """They are our mistakes only, so that confidence is measured on the shipped texts."""
    labels = [replace(label, weight=0.0001) for label in taught(26, "other")]
    result = train(small_root, corpus=small_corpus, labels=labels)
    before, now = (Model.load(one.directory).card.temperature for one in (small_training, result))
    assert now == pytest.approx(before, rel=0.1)


def test_a_worse_model_is_not_installed(spoilt_corpus: Path, small_root: Path) -> None:
    """The current model stays, the new one is kept for a look, and --force overrules."""
    # The old model never saw the spoilt labels, and is judged on them: it loses there as well, so the
    # comparison is made fair by remembering it as right on them.
    before = current(small_root)
    rows = read_corpus(spoilt_corpus)
    (before / OUT_OF_FOLD).write_text(json.dumps({row.key: row.label for row in rows}), encoding="utf-8")
    refused = train(small_root, corpus=spoilt_corpus)
    assert (refused.installed, refused.verdict.reason) == (False, "worse")
    assert current(small_root) == before
    assert refused.directory in versions(small_root)
    forced = train(small_root, corpus=spoilt_corpus, force=True)
    assert (forced.installed, forced.verdict.reason) == (True, "forced")
    assert current(small_root) == forced.directory


def test_an_unusable_current_model_is_replaced(small_corpus: Path, small_root: Path) -> None:
    """A damaged model is no reason to refuse a good one."""
    (current(small_root) / "model.npz").write_bytes(b"")
    result = train(small_root, corpus=small_corpus)
    assert (result.installed, result.verdict.reason) == (True, "first")


def test_progress(small_corpus: Path, tmp_path: Path) -> None:
    """Every step is told, and the last one says that all are done."""
    told: list[tuple[str, int, int]] = []
    train(
        tmp_path,
        corpus=small_corpus,
        progress=lambda sentence, done, steps: told.append((sentence, done, steps)),
    )
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1] == ("Done", 4, 4)
    assert any("fold 5 of 5" in sentence for sentence, _, _ in told)


def test_bad_labels_leave_the_model_alone(small_corpus: Path, small_root: Path) -> None:
    """A label that is none stops the training before anything is written."""
    before = sorted(small_root.iterdir())
    with pytest.raises(CorpusError, match="nonsense"):
        train(small_root, corpus=small_corpus, labels=taught(1, "nonsense"))
    assert sorted(small_root.iterdir()) == before
