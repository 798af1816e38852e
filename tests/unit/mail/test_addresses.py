"""Addresses: what is read the same everywhere, and what is nobody's."""

import mailparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mail.addresses import ADDRESS, Mailbox, many_addresses, single_mailbox


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("a@b.example", "", "a@b.example"),
        ("<A@B.example>", "", "a@b.example"),
        ("Anna <a+c@b.example>", "Anna", "a+c@b.example"),
        ('"Anna, M." <a@b.example>', "Anna, M.", "a@b.example"),
        ("=?utf-8?q?Zo=C3=A9?= <a@b.example>", "Zoé", "a@b.example"),
        ('"a@evil.example" <b@real.example>', "a@evil.example", "b@real.example"),
        ("Anna (home) <a@b.example>", "Anna (home)", "a@b.example"),
        ('"An\\"na" <a@b.example>', 'An\\"na', "a@b.example"),
    ],
)
def test_single_mailbox(field: str, name: str, address: str) -> None:
    """Plain shapes directly, others when two readers agree; the name is for people only."""
    assert single_mailbox((field,)) == (Mailbox(name, address), None)


@pytest.mark.parametrize(
    "field",
    [
        "a@b.example, c@d.example",
        "a@b.example <c@d.example>",
        "group: a@b.example, c@d.example;",
        "no address",
        "<a@b.example",
        "a@b",
        "ü@b.example",
        "<@evil.example:a@b.example>, x",
        "(" * 500 + " a@b.example",
        "",
    ],
)
def test_ambiguous_is_nobodys(field: str) -> None:
    """Two mailboxes, odd shapes and disagreement give no address."""
    mailbox, defect = single_mailbox((field,))
    assert (mailbox.address, defect) == ("", "ambiguous")


def test_absent_and_repeated() -> None:
    """No field is no defect; two are one, even when equal."""
    assert single_mailbox(()) == (Mailbox(), None)
    assert single_mailbox(("a@b.example", "a@b.example"))[1] == "repeated"


def test_many_addresses() -> None:
    """In order, once each, odd ones left out."""
    fields = ("A@b.example, Bo <c@d.example>", "c@d.example", "(" * 500)
    assert many_addresses(fields) == ("a@b.example", "c@d.example")


_PIECES = [
    "a@b.example",
    "c@d.example",
    "<",
    ">",
    '"',
    "(",
    ")",
    ",",
    ";",
    ":",
    "x",
    " ",
    "\\",
    "@",
    "=?q?",
    ".",
]
_WORDS = st.lists(st.sampled_from(_PIECES), max_size=9).map("".join)


@given(_WORDS)
def test_every_address_is_read_the_same_by_mail_parser(field: str) -> None:
    """Whatever we take for the one sender, mail-parser takes for it, too."""
    address = single_mailbox((field,))[0].address
    if address:
        assert ADDRESS.fullmatch(address)
        parsed = mailparser.parse_from_bytes(f"From: {field}\r\n\r\n".encode())
        assert [each.lower() for _, each in parsed.from_] == [address]
