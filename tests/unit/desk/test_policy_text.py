"""Reading the text: folding, sentences, words and their meanings, harmless senses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk import policy_meanings as lex
from daemon.desk.policy_neutral import NAMES, without_harmless
from daemon.desk.policy_text import fold, plain_of, read
from daemon.desk.policy_words import meaning_of


def sentences(text: str) -> list[str]:
    """The sentences as they read, trimmed."""
    reading = read(text)
    return [reading.plain[sentence.start : sentence.end].strip() for sentence in reading.sentences]


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    """So that an excerpt can be cut at the same place; dotted capital I is the one that tries not to."""
    plain = plain_of(text)
    assert len(fold(plain)) == len(plain)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Évaluation", "evaluation"),
        ("RESEÑA", "resena"),
        ("Ändern", "ändern"),
        ("Ｒｅｖｉｅｗ", "review"),
        ("re\u200bview", "review"),
        ("d’avis", "d'avis"),
        ("5–10", "5-10"),
        ("İ", "i"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Romance accents go, umlauts stay, typographic signs become plain ones."""
    assert fold(plain_of(text)) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("About 2.5 MB, i.e. small. Next", ["About 2.5 MB, i.e. small.", "Next"]),
        ("Das sind ca. fünf Sterne. Danke", ["Das sind ca. fünf Sterne.", "Danke"]),
        ("A line\nthat goes on\n\nA paragraph", ["A line\nthat goes on", "A paragraph"]),
        ("評価です。変更します。", ["評価です。", "変更します。"]),
        ('He said "yes." Then', ['He said "yes.', '" Then']),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """Abbreviations and decimals end none, a blank line ends one, a single line break does not."""
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("review", lex.REVIEW),
        ("bewertungen", lex.REVIEW),
        ("produktbewertung", lex.REVIEW),
        ("aendern", lex.CHANGE),
        ("loeschen", lex.CHANGE),
        ("anzupassen", lex.CHANGE),
        ("andere", 0),
        ("lamp", 0),
        ("x" * 10_000, 0),
    ],
)
def test_meanings_of_single_words(word: str, meaning: int) -> None:
    """Whole words, stems, ends of compounds, spelt-out umlauts; a word as long as a page says nothing."""
    assert meaning_of(word) & (lex.REVIEW | lex.CHANGE) == meaning


def test_phrases_carry_their_meaning_on_the_first_word() -> None:
    """A gift card is a gift, a card is not."""
    words = read("a gift card and a card").words
    assert words.meanings[1] & lex.GIFT
    assert not words.meanings[5] & lex.GIFT


def test_japanese_and_chinese_entries_may_overlap() -> None:
    """The high rating is a rating, too."""
    reading = read("高評価")
    assert reading.meanings & lex.POSITIVE
    assert reading.meanings & lex.REVIEW


@pytest.mark.parametrize(
    "text",
    [
        "We will review your return.",
        "Please review the attached manual.",
        "The claim is under review.",
        "The review of your claim takes three days.",
        "Amazon's review is pending.",
        "They are reviewing the photos.",
        "Please review the product description.",
        "The power rating is 65 W.",
        "A rating of IP67 means that it is tight.",
        "The shipping rate is fixed.",
        "Sauf avis contraire, nous expédions demain.",
        "Vous avez changé d'avis.",
        "Nous prenons bonne note de votre demande.",
        "Si cambia de opinión, avísenos.",
        "In our opinion the fuse is broken.",
        "Die Bewertung des Schadens läuft.",
        "La valutazione del danno richiede due giorni.",
    ],
)
def test_harmless_senses_say_nothing(text: str) -> None:
    """Words of review that mean something else."""
    assert not without_harmless(read(text)).meanings & NAMES


@pytest.mark.parametrize(
    "text",
    [
        "If you review our product, tell us.",
        "Please review us.",
        "You may rate your purchase.",
        "Your review the other day was clear.",
        "The rating of the lamp fell.",
        "Votre avis compte.",
        "Donnez une bonne note.",
        "Su opinión cuenta.",
        "Ihre Bewertung ist da.",
    ],
)
def test_real_reviews_stay(text: str) -> None:
    """The same words in their own sense."""
    assert without_harmless(read(text)).meanings & NAMES


def test_excerpts_are_one_short_line() -> None:
    """However long the text around the place."""
    reading = read("word " * 100 + "review" + " word" * 100)
    start = reading.plain.index("review")
    excerpt = reading.excerpt(start, start + 6)
    assert "review" in excerpt
    assert len(excerpt) <= 90
