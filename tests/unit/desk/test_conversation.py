"""Which conversation a mail belongs to: alias and order first, links within one buyer only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daemon.desk.conversation import (
    REASONS,
    Belonging,
    ConversationKey,
    Known,
    KnownConversation,
    belongs_to,
    conversation_key,
)
from daemon.mail.kinds import Kind, Notice, Relay
from daemon.mail.understanding import Understanding

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ALIAS, OTHER = "abc123def456ghi", "zzz123def456ghi"
ORDER, SECOND = "302-1234567-7654321", "305-7654321-1234567"
CASE = "1a2b3c4d"


def mail(
    *orders: str, alias: str = ALIAS, case: str | None = None, kind: Kind = Kind.BUYER_MESSAGE
) -> Understanding:
    """A buyer message with these order ids."""
    relay = Relay(f"{alias}@marketplace.amazon.de", alias, case, "de")
    return Understanding(kind, "relay_sender", relay=relay, order_ids=orders)


def known(
    number: int, order: str | None = None, *, alias: str = ALIAS, days: int = 1, site: str = "de"
) -> KnownConversation:
    """A conversation whose last message is so many days old."""
    return KnownConversation(number, ConversationKey(site, alias, order), NOW - timedelta(days=days))


def joined(found: Belonging) -> tuple[str, int | None]:
    """Reason and number of the conversation."""
    return found.reason, found.conversation.id if found.conversation else None


def test_key_is_alias_and_first_order() -> None:
    """The plus part of the address is no part of the key."""
    seen = mail(ORDER, SECOND, case=CASE)
    assert seen.relay is not None
    assert conversation_key(seen.relay, seen.order_ids) == ConversationKey("de", ALIAS, ORDER)
    assert conversation_key(seen.relay, ()) == ConversationKey("de", ALIAS, None)


def test_same_order_joins() -> None:
    """Alias and order decide, however old, before any link."""
    mine, linked = known(1, ORDER, days=400), known(2, SECOND)
    found = belongs_to(mail(ORDER), Known(by_alias=(mine, linked), by_reference=(linked,)), NOW)
    assert joined(found) == ("alias_and_order", 1)


def test_second_order_is_a_second_conversation() -> None:
    """Even when References point to the first one."""
    first = known(1, ORDER)
    found = belongs_to(mail(SECOND), Known(by_alias=(first,), by_reference=(first,)), NOW)
    assert joined(found) == ("second_order", None)
    assert found.key == ConversationKey("de", ALIAS, SECOND)


def test_orderless_conversation_gets_its_order() -> None:
    """A question before the purchase, answered, then the order: one conversation."""
    before = known(1)
    by_link = belongs_to(mail(ORDER), Known(by_alias=(before,), by_token=(before,)), NOW)
    assert (by_link.reason, by_link.adopts_order) == ("reference_adopts_order", ORDER)
    of_case = replace(before, cases=frozenset({CASE}))
    by_case = belongs_to(mail(ORDER, case=CASE), Known(by_alias=(of_case,)), NOW)
    assert (by_case.reason, by_case.adopts_order) == ("case_adopts_order", ORDER)
    unlinked = belongs_to(mail(ORDER), Known(by_alias=(before,)), NOW)
    assert joined(unlinked) == ("second_order", None)


def test_without_order_links_go_first() -> None:
    """Our token, then References, then the case, then the buyer's recent conversation."""
    token, reference, recent = known(1, ORDER, days=90), known(2, SECOND, days=80), known(4, days=2)
    case = replace(known(3, "306-1111111-1111111", days=70), cases=frozenset({CASE}))
    everything = Known((token,), (reference,), (token, reference, case, recent))
    seen = mail(case=CASE)
    assert joined(belongs_to(seen, everything, NOW)) == ("our_token", 1)
    assert joined(belongs_to(seen, replace(everything, by_token=()), NOW)) == ("reference", 2)
    assert joined(belongs_to(seen, Known(by_alias=everything.by_alias), NOW)) == ("case", 3)
    assert joined(belongs_to(mail(), Known(by_alias=everything.by_alias), NOW)) == ("recent_alias", 4)


@pytest.mark.parametrize(
    ("days", "reason"), [(0, "recent_alias"), (30, "recent_alias"), (31, "new_conversation")]
)
def test_recent_means_thirty_days(days: int, reason: str) -> None:
    """An order-less mail joins what is at most 30 days old."""
    assert belongs_to(mail(), Known(by_alias=(known(1, ORDER, days=days),)), NOW).reason == reason


def test_most_recent_of_several() -> None:
    """Of two candidates the one with the latest message."""
    candidates = (known(1, ORDER, days=9), known(2, SECOND, days=3))
    assert joined(belongs_to(mail(), Known(by_alias=candidates), NOW)) == ("recent_alias", 2)


@pytest.mark.parametrize(
    "stranger", [known(1, ORDER, alias=OTHER), known(1, ORDER, site="fr"), known(1, alias=OTHER)]
)
@pytest.mark.parametrize("orders", [(), (ORDER,)])
def test_links_never_cross_buyers(stranger: KnownConversation, orders: tuple[str, ...]) -> None:
    """Forged References, a shared order id, another site: never somebody else's conversation."""
    everything = Known((stranger,), (stranger,), (stranger,), (stranger,))
    assert joined(belongs_to(mail(*orders), everything, NOW)) == ("new_conversation", None)


@pytest.mark.parametrize(
    ("kind", "reopens"), [(Kind.BUYER_MESSAGE, True), (Kind.NOTICE, False), (Kind.AUTOMATIC, False)]
)
def test_a_buyer_opens_a_closed_conversation(kind: Kind, reopens: bool) -> None:
    """Only a buyer's message does."""
    closed = replace(known(1, ORDER), closed=True)
    assert belongs_to(mail(ORDER, kind=kind), Known(by_alias=(closed,)), NOW).reopens is reopens
    assert not belongs_to(mail(ORDER), Known(by_alias=(known(1, ORDER),)), NOW).reopens


def test_notice_without_relay() -> None:
    """By our token, by reference, by its order when that names one conversation only."""
    notice = Understanding(Kind.NOTICE, "header_notice", Notice.REFUND, order_ids=(ORDER,))
    mine, second = known(1, ORDER), known(2, SECOND)
    assert joined(belongs_to(notice, Known(by_token=(second,), by_order=(mine,)), NOW)) == ("our_token", 2)
    assert joined(belongs_to(notice, Known(by_reference=(second,)), NOW)) == ("reference", 2)
    assert joined(belongs_to(notice, Known(by_order=(mine, second)), NOW)) == ("order_of_notice", 1)
    two_buyers = (mine, known(3, ORDER, alias=OTHER))
    assert joined(belongs_to(notice, Known(by_order=two_buyers), NOW)) == ("nothing_links", None)
    assert belongs_to(notice, Known(), NOW).key is None


def test_each_reason_is_a_sentence() -> None:
    """The documentation is checked against these."""
    assert all(text.endswith(".") and text[0].isupper() for text in REASONS.values())
