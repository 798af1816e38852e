"""Attachments, addresses, order ids, personal data: the edges that the examples leave open."""

import pytest

from daemon.desk.policy import Outgoing, Severity, examine

ORDER = "302-1234567-7654321"
OTHER = "302-7654321-1234567"


def rules(outgoing: Outgoing) -> list[str]:
    """The slugs found, in order."""
    return [finding.rule for finding in examine(outgoing)]


@pytest.mark.parametrize(
    "name", ["setup.exe", "manual.pdf.exe", "manual", ".pdf", "manual.pdf.", "film.mp4", "clip.GIF", ""]
)
def test_other_types_are_blocked(name: str) -> None:
    """The last extension counts; trailing dots are not an extension."""
    expected = [] if name == "manual.pdf." else ["pg18_attachment"]
    assert (
        rules(Outgoing(text="See the file.", attachments=((name, "application/octet-stream", 1),)))
        == expected
    )


@pytest.mark.parametrize("kind", ["video/mp4", "text/html", "image/svg+xml", "image/gif", "audio/mpeg"])
def test_a_wrong_type_behind_a_good_name_is_blocked(kind: str) -> None:
    """A web page named manual.pdf."""
    assert rules(Outgoing(text="See the file.", attachments=(("manual.pdf", kind, 1),))) == [
        "pg18_attachment"
    ]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((6_000_000,), []),
        ((6_000_001,), ["pg19_attachment_risk"]),
        ((5_000_000, 5_000_000), ["pg19_attachment_risk"]),
        ((5_000_000, 5_000_001), ["pg18_attachment"]),
    ],
)
def test_sizes_count_together(sizes: tuple[int, ...], expected: list[str]) -> None:
    """Over 6 MB warns, over 10 MB blocks."""
    files = tuple(("a.pdf", "application/pdf", size) for size in sizes)
    assert rules(Outgoing(text="See the files.", attachments=files)) == expected


def test_the_order_id_in_the_subject_is_enough() -> None:
    """Text or subject."""
    assert rules(Outgoing(subject=f"Re: order {ORDER}", text="It left today.", order_id=ORDER)) == []


def test_an_order_id_written_with_long_dashes_is_the_same() -> None:
    """Mail clients beautify dashes."""
    assert rules(Outgoing(text=f"Order {ORDER.replace('-', '–')} left.", order_id=ORDER)) == []


def test_a_foreign_order_id_blocks_beside_the_own_one() -> None:
    """Another buyer's order must not be named."""
    (finding,) = examine(Outgoing(text=f"Orders {ORDER} and {OTHER} left.", order_id=ORDER))
    assert finding.severity is Severity.BLOCK
    assert finding.excerpt == OTHER


def test_the_recipient_must_be_the_relay_of_the_conversation() -> None:
    """The plus part belongs to it; case does not matter."""
    relay = "abc123def456ghi+1a2b3c4d@marketplace.amazon.de"
    assert rules(Outgoing(text="It left.", recipient=relay.upper(), relay=relay)) == []
    assert rules(Outgoing(text="It left.", recipient=relay.replace("+1a2b3c4d", ""), relay=relay)) == [
        "pg30_recipient"
    ]
    assert rules(Outgoing(text="It left.", recipient=relay.replace("abc", "abd"), relay=relay)) == [
        "pg30_recipient"
    ]


@pytest.mark.parametrize(
    "address", ["", "a@b", f"{'a' * 15}@marketplace.amazon.de\n", f"x <{'a' * 15}@marketplace.amazon.de>"]
)
def test_what_is_no_bare_relay_address_blocks(address: str) -> None:
    """Nothing beside the address itself."""
    assert rules(Outgoing(text="It left.", recipient=address)) == ["pg30_recipient"]


@pytest.mark.parametrize(
    ("known", "text", "found"),
    [
        ("Musterweg 12, 12345 Berlin", "to MUSTERWEG 12 in Berlin", True),
        ("Musterweg 1", "to Musterweg 12", False),
        ("+49 30 1234567", "your number 030 / 123 45 67", False),
        ("030 1234567", "your number 030 / 123 45 67", True),
        ("Anna", "Hello Anna", False),
        ("東京都港区1-2-3", "東京都港区1-2-3に送ります", True),
        ("", "anything", False),
    ],
)
def test_personal_data_is_found_whatever_its_punctuation(known: str, text: str, found: bool) -> None:
    """Address or its street, phone number; a first name is no datum."""
    assert ("pg25_personal_data" in rules(Outgoing(text=text, known_personal_data=(known,)))) is found


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ("de", "de-AT", False),
        ("zh_CN", "zh", False),
        ("en", "und", False),
        ("EN", "fr", True),
        ("", "fr", False),
    ],
)
def test_languages_are_compared_by_their_primary_part(ours: str, theirs: str, found: bool) -> None:
    """Regions do not count, unknown ones are left alone."""
    outgoing = Outgoing(text="It left.", reply_language=ours, buyer_language=theirs)
    assert ("pg33_language" in rules(outgoing)) is found


def test_critical_purposes_may_carry_the_mark() -> None:
    """But only in a message that is no reply."""
    subject = "[Important] Which engraving?"
    assert rules(Outgoing(subject=subject, text="Which?", is_reply=False, purpose="customization")) == []
    assert rules(Outgoing(subject=subject, text="Which?", purpose="customization")) == ["pg21_important"]
