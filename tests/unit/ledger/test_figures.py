"""The report's figures are counted in the database, on both of them, as Amazon counts."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from daemon.desk.claim import CaseState
from daemon.desk.clock import deadlines
from daemon.desk.disposition import DecidedBy, corrected
from daemon.desk.draft import DraftState
from daemon.desk.playbook import Scenario
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.figures_rows import (
    Arrivals,
    Cases,
    Defects,
    Labels,
    OpenAge,
    Returned,
    Tally,
    Window,
)
from daemon.ports.ledger.labels import LabelSource
from daemon.ports.ledger.store import open_engine
from tests.case_kit import filing, notice
from tests.ledger_kit import DRAFT, HOUR, MINUTE, NOW, Desk, place

DAY = timedelta(days=1)


def tally(desk: Desk, *, now: datetime = NOW + 2 * DAY, days: int = 2) -> Tally:
    """The figures of the days from NOW on."""
    return desk.ledger.figures.tally(NOW, NOW + days * DAY, now, (1, 7))


def answered(desk: Desk, alias: str, after: timedelta, at: datetime = NOW) -> int:
    """A buyer message that a person answered in their mail client; returns its id."""
    message = desk.message(at, alias=alias)
    answer(desk, message, at + after)
    return message


def answer(desk: Desk, message: int, at: datetime) -> None:
    """A person answers in their mail client."""
    desk.ledger.clocks.answered_by_agent(desk.claim, desk.queued(message), at, at)


def totals(rows: list[Arrivals]) -> tuple[int, ...]:
    """Messages, answered, open, answered late, open late."""
    names = ("number", "answered", "open", "answered_late", "open_late")
    return tuple(sum(getattr(row, name) for row in rows) for name in names)


def test_each_message_of_a_run_counts_from_its_own_arrival(desk: Desk) -> None:
    """An answer after 25 hours is late for the first message and in time for the one of an hour later."""
    desk.message(NOW)
    answer(desk, desk.message(NOW + 2 * HOUR), NOW + 25 * HOUR)
    found = tally(desk)
    assert totals(list(found.arrivals)) == (2, 2, 0, 1, 0)
    assert found.windows == [Window(1, 0, 0, 0, 0), Window(7, 2, 1, 1, 0)]
    (clock,) = found.answers
    assert (clock.number, clock.minute, clock.target_met, clock.longest) == (
        1,
        25 * 60,
        0,
        25 * 3_600_000_000,
    )


@pytest.mark.parametrize(
    ("age", "late"), [(23 * HOUR, 0), (24 * HOUR, 0), (24 * HOUR + MINUTE, 1)], ids=["young", "edge", "late"]
)
def test_silence_is_late_after_a_day(desk: Desk, age: timedelta, late: int) -> None:
    """Exactly 24 hours are in time, as Amazon says "within"."""
    desk.message(NOW)
    found = tally(desk, now=NOW + age)
    assert totals(list(found.arrivals)) == (1, 0, 1, 0, late)
    assert found.windows[1] == Window(7, 1, 0, 0, late)
    assert found.open_ages == [OpenAge(age // HOUR, 1, 1)]


def test_what_needs_no_answer_is_not_judged(desk: Desk) -> None:
    """It counts as a message, and as nothing else."""
    message = desk.message(NOW)
    desk.ledger.clocks.excuse(desk.claim, message, NOW + 30 * HOUR)
    found = tally(desk)
    assert totals(list(found.arrivals)) == (1, 0, 0, 0, 0)
    assert found.windows[1] == Window(7, 1, 0, 0, 0)
    assert found.answers == []


def test_from_is_in_and_to_is_out(desk: Desk) -> None:
    """By arrival, for messages and for clocks; the quarter of an hour is that of the arrival."""
    for number, at in enumerate((NOW - MINUTE, NOW, NOW + DAY - MINUTE, NOW + DAY)):
        answered(desk, f"buyer{number}", HOUR, at)
    found = tally(desk, days=1)
    assert totals(list(found.arrivals))[0] == sum(row.number for row in found.answers) == 2
    assert sorted(row.quarter for row in found.arrivals) == [
        int(at.timestamp()) // 900 for at in (NOW, NOW + DAY - MINUTE)
    ]


def test_percentiles_are_exact(desk: Desk) -> None:
    """Of ten answers after 1 to 10 minutes and some microseconds; none of it is rounded."""
    odd = timedelta(microseconds=7)
    for number in range(1, 11):
        answered(desk, f"buyer{number}", number * MINUTE + odd)
    found = tally(desk).percentiles
    minute = 60_000_000
    assert found[""] == {0.5: 5 * minute + 7, 0.9: 9 * minute + 7, 0.95: 10 * minute + 7}
    assert found["product_issue"] == found[""]
    assert tally(desk, days=0).percentiles == {}


def test_a_clock_that_jumped_shows(desk: Desk) -> None:
    """An answer from before the message is kept as the negative time it is."""
    answered(desk, "one", -2 * MINUTE)
    found = tally(desk)
    assert found.percentiles[""][0.5] == -120_000_000
    assert found.answers[0].longest == -120_000_000


def test_drafts_are_counted_by_their_end(desk: Desk) -> None:
    """Sent as it was, sent edited, and every other state by its name."""
    for alias, digest in (("one", "d1"), ("two", "d2"), ("three", "d3")):
        delivery = desk.sending(desk.approved(desk.message(alias=alias), digest))
        desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    rejected = desk.queued(desk.message(alias="four"))
    desk.ledger.drafts.move_to(desk.claim, rejected, DraftState.REJECTED, place(), "x", NOW)
    desk.planned(desk.message(alias="five"))
    found = {(row.state, row.edited): row.number for row in tally(desk).drafts}
    assert found == {("sent", False): 1, ("sent", True): 2, ("rejected", False): 1, ("planned", False): 1}
    assert tally(desk, days=0).drafts == []


def test_the_models_word_is_held_against_what_people_said(desk: Desk) -> None:
    """Sent as it was confirms; a correction corrects, though it changes the message; the last one counts."""
    delivery = desk.sending(desk.approved(desk.message(alias="one")))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    wrong = desk.message(alias="two")
    limits = deadlines(NOW, target=HOUR, hard=None)
    for scenario in (Scenario.OTHER, Scenario.DELIVERY_ISSUE):
        desk.ledger.labels.record(desk.claim, wrong, scenario, LabelSource.RECLASSIFY, "agent", NOW)
        desk.ledger.corrections.correct(desk.claim, wrong, corrected(scenario), limits, None, NOW)
    found = tally(desk)
    assert found.confirmed == {"product_issue": 1}
    assert found.labels == [Labels("product_issue", "delivery_issue", 1)]


def test_only_the_models_sure_word_is_judged(desk: Desk) -> None:
    """Neither what it was unsure of, nor what a header proved, nor a correction that was sent."""
    for number, disposition in enumerate(
        (replace(DRAFT, unsure=True), replace(DRAFT, decided_by=DecidedBy.HEADER))
    ):
        message = desk.message(alias=f"buyer{number}", disposition=disposition)
        desk.ledger.labels.record(desk.claim, message, Scenario.OTHER, LabelSource.RECLASSIFY, "a", NOW)
    message = desk.message(alias="corrected")
    limits = deadlines(NOW, target=HOUR, hard=None)
    desk.ledger.corrections.correct(desk.claim, message, corrected(Scenario.OTHER), limits, None, NOW)
    delivery = desk.sending(desk.approved(message))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    found = tally(desk)
    assert (found.confirmed, found.labels) == ({}, [])


def test_defects_are_counted_by_product_conversation_and_reason(desk: Desk) -> None:
    """Two messages about one parcel are one defect, about what the first that says so says."""
    first = {"asins": ["B0AAAAAAAA"]}
    for alias, facts in (
        ("one", first),
        ("one", {**first, "issue_reason": "missing_part"}),
        ("one", {**first, "issue_reason": "does_not_work"}),
        ("two", {"asins": ["B0AAAAAAAA", "B0BBBBBBBB"], "issue_reason": "missing_part"}),
        ("three", first),
        ("four", {"issue_reason": "wrong_item"}),
    ):
        desk.message(NOW, alias=alias, facts=facts)
    assert tally(desk).defects == [
        Defects("B0AAAAAAAA", 3, {"missing_part": 2, "other": 1}),
        Defects("B0BBBBBBBB", 1, {"missing_part": 1}),
    ]


def test_returns_are_counted_by_product_and_reason(desk: Desk) -> None:
    """In the words of Amazon's notices, within the time; a notice may name several."""
    twice = [["B0AAAAAAAA", "Defective"], ["B0BBBBBBBB", "Wrong item"]]
    for at, rows in ((NOW, twice), (NOW + HOUR, twice[:1]), (NOW + 3 * DAY, twice), (NOW, [])):
        facts = {"returned": rows} if rows else {"asins": []}
        more: dict[str, Any] = {"notice": "return_request", "conversation": None, "limits": None}
        desk.message(at, kind="notice", facts=facts, **more)
    assert tally(desk).returned == [
        Returned("B0AAAAAAAA", "Defective", 2),
        Returned("B0BBBBBBBB", "Wrong item", 1),
    ]


