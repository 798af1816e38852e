"""Features: golden examples of every block, for spaced and unspaced scripts."""

import pytest

from classifier.document import MARK, Document, marked_text
from classifier.features import (
    is_run,
    phrases_of,
    pieces_of,
    pieces_of_word,
    signs_of,
    tokens_of,
    words_of,
)
from classifier.lexicon import UNSPACED, concepts_of, digest, spans


@pytest.mark.parametrize(
    ("marked", "tokens"),
    [
        ("it broke!! why?", ["it", "broke", "!!", "why", "?"]),
        ("don't 00-inch snake_case", ["don", "t", "00", "inch", "snake", "case"]),
        ("我的包裹usb坏了", ["我的包裹", "usb", "坏了"]),
        ("もう3日です", ["もう", "3", "日です"]),
        (f"ok {MARK}q0 {MARK}lende", ["ok", f"{MARK}q0", f"{MARK}lende"]),
        ("über straße", ["über", "straße"]),
        ("x" * 50, ["x" * 30]),
        ("", []),
    ],
)
def test_tokens(marked: str, tokens: list[str]) -> None:
    """Words, unspaced runs, groups of ! and ?, and markers."""
    assert tokens_of(marked) == tokens


def test_words() -> None:
    """Words and pairs of neighbours; of a run, two to four signs; a run breaks a pair."""
    assert words_of(["it", "broke"]) == ["it", "broke", "it broke"]
    assert words_of(["坏了吗"]) == ["坏了", "了吗", "坏了吗"]
    assert words_of(["a", "坏", "b", f"{MARK}q0"]) == ["a", "b"]


def test_pieces() -> None:
    """Two to four characters with the edges as spaces; one to three of a run; none of a marker."""
    assert pieces_of_word("ab") == (" a", "ab", "b ", " ab", "ab ", " ab ")
    assert pieces_of_word("坏了") == ("坏", "了", "坏了")
    assert pieces_of([f"{MARK}q0"]) == []


def test_signs() -> None:
    """Concepts, negated concepts, the opening, and markers as they are."""
    found = signs_of(["it", "does", "not", "work", f"{MARK}q0"])
    assert {"not", "work", "not work", "^it", "^not", f"{MARK}q0"} <= set(found)
    assert "not work" not in signs_of(["not", "!", "work"])
    assert "not fast" not in signs_of(["not", "a", "b", "c", "d", "fast"])


def test_phrases_carry_over() -> None:
    """The same request in two languages shares a phrase."""
    english = phrases_of(tokens_of(marked_text(Document("still not arrived"))))
    german = phrases_of(tokens_of(marked_text(Document("noch nicht angekommen"))))
    assert "<not <arrive" in english
    assert set(english) == set(german)


@pytest.mark.parametrize(
    ("concept", "words"),
    [
        ("refund", ["refunded", "erstattung", "rembourse", "reembolso", "rimborso", "退款", "返金"]),
        ("cancel", ["cancel", "stornieren", "annuler", "cancelar", "annullare", "取消", "キャンセル"]),
        ("thanks", ["thanks", "danke", "merci", "gracias", "grazie", "谢谢", "ありがとう"]),
        ("track", ["tracking", "sendungsnummer", "suivi", "seguimiento", "tracciamento", "单号", "追跡"]),
        ("warranty", ["warranty", "garantie", "garantia", "garanzia", "保修", "保証"]),
    ],
)
def test_concepts_in_all_languages(concept: str, words: list[str]) -> None:
    """One concept, seven languages."""
    assert [word for word in words if concept not in concepts_of(word)] == []


def test_spans() -> None:
    """The longest known word first, unknown signs one by one, nothing lost."""
    assert "".join(word for word, _ in spans("我要申请退款了")) == "我要申请退款了"
    assert ("退款", ("refund",)) in spans("我要申请退款了")


def test_runs() -> None:
    """Chinese, Japanese and Thai are runs; Korean, Greek and digits are words."""
    assert [text for text in ("退", "ア", "ก", "한", "ω", "7", "é") if is_run(text)] == ["退", "ア", "ก"]
    assert UNSPACED.fullmatch("退货ありがとうー々")


def test_digest() -> None:
    """The lexicon is named by its content."""
    assert len(digest()) == 64
