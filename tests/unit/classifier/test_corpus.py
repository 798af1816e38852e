"""The shipped corpus keeps its rules, and what agents taught is joined rightly."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from classifier.corpus import CORPUS, Row, SellerLabel, read_corpus, read_evaluation, seller_rows
from classifier.crossval import fold_of, folds_for
from classifier.document import plain
from classifier.errors import CorpusError
from classifier.labels import LABELS

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "zh")


def grams(text: str) -> frozenset[str]:
    """Runs of five characters (three where characters carry more), as a set."""
    flat = " ".join(plain(text).split())
    size = 5 if flat.isascii() or " " in flat else 3
    return frozenset(flat[at : at + size] for at in range(max(1, len(flat) - size + 1)))


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared runs of all runs."""
    return len(left & right) / len(left | right)


@pytest.fixture(scope="module")
def near_pairs(corpus_rows: list[Row]) -> list[tuple[Row, Row]]:
    """Pairs of texts of one language that share more than 70 % of their runs."""
    return list(_near(corpus_rows, 0.7))


def _near(rows: list[Row], bound: float) -> Iterator[tuple[Row, Row]]:
    """Compare only texts that share one of their rarest runs; others cannot be so alike."""
    sets = [grams(row.document.text) for row in rows]
    common = Counter(gram for found in sets for gram in found)
    by_gram: defaultdict[tuple[str | None, str], list[int]] = defaultdict(list)
    for number, found in enumerate(sets):
        for gram in sorted(found, key=lambda one: (common[one], one))[:12]:
            by_gram[rows[number].document.language, gram].append(number)
    pairs = {pair for numbers in by_gram.values() for pair in combinations(numbers, 2)}
    for left, right in sorted(pairs):
        if likeness(sets[left], sets[right]) > bound:
            yield rows[left], rows[right]


def test_counts(corpus_rows: list[Row]) -> None:
    """At least 150 texts a label in English and 50 in each other language."""
    counts = Counter((row.document.language, row.label) for row in corpus_rows)
    few = {
        (language, label): counts[language, label]
        for language in LANGUAGES
        for label in LABELS
        if counts[language, label] < (150 if language == "en" else 50)
    }
    assert few == {}