def test_notices_are_counted(desk: Desk) -> None:
    """By their sort, within the time."""
    for at in (NOW, NOW + HOUR, NOW + 3 * DAY):
        desk.message(at, kind="notice", notice="a_to_z_claim", conversation=None, limits=None)
    assert tally(desk).notices == {"a_to_z_claim": 2}


def test_cases_are_counted_by_kind(desk: Desk) -> None:
    """Opened within the time; open and overdue as of now."""
    case = desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    assert tally(desk).cases == [Cases("a_to_z_claim", 1, 1, 1)]
    assert tally(desk, now=NOW).cases == [Cases("a_to_z_claim", 1, 1, 0)]
    desk.ledger.cases.lead_on(desk.claim, case, CaseState.CLOSED, NOW)
    assert tally(desk).cases == [Cases("a_to_z_claim", 1, 0, 0)]
    assert tally(desk, days=0).cases == []


def test_a_scenario_without_a_target_has_none(desk: Desk) -> None:
    """Its clocks are not counted as targets missed."""
    message = desk.message(limits=deadlines(NOW, target=None, hard=None))
    answer(desk, message, NOW + HOUR)
    (row,) = tally(desk).answers
    assert (row.with_target, row.target_met) == (0, 0)


def test_the_report_reads_no_words(sqlite_url: str) -> None:
    """Arrivals and sent drafts are counted from indexes: a mail's own page is not touched."""
    desk = Desk.open(Ledger.on(open_engine(sqlite_url)))
    plans: list[str] = []

    def explain(connection: Any, _cursor: object, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401  the driver's
        if statement.startswith("SELECT"):
            rows = connection.connection.driver_connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
            plans.extend(row[3] for row in rows)

    sa.event.listen(desk.ledger.engine, "before_cursor_execute", explain)
    tally(desk)
    desk.ledger.answers.sent_between(NOW, NOW + DAY)
    desk.ledger.close()
    for index in ("message USING COVERING INDEX ix_message_received_at", "delivery USING COVERING INDEX ix_"):
        assert any(index in plan for plan in plans), (index, plans)
