"""The identity of a draft: nobody outside can forge or bend a link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.link import TOKEN_OCTETS, Link, LinkKind, links_in, message_id, token_from

KEY = b"k" * 32
TOKEN = token_from(bytes(range(TOKEN_OCTETS)))
KINDS = st.sampled_from(LinkKind)
TOKENS = st.binary(min_size=TOKEN_OCTETS, max_size=TOKEN_OCTETS).map(token_from)


@given(TOKENS, KINDS, st.binary(min_size=16, max_size=32))
def test_a_link_is_found_again(token: str, kind: LinkKind, key: bytes) -> None:
    """Alone, among other ids, and in the upper case some servers like."""
    link = message_id(key, kind, token, "Shop.Example")
    noise = ["<CA+other@mail.example>", "", "not an id"]
    for written in (link, link.upper(), f"{link} {noise[0]}"):
        assert links_in(key, [noise[0], written, *noise]) == (Link(kind, token),)


@given(TOKENS, KINDS, st.data())
def test_a_changed_link_is_none(token: str, kind: LinkKind, data: st.DataObject) -> None:
    """One character of token or MAC changed: no link."""
    link = message_id(KEY, kind, token, "shop.example")
    start = len(kind.value) + 2
    places = [place for place in range(start, start + 41) if link[place] != "."]
    place = data.draw(st.sampled_from(places))
    other = data.draw(
        st.sampled_from([sign for sign in "abcdefghijklmnopqrstuvwxyz234567" if sign != link[place]])
    )
    assert links_in(KEY, [link[:place] + other + link[place + 1 :]]) == ()


def test_a_link_of_one_kind_is_none_of_another() -> None:
    """A note can never pass for a draft, nor a delivery for a note."""
    for kind in LinkKind:
        link = message_id(KEY, kind, TOKEN, "shop.example")
        for other in set(LinkKind) - {kind}:
            assert links_in(KEY, [link.replace(f"<{kind.value}.", f"<{other.value}.")]) == ()


def test_a_link_of_another_ledger_is_none() -> None:
    """The MAC hangs on the ledger's own secret."""
    assert links_in(b"other", [message_id(KEY, LinkKind.DRAFT, TOKEN, "shop.example")]) == ()


def test_the_domain_is_not_part_of_the_identity() -> None:
    """A mailbox may change its address; its drafts stay its own."""
    old, new = (message_id(KEY, LinkKind.DRAFT, TOKEN, domain) for domain in ("a.example", "b.example"))
    assert links_in(KEY, [old, new]) == (Link(LinkKind.DRAFT, TOKEN),)


def test_links_keep_their_order() -> None:
    """The order of References tells which answer is the newest."""
    tokens = [token_from(bytes([number]) * TOKEN_OCTETS) for number in range(5)]
    ids = [message_id(KEY, LinkKind.DRAFT, token, "shop.example") for token in tokens]
    assert [link.token for link in links_in(KEY, [" ".join(ids), ids[0]])] == tokens


@pytest.mark.parametrize("octets", [b"", b"x" * 14, b"x" * 16])
def test_a_token_has_its_length(octets: bytes) -> None:
    """Anything shorter could be guessed."""
    with pytest.raises(ValueError, match="15 octets"):
        token_from(octets)


@given(st.lists(st.text(alphabet="<>fr.dn@a2x \x00ü", max_size=120), max_size=5))
def test_no_text_is_a_link_by_chance_or_an_error(ids: list[str]) -> None:
    """Odd ids are simply not ours."""
    assert links_in(KEY, ids) == ()


@given(TOKENS, KINDS)
def test_a_message_id_is_one_that_every_client_keeps(token: str, kind: LinkKind) -> None:
    """ASCII, no whitespace, of one length, short enough for one header line (RFC 5322, section 3.6.4)."""
    link = message_id(KEY, kind, token, "Shop.Example")
    assert link.isascii()
    assert link == link.lower()
    assert len(link) == len(f"<{kind.value}.@shop.example>") + 24 + 1 + 16
