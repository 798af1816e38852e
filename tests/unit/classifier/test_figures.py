"""Calibration, evaluation and verdict against figures worked out by hand."""

import json

import numpy as np
import pytest

from classifier.calibration import (
    PRIOR,
    calibration_error,
    fit_temperature,
    probabilities,
    reliability,
)
from classifier.corpus import Row
from classifier.document import Document
from classifier.evaluate import evaluate
from classifier.labels import LABELS
from classifier.verdict import Verdict, compare


def row(label: str, also: str | None = None, *, language: str = "en", seller: bool = False) -> Row:
    """A row whose text does not matter."""
    return Row(Document("x", language=language), label, "g", style="short", seller=seller, also=also)


def table(*sure: tuple[str, float]) -> np.ndarray:
    """Probabilities: the named label so sure, the others share the rest."""
    found = np.empty((len(sure), len(LABELS)))
    for line, (label, confidence) in zip(found, sure, strict=True):
        line[:] = (1 - confidence) / (len(LABELS) - 1)
        line[LABELS.index(label)] = confidence
    return found


def test_probabilities_sum_to_one() -> None:
    """Whatever the decision values, each row is a distribution."""
    values = np.array([[1000.0] * 11, [-1000.0] + [0.0] * 10, list(range(11))])
    assert probabilities(values, 0.5).sum(axis=1) == pytest.approx([1, 1, 1])
    assert probabilities(np.zeros((0, 11)), 1.0).shape == (0, 11)


def test_rare_labels_weigh_less_and_claims_more() -> None:
    """With nothing else to go by, rare labels are the least likely, and a claim is not overlooked."""
    even = dict(zip(LABELS, probabilities(np.zeros((1, 11)), 1.0)[0], strict=True))
    usual = even["satisfied"]
    assert {label for label, share in even.items() if share < usual} == {"other", "order_change"}
    assert {label for label, share in even.items() if share > usual} == {"a_to_z_claim"}
    assert PRIOR.shape == (11,)


def test_temperature_is_found() -> None:
    """Decision values that are three times too sure get the temperature 3."""
    random = np.random.default_rng(0)
    honest = random.normal(size=(4000, 11)) * 2
    chances = probabilities(honest, 1.0, 0.0)
    truth = np.array([random.choice(11, p=chance) for chance in chances], dtype=np.intp)
    assert fit_temperature(honest * 3, truth, np.ones(len(truth))) == pytest.approx(3, rel=0.1)


def test_calibration_error() -> None:
    """Two bins: 0.95 sure and right half the time, 0.55 sure and right always."""
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    correct = np.array([True, False, True, True])
    assert calibration_error(confidence, correct) == pytest.approx(0.45)
    assert [point[1:] for point in reliability(confidence, correct)] == [(1.0, 2), (0.5, 2)]
    assert calibration_error(np.zeros(0), np.zeros(0, dtype=bool)) == 0


def test_scores() -> None:
    """Accuracy, coverage and precision of four texts, one of them right by its second label."""
    rows = [row("other"), row("other"), row("satisfied"), row("satisfied", also="other")]
    found = table(("other", 0.9), ("satisfied", 0.8), ("satisfied", 0.5), ("other", 0.75))
    scores = evaluate(rows, found).overall
    assert (scores.texts, scores.accuracy, scores.coverage) == (4, 0.75, 0.75)
    assert scores.precision == pytest.approx(2 / 3, abs=1e-4)
    # other: 2 right, said 2, was 3; satisfied: 1 right, said 2, was 1
    assert scores.macro_f1 == pytest.approx((4 / 5 + 2 / 3) / 2, abs=1e-4)


def test_by_label_and_language() -> None:
    """Every label found or meant has its figures, every language its own."""
    rows = [row("other", language="de"), row("other"), row("satisfied")]
    evaluation = evaluate(rows, table(("other", 0.9), ("a_to_z_claim", 0.9), ("satisfied", 0.9)))
    assert set(evaluation.by_label) == {"other", "satisfied", "a_to_z_claim"}
    assert evaluation.by_label["a_to_z_claim"].precision == 0
    assert (evaluation.by_language["de"].accuracy, evaluation.by_language["en"].accuracy) == (1, 0.5)
    other, claim = LABELS.index("other"), LABELS.index("a_to_z_claim")
    assert evaluation.confusion[other][claim] == 1
    assert json.loads(json.dumps(evaluation.as_json()))["overall"]["texts"] == 3


def test_nothing_sure() -> None:
    """Without a sure prediction, none of them is wrong."""
    scores = evaluate([row("other")], table(("other", 0.4))).overall
    assert (scores.coverage, scores.precision) == (0, 1)


def verdict_on(total: int, before: int, now: int, *, seller: int = 0) -> Verdict:
    """The verdict on `total` texts of which so many were right; the last `seller` ones are the seller's."""
    rows = [row("other", seller=number >= total - seller) for number in range(total)]

    def right(count: int) -> list[str]:
        return ["other"] * count + ["satisfied"] * (total - count)

    return compare(rows, right(before), right(now))


def test_not_worse() -> None:
    """Better, equal and a fall within the noise are all fit to install."""
    verdicts = [verdict_on(1000, 800, 850), verdict_on(1000, 800, 800), verdict_on(1000, 800, 796)]
    assert {(verdict.install, verdict.reason) for verdict in verdicts} == {(True, "not_worse")}
    assert "before 80.0% right, now 85.0%" in verdicts[0].sentence()


def test_worse() -> None:
    """A clear fall is refused, with both figures."""
    verdict = verdict_on(1000, 800, 790)
    assert (verdict.install, verdict.reason, verdict.before, verdict.now) == (False, "worse", 0.8, 0.79)


def test_worse_for_the_seller() -> None:
    """Better on the whole but worse on the seller's own labels is refused as well."""
    rows = [*[row("other") for _ in range(400)], *[row("other", seller=True) for _ in range(100)]]
    before = ["satisfied"] * 100 + ["other"] * 400
    now = ["other"] * 400 + ["satisfied"] * 10 + ["other"] * 90
    verdict = compare(rows, before, now)
    assert (verdict.install, verdict.reason, verdict.texts) == (False, "worse_on_seller_labels", 100)
    assert "of your labels" in verdict.sentence()


def test_few_seller_labels_decide_nothing() -> None:
    """A handful of own labels cannot refuse a model by themselves."""
    assert verdict_on(1000, 1000, 999, seller=1).install


def test_first() -> None:
    """With nothing to compare, the model is installed and says so."""
    verdict = compare([], [], [])
    assert (verdict.install, verdict.reason) == (True, "first")
    assert "no model" in verdict.sentence()