def test_lengths(corpus_rows: list[Row]) -> None:
    """From three words to 150 and beyond, short ones being common."""
    words = sorted(len(row.document.text.split()) for row in corpus_rows if row.document.language == "en")
    assert words[len(words) // 10] <= 7
    assert words[-len(words) // 100] >= 100


def test_ids_are_unique() -> None:
    """Every text can be named."""
    lines = [line for path in CORPUS.glob("*.jsonl") for line in path.read_text("utf-8").split("\n") if line]
    ids = Counter(json.loads(line)["id"] for line in lines)
    assert [name for name, count in ids.items() if count > 1] == []


def test_situations_have_few_variants(corpus_rows: list[Row]) -> None:
    """Texts are written from situations: most have one or two."""
    sizes = Counter(Counter((row.group, row.label) for row in corpus_rows).values())
    assert sum(size * count for size, count in sizes.items() if size > 3) < 0.03 * len(corpus_rows)


def test_duplication(corpus_rows: list[Row], near_pairs: list[tuple[Row, Row]]) -> None:
    """Near-duplicates are few."""
    assert len(near_pairs) < 0.005 * len(corpus_rows)


def test_no_leakage_between_folds(corpus_rows: list[Row], near_pairs: list[tuple[Row, Row]]) -> None:
    """Variants of a situation share a fold, and hardly any near-duplicates lie in different ones."""
    fold = folds_for(corpus_rows)
    by_group = defaultdict(set)
    for row, number in zip(corpus_rows, fold.tolist(), strict=True):
        by_group[row.group].add(number)
    assert {len(numbers) for numbers in by_group.values()} == {1}
    leaks = [pair for pair in near_pairs if fold_of(pair[0].group, 5) != fold_of(pair[1].group, 5)]
    assert len(leaks) < 0.003 * len(corpus_rows)


def test_folds_are_even(corpus_rows: list[Row]) -> None:
    """No fold is much larger than another."""
    sizes = Counter(folds_for(corpus_rows).tolist())
    assert max(sizes.values()) < 1.2 * min(sizes.values())
    assert set(Counter(folds_for(corpus_rows * 2).tolist())) == {0, 1, 2}


GOOD = {"id": "x", "situation": "s", "label": "other", "lang": "en", "style": "short", "text": "hello?"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "nonsense"}, "is no label"),
        ({"label": "negative_review"}, "has a cause"),
        ({"cause": "quality"}, "has a cause"),
        ({"extra": 1}, "unknown ['extra']"),
        ({"text": None}, ""),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    """A row that breaks a rule stops the reading, with file and line."""
    row = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    (tmp_path / "en.jsonl").write_text(json.dumps(GOOD) + "\n" + json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"en\.jsonl:2") as caught:
        read_corpus(tmp_path)
    assert message in str(caught.value)


@pytest.mark.parametrize("line", ["{", "[]", "7", '"text"'])
def test_bad_lines_are_named(tmp_path: Path, line: str) -> None:
    """A line that is no JSON object stops the reading too."""
    (tmp_path / "de.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"de\.jsonl:1"):
        read_corpus(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """No texts, no training."""
    with pytest.raises(CorpusError, match="no training texts"):
        read_corpus(tmp_path)


def test_line_separators_inside_a_text(tmp_path: Path) -> None:
    """U+2028 in a text does not cut its line."""
    row = json.dumps({**GOOD, "text": "a\u2028b"}, ensure_ascii=False)
    (tmp_path / "en.jsonl").write_text(row, encoding="utf-8")
    assert read_corpus(tmp_path)[0].document.text == "a\u2028b"


def test_evaluation_file(tmp_path: Path) -> None:
    """Evaluation rows may have a second label and need no style."""
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "late", "label": "delivery_issue", "alt_label": "other"}\n', encoding="utf-8")
    (row,) = read_evaluation(path)
    assert (row.label, row.also, row.document.language) == ("delivery_issue", "other", None)
    path.write_text('{"text": "late", "label": "late"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"data\.jsonl:1"):
        read_evaluation(path)


def taught(text: str, label: str, message: str, hours: float, weight: float = 1.0) -> SellerLabel:
    """A label given `hours` after the start."""
    return SellerLabel(text, label, message, START + timedelta(hours=hours), weight=weight)


def test_last_correction_wins() -> None:
    """Of several labels of one message the latest counts, whatever order they come in."""
    rows = seller_rows([taught("a", "other", "m1", 2), taught("a", "satisfied", "m1", 1)])
    assert [(row.label, row.group, row.seller) for row in rows] == [("other", "seller/m1", True)]


def test_same_text_counts_once() -> None:
    """Two messages of the same words are one text to learn from; the later label holds."""
    rows = seller_rows(
        [taught("Where is it?", "other", "m1", 1), taught("where is IT?", "delivery_issue", "m2", 2)]
    )
    assert [row.label for row in rows] == ["delivery_issue"]


def test_a_correction_beats_a_confirmation() -> None:
    """Of the same message and of the same words, though the confirmation came later."""
    weak = replace(taught("a", "other", "m1", 9), confirmed=True)
    twin = replace(weak, message_key="m2")
    assert [row.label for row in seller_rows([weak, twin, taught("A", "satisfied", "m1", 1)])] == [
        "satisfied"
    ]
    assert [row.style for row in seller_rows([weak])] == ["confirmation"]


def test_weight_nothing_is_left_out() -> None:
    """A label without weight, and a text without words, teach nothing."""
    assert seller_rows([taught("a", "other", "m1", 1, weight=0), taught("  ", "other", "m2", 1)]) == []


@pytest.mark.parametrize(("label", "weight"), [("nonsense", 1.0), ("other", -1.0), ("other", 11.0)])
def test_bad_seller_labels(label: str, weight: float) -> None:
    """A label that is none, or a weight out of range, is reported with its message."""
    with pytest.raises(CorpusError, match="m9"):
        seller_rows([taught("a", label, "m9", 1, weight)])


def test_key_hides_the_text() -> None:
    """A row's key names subject and text and shows neither."""
    first, second = seller_rows([taught("secret", "other", "m1", 1), taught("secret!", "other", "m2", 1)])
    assert first.key != second.key
    assert "secret" not in first.key
