"""How much of a draft is left in what was sent."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.likeness import Outcome, likeness, outcome_of

DRAFT = "Hello Mia,\n\nI am sorry that your lamp arrived broken. Please choose a refund or a new one.\n\nAnna"


@pytest.mark.parametrize(
    ("sent", "outcome"),
    [
        (DRAFT, Outcome.AS_IS),
        (DRAFT.replace(" ", "\n"), Outcome.AS_IS),
        (f"{DRAFT}\n-- \nAnna Example\nAcme support", Outcome.AS_IS),
        (DRAFT.replace("a new one", "another lamp"), Outcome.LIGHT),
        (
            DRAFT.replace("Please choose a refund or a new one.", "We have sent a new one to you today."),
            Outcome.HEAVY,
        ),
        ("The courier has found your parcel; it will be with you tomorrow morning.", Outcome.REPLACED),
        ("", Outcome.REPLACED),
    ],
)
def test_outcomes(sent: str, outcome: Outcome) -> None:
    """A line break is no change, a signature of the mail client is none; the rest is told by its size."""
    assert outcome_of(likeness(DRAFT, sent)) is outcome


def test_languages_without_blanks_are_compared_by_characters() -> None:
    """One changed character of a Chinese sentence does not replace it."""
    assert (
        outcome_of(likeness("很抱歉，您的台灯损坏了。我们会退款。", "很抱歉，您的台灯坏了。我们会退款。"))
        is Outcome.LIGHT
    )


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_have_a_likeness(one: str, two: str) -> None:
    """Between 0 and 1, and 1 for the same."""
    assert 0 <= likeness(one, two) <= 1
    assert likeness(one, one) == 1


def test_a_hostile_text_takes_no_second() -> None:
    """Two long texts of one repeated word take difflib a minute."""
    began = time.process_time()
    likeness("a " * 100_000, "a b " * 100_000)
    assert time.process_time() - began < 3


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_the_common_words_are_counted_exactly(left: list[str], right: list[str]) -> None:
    """The row of bits gives what the textbook's table gives."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
    whole = len(left) + len(right)
    expected = 2 * table[-1][-1] / whole if whole else 1.0
    assert likeness(" ".join(left), " ".join(right)) == expected
