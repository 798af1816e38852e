"""The served model: equal to scikit-learn's, light, quick, and able to say why."""

import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from classifier import pipeline
from classifier.calibration import probabilities
from classifier.corpus import Row
from classifier.document import Document, marked_text
from classifier.features import BLOCKS, tokens_of
from classifier.grounds import grounds as explain
from classifier.installed import current
from classifier.labels import LABELS
from classifier.lean import Lean, to_arrays
from classifier.model import ALWAYS, Model

LEAN_CHECK = """
import sys
from pathlib import Path
from classifier.document import Document
from classifier.model import Model, current
model = Model.load(current(Path(sys.argv[1])))
model.classify([Document("where is my parcel")])
heavy = sorted({"sklearn", "skops", "scipy", "matplotlib", "pandas", "rich"} & set(sys.modules))
with open("/proc/self/status") as status:
    memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(heavy, memory // 1024)
"""


def test_equal_to_the_pipeline(full_model: Model, full_root: Path, corpus_rows: list[Row]) -> None:
    """On every corpus text both give the same probabilities."""
    fitted = pipeline.load(current(full_root), full_model.card)
    documents = [row.document for row in corpus_rows]
    tokens = [tokens_of(marked_text(document)) for document in documents]
    wanted = probabilities(
        pipeline.decisions(fitted.steps[1][1], fitted.steps[0][1].transform(tokens)),
        full_model.card.temperature,
    )
    assert np.abs(full_model.probabilities(documents) - wanted).max() < 1e-6


def test_light(full_root: Path) -> None:
    """Loading and asking the model brings no heavy library and stays far below the budget of memory."""
    done = subprocess.run(
        [sys.executable, "-c", LEAN_CHECK, str(full_root)], capture_output=True, text=True, check=True
    )
    heavy, memory = done.stdout.rsplit(" ", 1)
    assert heavy == "[]"
    assert int(memory) < 100


def test_prediction(full_model: Model) -> None:
    """Best first, every label once, all confidences together 1."""
    (prediction,) = full_model.classify([Document("My parcel has not arrived, where is it?")])
    confidences = [prediction.confidence, *(other.confidence for other in prediction.alternatives)]
    assert prediction.label == "delivery_issue"
    assert {prediction.label, *(other.label for other in prediction.alternatives)} == set(LABELS)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The handle snapped off on the second day, it is useless now", "product_issue"),
        ("Wo bleibt mein Paket? Es sollte am Montag ankommen", "delivery_issue"),
        ("Comment dois-je régler l'heure sur le réveil ?", "usage_question"),
        ("¿Es compatible con el modelo de 2019 antes de comprarlo?", "presale_question"),
        ("Vorrei restituire le scarpe e avere il rimborso", "return_request"),
        ("注文をキャンセルしたいです。住所を間違えました", "order_change"),
        ("垃圾商家，一星差评，大家千万别买", "negative_review"),
        ("I have opened an A-to-z claim and my bank will reverse the charge", "a_to_z_claim"),
        ("Vielen Dank, alles bestens, ich bin sehr zufrieden!", "satisfied"),
        ("We would like to offer you a wholesale partnership, whom should I contact?", "other"),
        ("Out of office: I am away until Monday. This is an automatic reply.", "no_reply_needed"),
    ],
)
def test_plain_cases(full_model: Model, text: str, label: str) -> None:
    """What every reader would sort alike, in all languages."""
    assert full_model.classify([Document(text)])[0].label == label


def test_nothing_and_nonsense(full_model: Model) -> None:
    """No documents give no predictions; empty and foreign texts give unsure ones."""
    assert full_model.classify([]) == []
    for prediction in full_model.classify([Document(""), Document("⣿⣿⣿"), Document("ωμέγα δέλτα")]):
        assert prediction.confidence < 0.7


def test_order_and_company_do_not_matter(full_model: Model, corpus_rows: list[Row]) -> None:
    """A document's answer depends on nothing but the document."""
    documents = [row.document for row in corpus_rows[::97]]
    together = full_model.probabilities(documents)
    alone = np.vstack([full_model.probabilities([document]) for document in reversed(documents)])[::-1]
    assert np.abs(together - alone).max() < 1e-12


def grounds(model: Model, text: str, subject: str = "") -> list[str]:
    """The words that carried the decision about a text."""
    (prediction,) = model.classify([Document(text, subject)], explain_below=ALWAYS)
    weights = [weight for _, weight in prediction.grounds]
    assert weights == sorted(weights, reverse=True)
    assert all(weight > 0 for weight in weights)
    return [word for word, _ in prediction.grounds]


