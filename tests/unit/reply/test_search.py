"""Term weights: what is a term, and that the ranking is scikit-learn's."""

from pathlib import Path

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from daemon.reply.search import STOP_WORDS, Index, terms
from daemon.shipped import shipped


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How do I reset the Lamp?", ["reset", "lamp"]),
        ("Zurücksetzen, ZURÜCKGESETZT", ["zuruc", "zuruc"]),
        ("Übergröße", ["uberg"]),
        ("télé-lampe n°2", ["tele", "lampe", "2"]),
        ("充電の方法", ["充電", "方法"]),
        ("怎么重置", ["重置"]),
        ("リセットして", ["リセ", "セッ", "ット"]),
        ("を", []),
        ("", []),
        ("5 V", ["5"]),
    ],
)
def test_terms(text: str, found: list[str]) -> None:
    """Words are folded and cut, Chinese and Japanese are cut into pairs, grammar is left out."""
    assert terms(text) == found


def test_stop_words_are_as_terms_cuts_them() -> None:
    """A stop word that the tokenizer would cut or fold could never match."""
    assert all(len(word) <= 5 and word.isascii() and word.islower() for word in STOP_WORDS)


def _corpus() -> list[str]:
    """Sentences in several languages: the shipped training texts of one scenario."""
    folder = shipped("classifier") / "corpus"
    files: list[Path] = [folder / f"{language}-usage_question.jsonl" for language in ("en", "de", "fr")]
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()[:40]]


def test_the_ranking_is_scikit_learns() -> None:
    """The same weights give the same order; only the scale of a question differs."""
    texts = _corpus()
    index = Index([((text, 2),) for text in texts])
    vectorizer = TfidfVectorizer(analyzer=lambda text: terms(text) * 2, sublinear_tf=True)
    matrix = vectorizer.fit_transform(texts)
    for question in texts[::9]:
        cut = " ".join(question.split()[10:22]).replace(".", " ").replace("?", " ")
        ours = index.scores(cut, range(len(texts)))
        theirs = (matrix @ vectorizer.transform([cut]).T).toarray().ravel()
        best = max(range(len(texts)), key=lambda place: ours[place])
        assert theirs[best] == pytest.approx(theirs.max())


def test_scores_lie_between_zero_and_one() -> None:
    """A text asked for itself scores one, a foreign one zero."""
    index = Index([(("reset the lamp", 3),), (("charge the battery", 3),)])
    assert index.scores("reset lamp", [0, 1]) == [pytest.approx(1), 0]
    assert index.scores("", [0, 1]) == [0, 0]
    assert index.scores("anything", []) == []


def test_an_empty_index() -> None:
    """No passages, or passages without a word, are no error."""
    assert Index([]).scores("reset", []) == []
    assert Index([(("!!!", 1),)]).scores("reset", [0]) == [0]


def test_a_question_about_something_else_scores_low() -> None:
    """Words that no passage has count against a match."""
    index = Index([(("reset lamp", 2),), (("charge battery", 2),)])
    near = index.scores("reset lamp", [0, 1])[0]
    far = index.scores("reset my password on your homepage account tomorrow", [0, 1])[0]
    assert 0 < far < near / 2


def test_what_every_passage_says_proves_nothing() -> None:
    """The product's name, which all its passages share, finds none of them."""
    index = Index([(("lumio lamp reset", 2),), (("lumio lamp charge", 2),)])
    assert index.scores("which lumio lamp", [0, 1]) == [0, 0]
    assert index.scores("lumio lamp reset", [0, 1])[0] > 0.9
