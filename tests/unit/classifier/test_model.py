"""The served model: equal to scikit-learn's, light, quick, and able to say why."""

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
from classifier.installed import current
from classifier.labels import LABELS
from classifier.lean import Lean
from classifier.model import Model

LEAN_CHECK = """
import sys, time
from pathlib import Path
began = time.perf_counter()
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


def test_speed(full_model: Model, full_root: Path, corpus_rows: list[Row]) -> None:
    """Load under 1 s, one message under 3 ms, a batch under 0.5 ms each, in processor time."""
    documents = [row.document for row in corpus_rows if row.document.language == "en"][:1000]
    began = time.process_time()
    Model.load(current(full_root))
    loaded = time.process_time()
    for document in documents[:100]:
        full_model.classify([document])
    single = time.process_time()
    full_model.classify(documents)
    batch = time.process_time()
    assert loaded - began < 1
    assert (single - loaded) / 100 < 0.003
    assert (batch - single) / len(documents) < 0.0005


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


def test_evidence(full_model: Model) -> None:
    """The words that carry the decision come first; filling words do not."""
    words = full_model.evidence(Document("Hello, the glass arrived cracked and it leaks. Anna"), limit=3)
    assert {"cracked", "leaks"} <= {word for word, _ in words}
    assert [weight for _, weight in words] == sorted((weight for _, weight in words), reverse=True)


def test_evidence_of_unspaced_scripts(full_model: Model) -> None:
    """Chinese evidence names words, not whole sentences."""
    words = [word for word, _ in full_model.evidence(Document("我要申请退款，请尽快处理"))]
    assert "退款" in words


def test_evidence_of_nothing(full_model: Model) -> None:
    """Where there is no word there is no evidence."""
    assert full_model.evidence(Document("?!")) == ()


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
    lean = Lean([["it"], [" i"], ["q0"], ["it <not"]], np.arange(1.0, 5.0), np.ones((4, 11)), np.arange(11.0))
    again = Lean.from_arrays(lean.to_arrays())
    assert (again.decide([["it"]]) == lean.decide([["it"]])).all()
