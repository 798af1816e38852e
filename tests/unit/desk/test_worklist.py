"""What the worklist says, as text, as a page, and as rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.clock import Deadlines
from daemon.desk.draft import OPEN_STATES
from daemon.desk.playbook import DEFAULT_PLAYS
from daemon.desk.worklist import (
    SHOWN,
    SPELLED_OUT,
    STATES,
    Aside,
    Material,
    Reminder,
    Waiting,
    Worklist,
    build,
    fingerprint,
    text,
)
from daemon.desk.worklist_page import page

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = "https://sellercentral.amazon.de/messaging/no-response-needed?t=1&m=2"
ITEM = Waiting(
    mailbox="shop",
    clock_id=1,
    scenario="delivery_issue",
    started_at=NOW - HOUR,
    limits=Deadlines(NOW + HOUR, NOW + 23 * HOUR, NOW + 47 * HOUR),
    buyer_name="Jane",
    order_id="302-7654321-1234567",
    relay_address="q7d2k9x4m1vsame@marketplace.amazon.de",
    confidence=0.93,
    draft_state="queued",
    gaps=("tracking number",),
    no_response_url=LINK,
)


def made(*items: Waiting, now: datetime = NOW, **more: object) -> Worklist:
    """A worklist of these."""
    return build(Material(items, **more), DEFAULT_PLAYS, now, ZoneInfo("Europe/Berlin"))  # type: ignore[arg-type]  # a test's shorthand


def test_an_entry_says_all_that_is_needed_to_answer() -> None:
    """When, what, how sure, who, which order, what the draft does and lacks, the steps, and the way out."""
    assert text(made(ITEM)) == (
        "1. Due Mon 02 Mar 12:00 (target): delivery issue (93%)\n"
        "   Jane, order 302-7654321-1234567\n"
        "   A draft waits for approval\n"
        "   Missing: tracking number\n"
        "   - Look the shipment up at the carrier.\n"
        "   - Name number, carrier, status and expected date; promise a replacement if it does not arrive.\n"
        f"   No response needed? {LINK}\n"
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"unsure": True, "confidence": 0.48}, "unsure, perhaps delivery issue (48%)"),
        ({"unsure": True, "grounds": ("zurück", "Größe")}, "   Guessed from: zurück, Größe\n"),
        ({"confidence": 0.0}, ": delivery issue\n"),
        ({"buyer_name": None, "order_id": ""}, "a buyer, no order"),
        ({"messages": 3}, "3 messages since Mon 02 Mar 10:00"),
        ({"draft_state": None}, "No draft"),
        ({"source": "lamp.md#switch"}, "Answer from: lamp.md#switch"),
        ({"draft_state": "held", "reason": "gap_left"}, "Held (gap left): see its note"),
        ({"draft_state": "rejected"}, "Rejected: answer the buyer yourself"),
        ({"limits": Deadlines(None, NOW + HOUR, None)}, "(24-hour rule)"),
        ({"limits": Deadlines(NOW + 3 * HOUR, NOW + 2 * HOUR, NOW + HOUR)}, "(hard limit)"),
        ({"limits": Deadlines(NOW, NOW + 2 * HOUR, None)}, "OVERDUE since Mon 02 Mar 11:00 (target)"),
    ],
)
def test_what_is_known_is_said(changes: dict[str, object], said: str) -> None:
    """And what is not is not."""
    assert said in text(made(replace(ITEM, **changes)))  # type: ignore[arg-type]  # a test's shorthand


def test_several_mailboxes_are_named() -> None:
    """Where there is more than one, as the command shows them."""
    assert "   shop, Jane, order" not in text(made(ITEM))
    said = text(made(ITEM, replace(ITEM, mailbox="other")))
    assert "   shop, Jane, order" in said
    assert "   other, Jane, order" in said


def test_every_open_state_of_a_draft_has_its_words() -> None:
    """A person is told what it means for them."""
    assert set(OPEN_STATES) <= set(STATES)


def test_the_nearest_limit_comes_first_whatever_it_is_of() -> None:
    """Reminders of cases stand among the clocks."""
    reminder = Reminder("shop", "A-to-z claim, order 1: answer Amazon", NOW + HOUR / 2, ("Write it.",))
    found = made(ITEM, reminders=(reminder,))
    assert [entry.due_at for entry in found.entries] == [NOW + HOUR / 2, NOW + HOUR]
    assert text(found).startswith(
        "1. Due Mon 02 Mar 11:30: A-to-z claim, order 1: answer Amazon\n   - Write it.\n"
    )
    assert found.subject == "Worklist: 2 waiting"


def test_alerts_and_unread_mails_stand_there_too() -> None:
    """Alerts first; those that the entries tell anyway are left out."""
    alerts = [Alert(AlertKind.CLOCK_BREACHED, "a"), Alert(AlertKind.MASS_VANISH, "b", "4 of 9.")]
    found = made(alerts=alerts, asides=[Aside("shop", "x@y.example", "Hello", "too_big", NOW)])
    assert text(found) == (
        "ALERTS\n! Many drafts vanished at once; the mailbox is frozen until a person looks. 4 of 9.\n\n"
        "Nothing is owed.\n\nMAILS THAT COULD NOT BE READ\n- x@y.example: Hello (too_big)\n"
    )
    assert found.subject == "Worklist: nothing is owed"


def test_its_words_change_only_when_something_did() -> None:
    """Time passing changes nothing, until a limit has passed."""
    prints = [fingerprint(made(ITEM, now=NOW + minutes * HOUR / 60)) for minutes in (0, 1, 59, 60, 61)]
    assert [each == prints[0] for each in prints] == [True, True, True, False, False]
    assert prints[3] == prints[4]


def test_a_long_list_stays_short_on_a_phone() -> None:
    """The first with their steps, then headlines, then a number."""
    found = made(*(replace(ITEM, clock_id=number) for number in range(SHOWN + 5)))
    said = text(found)
    assert said.count("   - Look the shipment up") == SPELLED_OUT
    assert said.count("Due Mon") == SHOWN
    assert said.endswith("... and 5 more: firstreply worklist\n")
    assert page(found).count("border-left") == SHOWN


def test_the_page_escapes_what_buyers_wrote_and_links_only_https() -> None:
    """Nothing in it is loaded from anywhere, and nothing runs."""
    evil = replace(ITEM, buyer_name="<script>x</script>", no_response_url="javascript:alert(1)")
    said = page(made(evil, ITEM))
    assert "<script>" not in said
    assert "&lt;script&gt;" in said
    assert said.count("<a href=") == 1
    assert f'<a href="{LINK.replace("&", "&amp;")}">' in said
    assert "src=" not in said
