"""Notes to the agent: plain words for every reason, with a remedy, and never a buyer's."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.reply.compose import note
from daemon.reply.copies import read_copy
from daemon.reply.notes import HELD_REASONS, SUBJECTS, Words, note_text

NOW = datetime(2026, 3, 2, 10, 3, tzinfo=UTC)
ORDER = "112-1234567-7654321"
WORDS = Words(
    approved="Support/Approved",
    approval="Support/Approval",
    rejected="Support/Rejected",
    sender="support@shop.example",
    recipient="jd7x+0f3a9c21@marketplace.amazon.com",
    detail="[[tracking number]]",
    time=NOW,
)


@pytest.mark.parametrize("reason", HELD_REASONS)
def test_each_reason_has_a_note_that_can_be_written(reason: str) -> None:
    """No placeholder is left, the reason stands in it, and it says that nobody else has it."""
    subject, text = note_text(reason, WORDS, ORDER, "Mia")
    assert subject.endswith(f"(Mia, order {ORDER})")
    assert not set("{}") & set(subject + text)
    assert f"Reason: {reason}" in text
    assert "Nobody else has received it" in text


@pytest.mark.parametrize("reason", HELD_REASONS)
def test_each_note_says_what_to_do_or_where_it_went(reason: str) -> None:
    """A sentence of its own, that begins a sentence, ends one, and uses the folder's real name."""
    sentence = HELD_REASONS[reason]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    assert names <= {"approved", "approval", "rejected", "sender", "recipient", "detail", "time"}
    assert "Approved" not in sentence.replace("{approved}", "")


def test_a_note_names_the_mailboxs_own_folders() -> None:
    """Not the defaults."""
    _, text = note_text("gap_left", WORDS)
    assert '"Support/Approved"' in text
    assert "[[tracking number]]" in text


def test_a_doubt_asks_to_look_and_nothing_else_does() -> None:
    """It says when, and that nothing is sent again by itself; other subjects say that nothing was sent."""
    subject, text = note_text("in_doubt", WORDS)
    assert subject == "Please look: in doubt"
    assert "10:03 UTC on 02 March" in text
    assert "never be sent again by itself" in text
    assert all(note_text(each, WORDS)[0].startswith("Not sent") for each in set(HELD_REASONS) - set(SUBJECTS))
    assert set(SUBJECTS) <= set(HELD_REASONS)


def test_a_note_without_details_says_so() -> None:
    """No sentence has a hole."""
    bare = Words("A", "B", "C", "s@x")
    assert "no details" in note_text("refused", bare)[1]
    assert "an unknown time" in note_text("newer_message", bare)[1]
    assert note_text("newer_message", bare)[0] == "Not sent: a draft needs you"
    assert note_text("newer_message", bare, buyer="Mia")[0] == "Not sent: a draft needs you (Mia)"


def test_an_unknown_reason_is_a_bug() -> None:
    """It is told at once."""
    with pytest.raises(KeyError):
        note_text("no_such_reason", WORDS)


@given(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=80), st.sampled_from(sorted(HELD_REASONS))
)
def test_no_detail_breaks_a_note(detail: str, reason: str) -> None:
    """Braces, line ends and whatever a server replied: the note is written and reads as a mail."""
    words = Words("A", "B", "C", "support@shop.example", detail=detail)
    subject, text = note_text(reason, words)
    raw = note(
        mailbox_name="shop",
        mailbox_address=words.sender,
        subject=subject,
        text=text,
        message_id="<n@x>",
        now=NOW,
    )
    assert read_copy(raw).recipients == ("support@shop.example",)
