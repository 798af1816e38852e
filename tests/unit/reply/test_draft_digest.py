"""The digest that a draft gets when it is written is the one that reading its bytes gives."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daemon.reply.compose import Reply, Written, written
from daemon.reply.copies import read_copy

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LINK, TOKEN = "<fr.tokentoken.mac@shop.example>", "tokentokentokentokentoke"
SUBJECTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200)


def write(
    text: str = "Sorry.\n", quoted: str = "It broke.", subject: str = "My lamp", name: str = ""
) -> Written:
    """A draft of ours."""
    reply = Reply(
        sender_name="Acme",
        sender="support@shop.example",
        recipient="Q7d2k9x4m1v0001+case@Marketplace.amazon.de",
        subject=subject,
        text=text,
        quoted=quoted,
        attribution="On Monday, Mia wrote:",
        answers="<buyer-1@eu-west-1.amazonses.com>",
        reference_ids=(),
        recipient_name=name,
    )
    return written(reply, link=LINK, token=TOKEN, now=NOW)


@given(text=st.text(max_size=400), quoted=st.text(max_size=400))
@example(text="a \r\r\n \n--\n-- \nFrom x\n> y", quoted=" \x0b\x85 >>a\n> \n")
@example(text="\ud800 half", quoted="\x00 =\t\n.\n")
@example(text="word " * 60, quoted=">" * 90 + " x " * 60)
def test_any_text_has_the_digest_of_its_copy(text: str, quoted: str) -> None:
    """Whatever template and buyer wrote, control characters and odd spaces included."""
    mail = write(text, quoted)
    assert mail.digest == read_copy(mail.raw).digest


@given(subject=SUBJECTS)
@example(subject="=?utf-8?q?not_ours?= and more")
@example(subject="Re: AW: Frage zu \u00fcber  zwei   Leerzeichen \u3000 " + "\u00e4" * 90)
@example(subject="word " * 40)
def test_any_subject_has_the_digest_of_its_copy(subject: str) -> None:
    """Folded, encoded, or as it stands."""
    mail = write(subject=subject)
    assert mail.digest == read_copy(mail.raw).digest


@given(name=SUBJECTS)
@example(name='"Mia" <other@shop.example>, evil')
@example(name="\u7530\u4e2d\u3000\u592a\u90ce")
def test_a_buyers_name_is_seen_and_counts_for_nothing(name: str) -> None:
    """It tells drafts apart in a list of mails; to whom the draft goes is the address alone."""
    mail = write(name=name)
    assert mail.digest == read_copy(mail.raw).digest == write().digest


@pytest.mark.parametrize("change", [("text", "Other.\n"), ("quoted", "Other."), ("subject", "Other")])
def test_another_content_has_another_digest(change: tuple[str, str]) -> None:
    """Every part that a person approves counts."""
    assert write(**dict([change])).digest != write().digest