@pytest.mark.parametrize(
    ("text", "first", "among"),
    [
        ("Hello, the glass arrived CRACKED and it leaks. Anna", "CRACKED", {"leaks"}),
        ("Das Päckchen ist immer noch nicht da. Größe 38, Farbe blau", "Päckchen", {"nicht"}),
        ("我要申请退款，请尽快处理", "退款", set()),
        ("注文をキャンセルしたいです。住所を間違えました", "キャンセル", {"注文"}),
        ("My Parcel never ARRIVED!", "Parcel", {"ARRIVED"}),
        ("?!", "", set()),
        ("", "", set()),
    ],
)
def test_grounds(full_model: Model, text: str, first: str, among: set[str]) -> None:
    """The words that carry the decision come first, as the buyer wrote them; at most five."""
    words = grounds(full_model, text)
    assert (words[:1] or [""])[0] == first
    assert among <= set(words)
    assert all(word in text for word in words)
    assert len(words) <= 5


def test_grounds_are_the_buyers_own(full_model: Model) -> None:
    """Not the subject's, which Amazon wrote, though it may carry the decision."""
    assert set(grounds(full_model, "Hello Anna", subject="Refund request, authorisation")) <= {
        "Hello",
        "Anna",
    }


def test_grounds_cost_only_where_they_are_asked_for(full_model: Model) -> None:
    """Less than a fifth of a millisecond each, and nothing for those that are sure enough."""
    documents = [
        Document(f"Hello, the {number}th parcel arrived broken, it is cracked") for number in range(200)
    ]
    assert not any(prediction.grounds for prediction in full_model.classify(documents))
    both = full_model.classify([documents[0], Document("hm, the lamp")], explain_below=0.7)
    assert [(one.confidence < 0.7, bool(one.grounds)) for one in both] == [(False, False), (True, True)]
    took = []
    for below in (0.0, ALWAYS):
        began = time.process_time()
        full_model.classify(documents, explain_below=below)
        took.append(time.process_time() - began)
    assert took[1] - took[0] < len(documents) * 0.0005


def test_grounds_add_up(full_model: Model) -> None:
    """Without its strongest word a message is less of what it was, about as much as the word weighs."""
    text = "the glass is cracked"
    (before,) = full_model.classify([Document(text)], explain_below=ALWAYS)
    (after,) = full_model.classify([Document(text.replace(before.grounds[0][0], ""))])
    shares = {after.label: after.confidence, **{one.label: one.confidence for one in after.alternatives}}
    fall = logit(before.confidence) - logit(shares[before.label])
    assert fall == pytest.approx(before.grounds[0][1], rel=0.6)


def test_grounds_weigh_against_the_other_labels() -> None:
    """A word that speaks for two labels alike decides nothing between them; a pair counts half for each."""
    coefficients = np.zeros((7, len(LABELS)))
    coefficients[0, :2] = 5.0  # both, for the first label and the second
    coefficients[1, 0] = 2.0  # one
    coefficients[2, 0] = 4.0  # one two
    idf = np.ones(7)
    lean = Lean(
        [["both", "one", "one two"], ["~"], ["q0"], ["one two", "x y"]], idf, coefficients, np.zeros(11)
    )
    text = Document("both one two")
    marked = marked_text(text)
    (weighed,) = lean.weigh([tokens_of(marked)])
    shares = np.array([0.5, 0.5, *[0.0] * 9])
    found = dict(explain(lean, text, marked, weighed, shares, 1.0))
    assert set(found) == {"one", "two"}
    assert found["one"] == pytest.approx(2 * found["two"], abs=0.01)


def logit(share: float) -> float:
    """Log-odds."""
    return math.log(share / (1 - share))


def test_many_words_are_remembered_without_end(full_model: Model) -> None:
    """Ever new words do not make the memory of pieces grow for ever."""
    for start in range(0, 60_000, 5_000):
        text = " ".join(f"w{number:x}q" for number in range(start, start + 4_000))
        full_model.classify([Document(text)])
    assert full_model.remembered <= 20_000


def test_arrays_must_belong_together() -> None:
    """Arrays of different models are refused, not multiplied."""
    with pytest.raises(ValueError, match="sizes"):
        Lean([["a"], ["b"], ["c"]], np.ones(3), np.ones((3, 11)), np.ones(11))
    with pytest.raises(ValueError, match="sizes"):
        Lean([["a"]] * len(BLOCKS), np.ones(4), np.ones((5, 11)), np.ones(11))


def test_arrays_survive_storage() -> None:
    """What is stored is what is applied."""
    arrays = ([["it"], [" i"], ["q0"], ["it <not"]], np.arange(1.0, 5.0), np.ones((4, 11)), np.arange(11.0))
    again = Lean.from_arrays(to_arrays(*arrays))
    assert (again.decide([["it"]]) == Lean(*arrays).decide([["it"]])).all()
