"""What the desk knows about a mailbox, and the nonsense it refuses."""

import itertools
from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.mailbox import ADDRESS, ApprovalTimes, Folders, Mailbox, SendingRules
from daemon.desk.profile import profile_of


@pytest.mark.parametrize(
    "address",
    ["a@b", "support@shop.example", "o'neil+tag@x-y.shop.example", "jd7x+0f3a@marketplace.amazon.co.uk"],
)
def test_plain_addresses_are_addresses(address: str) -> None:
    """What RFC 5321 writes without quoting."""
    assert ADDRESS.fullmatch(address)


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "@b", "a@", "a@b@c", "a b@c", "<a@b>", "a@b>", "a@b,c@d", "a@-b", "a@b-", "a@b.", "a@.b"),
        *(
            "a@b\n",
            "a@b\r\nBcc: c@d",
            "ä@b",
            "a@ü.example",
            '"a b"@c',
            "a@[127.0.0.1]",
            "x" * 65 + "@b",
            "a\x00@b",
        ),
    ],
)
def test_anything_else_is_no_address(address: str) -> None:
    """Nothing that two parsers could read differently, nothing with a control character."""
    assert not ADDRESS.fullmatch(address)


@given(st.text(max_size=40))
def test_no_address_holds_what_could_end_a_header(text: str) -> None:
    """Whatever matches is printable ASCII with exactly one @."""
    if ADDRESS.fullmatch(text):
        assert text.isascii()
        assert text.isprintable()
        assert text.count("@") == 1


@pytest.mark.parametrize(("cool_down", "settle"), [(-1, 0), (86_401, 0), (0, -1), (0, 3_601)])
def test_absurd_times_are_refused(cool_down: int, settle: int) -> None:
    """The sentence names the key and its range."""
    with pytest.raises(ValueError, match="_seconds must lie between 0 and"):
        ApprovalTimes(cool_down, settle)


def test_times_may_lie_at_their_ends() -> None:
    """Zero is allowed, and so is a day."""
    assert ApprovalTimes(0, 0).cool_down == timedelta(0)
    assert ApprovalTimes(86_400, 3_600).cool_down == timedelta(days=1)
    assert ApprovalTimes().cool_down == timedelta(seconds=30)


NAMES = [field.name for field in fields(Folders)]


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(NAMES, 2)))
def test_two_folders_cannot_be_one(first: str, second: str) -> None:
    """A queue that is also `Approved` would send every draft unseen."""
    for name in ("Same", "same"):
        with pytest.raises(ValueError, match=f"{first} and {second} are the same folder"):
            Folders(**{first: "Same", second: name})


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00", "/", "a//b", "/a", "a/"])
def test_a_folder_has_a_name(name: str) -> None:
    """One that a server can have: no empty level, no control character."""
    with pytest.raises(ValueError, match="approval"):
        Folders(approval=name)


def test_the_default_folders_are_told_apart() -> None:
    """And those that are found by special use are not compared."""
    assert Folders(approval="Support/Approval", approved="Support/Approved").sent is None


@pytest.mark.parametrize(("address", "domain"), [("a@Shop.Example", "shop.example"), ("a@b", "b")])
def test_the_domain_of_our_message_ids_is_the_mailboxs(address: str, domain: str) -> None:
    """In lower case."""
    assert Mailbox("shop", address).domain == domain


PROVIDERS = {
    ("imap.gmail.com", (), ""): True,
    ("imap.shop.example", ("X-GM-EXT-1",), ""): True,
    ("mail.shop.example", (), "* OK The Microsoft Exchange IMAP4 service is ready."): True,
    ("outlook.office365.com", (), ""): True,
    ("imap.mail.me.com", (), ""): True,
    ("imappro.zoho.eu", (), ""): True,
    ("imap.mail.yahoo.com", (), ""): True,
    ("IMAP.AOL.COM", (), ""): True,
    ("notgmail.com", (), ""): False,
    ("gmail.com.shop.example", ("IDLE",), "* OK Dovecot ready."): False,
}


@pytest.mark.parametrize(("server", "files"), PROVIDERS.items())
def test_providers_that_file_what_they_send(server: tuple[str, tuple[str, ...], str], files: bool) -> None:
    """By name, capability or greeting; the setting overrules all of them."""
    host, profile = server[0], profile_of(*server[1:])
    assert SendingRules().waits_for_server(host, profile) is files
    assert SendingRules(sent_copy="server").waits_for_server(host, profile)
    assert not SendingRules(sent_copy="daemon").waits_for_server(host, profile)
