"""Warnings before a limit passes: marks in the inbox, and mails to the team."""

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest

from tests.daemon_kit import SHOP
from tests.mails import BROKEN
from tests.stage_kit import ALIAS, ORDER, Stage

LEAD = "lead@shop.example"
TOLD = f'[deadlines]\nalert_to = ["{LEAD}"]'
KEYWORD = b"FirstreplyDue"


def late(stage: Stage, hours: float = 0.9) -> None:
    """A buyer has waited for most of the hour that a broken product has; the draft lies in the queue."""
    stage.draft()
    stage.wait_longer(hours)
    stage.cycle()


def flags(stage: Stage) -> set[bytes]:
    """The flags of the one mail in the inbox."""
    ((_, found),) = stage.house.flags().items()
    return set(found)


def told(stage: Stage) -> list[EmailMessage]:
    """The mails that went to the lead."""
    mails = [mail for mail in stage.house.sink.accepted if mail.recipients == (LEAD,)]
    return [email.message_from_bytes(mail.raw, policy=policy.default) for mail in mails]


def test_a_buyers_mail_is_marked_until_it_is_answered(stage: Stage) -> None:
    """With the keyword; the draft in the queue never is."""
    late(stage)
    assert KEYWORD in flags(stage)
    assert KEYWORD not in set().union(*stage.house.flags("Approval").values())
    uid, _ = stage.waiting()
    stage.house.move(uid, "Approved")
    stage.cycle(2)
    assert flags(stage) & {KEYWORD, b"\\Answered"} == {b"\\Answered"}


@pytest.mark.parametrize("starred", [True, False])
def test_a_star_that_a_person_set_stays(stage: Stage, starred: bool) -> None:
    """Ours goes when the buyer has been answered."""
    stage.house.settings('[deadlines]\nmark = "flagged"')
    stage.draft()
    if starred:
        stage.house.mark("INBOX", b"\\Flagged")
    stage.wait_longer(0.9)
    stage.cycle()
    assert b"\\Flagged" in flags(stage)
    uid, _ = stage.waiting()
    stage.house.move(uid, "Approved")
    stage.cycle(2)
    assert (b"\\Flagged" in flags(stage)) is starred


def test_nothing_is_marked_when_nothing_is_wanted(stage: Stage) -> None:
    """Nor before the first warning."""
    stage.draft()
    assert KEYWORD not in flags(stage)
    stage.house.settings('[deadlines]\nmark = "none"')
    stage.wait_longer(0.9)
    stage.cycle()
    assert flags(stage) <= {b"\\Recent"}


@pytest.mark.parametrize(("step", "when"), [("write_mark", "after"), ("flag", "after")])
def test_a_crash_leaves_no_mark_behind(stage: Stage, step: str, when: str) -> None:
    """Whatever had been done by then is finished, and taken away in the end."""
    stage.draft()
    stage.wait_longer(0.9)
    stage.dies(step, when)
    stage.cycle()
    assert KEYWORD in flags(stage)
    uid, _ = stage.waiting()
    stage.house.move(uid, "Approved")
    stage.cycle(2)
    assert KEYWORD not in flags(stage)


def test_the_lead_is_told_once_what_is_late(stage: Stage) -> None:
    """Marked as a machine's mail, in its own envelope, with the order and no word of the buyer's."""
    stage.house.settings(TOLD)
    late(stage)
    stage.cycle()
    (mail,) = told(stage)
    assert (mail["Auto-Submitted"], mail["To"], mail["From"].addresses[0].addr_spec) == (
        "auto-generated",
        LEAD,
        SHOP,
    )
    text = mail.get_content()
    assert ORDER in text
    assert "An answer is due soon. product_issue" in text
    assert ALIAS not in mail.as_string()
    assert BROKEN.splitlines()[0] not in text


def test_a_storm_becomes_one_mail(stage: Stage) -> None:
    """What happens within ten minutes of a mail is told together after them."""
    stage.house.settings(TOLD)
    for number in range(5):
        stage.house.receive(BROKEN, alias=f"q7d2k9x4m1vs{number:03d}")
    stage.cycle()
    for hours in (0.6, 0.1, 0.4):
        stage.wait_longer(hours)
        stage.cycle()
    (mail,) = told(stage)
    assert mail.get_content().count("An answer is due soon.") == 5
    stage.sql("UPDATE alert SET told_at = told_at - 601000000")
    stage.cycle(2)
    _, second = told(stage)
    text = second.get_content()
    assert (text.count("due soon"), text.count("limit has passed")) == (5, 5)


@pytest.mark.parametrize(
    ("step", "when", "mails"),
    [("tell", "after", 1), ("ended", "before", 2)],
)
def test_an_alert_is_told_whatever_dies(stage: Stage, step: str, when: str, mails: int) -> None:
    """Twice under one Message-ID where nobody can know, rather than never."""
    stage.house.settings(TOLD)
    stage.draft()
    stage.wait_longer(0.9)
    stage.dies(step, when)
    stage.sql("UPDATE alert_mail SET next_attempt_at = 0")
    stage.cycle()
    assert len(told(stage)) == mails
    assert len({mail["Message-ID"] for mail in told(stage)}) == 1


@pytest.mark.parametrize(("fault", "outcome"), [("rcpt_550", "refused"), ("rcpt_450", None)])
def test_a_mail_server_that_refuses_stops_nothing(stage: Stage, fault: str, outcome: str | None) -> None:
    """For good: it ends. For now: it is tried again, later."""
    stage.house.settings(TOLD)
    stage.draft()
    stage.wait_longer(0.9)
    stage.house.sink.fault = fault
    stage.cycle(2)
    stage.house.sink.fault = None
    assert told(stage) == []
    stage.sql("UPDATE alert_mail SET next_attempt_at = 0")
    stage.cycle()
    assert len(told(stage)) == (0 if outcome else 1)


def test_an_alert_for_a_buyer_is_refused_before_it_is_sent(stage: Stage) -> None:
    """Even where the settings' own check was passed by: the address is looked at once more."""
    stage.house.settings(TOLD)
    stage.house.sink.fault = "rcpt_450"
    late(stage)
    stage.house.sink.fault = None
    buyer = f"{ALIAS}@marketplace.amazon.com"
    stage.sql(f"UPDATE alert_mail SET next_attempt_at = 0, recipient = '{buyer}'")  # noqa: S608  our own words
    stage.cycle()
    assert stage.house.sink.accepted == []


def test_what_will_not_wait_until_the_team_is_back_is_told_before_it_leaves(stage: Stage) -> None:
    """Nobody works today: a limit that passes this hour passes before the next working hours."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    hours = "\n".join(f'{day} = ["12:00-12:01"]' for day in days)
    zone = "Etc/GMT-11" if 10 <= datetime.now(UTC).hour <= 12 else "UTC"
    playbook = f'[calendar.office]\ntime_zone = "{zone}"\n{hours}\n'
    (stage.house.root / "playbook.toml").write_text(playbook)
    stage.house.settings(f'{TOLD}\ncalendar = "office"')
    stage.draft()
    stage.cycle()
    (mail,) = told(stage)
    assert "A limit will pass before the next working hours begin. product_issue" in mail.get_content()
