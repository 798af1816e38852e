"""Dates, statuses and attribution lines in seven languages."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from daemon.reply.flowed import flow, unflow
from daemon.reply.phrases import attribution, format_date, is_attribution, status_words
from daemon.reply.template_check import LANGUAGES

WHEN = datetime(2026, 5, 12, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        ("en", date(2026, 5, 12), "12 May 2026"),
        ("de", date(2026, 3, 1), "1. März 2026"),
        ("fr", date(2026, 8, 1), "1er août 2026"),
        ("fr", date(2026, 8, 11), "11 août 2026"),
        ("es", date(2026, 12, 24), "24 de diciembre de 2026"),
        ("it", date(2026, 1, 1), "1º gennaio 2026"),
        ("ja", date(2026, 5, 3), "2026年5月3日"),
        ("zh", date(2026, 11, 23), "2026年11月23日"),
        ("pt", date(2026, 2, 1), "1 February 2026"),
    ],
)
def test_dates(language: str, day: date, text: str) -> None:
    """A date is written as people of that language write it; English where we have none."""
    assert format_date(language, day) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_has_a_name(language: str) -> None:
    """Twelve months give twelve different dates."""
    assert len({format_date(language, date(2026, month, 9)) for month in range(1, 13)}) == 12


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Anna wrote on 12 May 2026 at 14:05 UTC:"),
        ("de", "Anna schrieb am 12. Mai 2026 um 14:05 UTC:"),
        ("fr", "Le 12 mai 2026 à 14:05 UTC, Anna a écrit :"),
        ("es", "El 12 de mayo de 2026 a las 14:05 UTC, Anna escribió:"),
        ("it", "Il 12 maggio 2026 alle 14:05 UTC, Anna ha scritto:"),
        ("ja", "2026年5月12日 14:05 (UTC) Anna 様のメッセージ:"),
        ("zh", "Anna 于 2026年5月12日 14:05 (UTC) 写道:"),
        ("pt", "Anna wrote on 12 May 2026 at 14:05 UTC:"),
    ],
)
def test_attributions(language: str, line: str) -> None:
    """The line names the writer and the moment in UTC, whatever zone the moment came in."""
    assert attribution(language, "Anna", WHEN) == line
    assert attribution(language, "Anna", WHEN.astimezone(timezone(timedelta(hours=9)))) == line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["Anna", "", "Jean-Luc d'Été", "李雷", "Müller {x}", "O'Brien: Ltd", "A" * 40]
)
@pytest.mark.parametrize("day", [1, 3, 30])
def test_our_own_lines_are_recognised(language: str, name: str, day: int) -> None:
    """Every line we write is known again, also after flowed wrapping."""
    line = attribution(language, name, WHEN.replace(day=day))
    assert is_attribution(line)
    assert is_attribution(unflow(flow(line)))
    assert "{name}" not in line


@pytest.mark.parametrize(
    "line",
    [
        "On Tue, May 12, 2026 at 2:05 PM Anna <abc123def456ghi@marketplace.amazon.com> wrote:",
        "On 12/05/2026 14:05, Anna wrote:",
        "Am 12.05.26 um 14:05 schrieb Anna:",
        "Le 12/05/2026 à 14:05, Anna a écrit :",
        "Le mar. 12 mai 2026 à 14:05, Anna <a@b.example> a écrit :",
        "El 12/5/26 a las 14:05, Anna escribió:",
        "Il giorno mar 12 mag 2026 alle ore 14:05 Anna <a@b.example> ha scritto:",
        "2026年5月12日(火) 14:05 Anna <a@b.example>:",
        "在 2026年5月12日，14:05，Anna <a@b.example> 写道：",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "  Anna <a@b.example> wrote:  ",
    ],
)
def test_lines_of_mail_clients_are_recognised(line: str) -> None:
    """What the usual clients put above a quote is known too."""
    assert is_attribution(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "You wrote that the lamp flickers:",
        "Sie schrieben, dass die Lampe flackert:",
        "The carrier wrote 3 times:",
        "Anna wrote on 12 May 2026 at 14:05 UTC",
        "Please try these steps:",
        "Status: delivered on 12.05.2026:",
        "Order 302-1234567-7654321:",
        "On 12 May 2026 wrote " + "x" * 300 + ":",
        "--- text to paste ---",
    ],
)
def test_sentences_are_no_attribution(line: str) -> None:
    """A sentence of the reply is not taken for an attribution line."""
    assert not is_attribution(line)


def test_long_lines_cost_nothing() -> None:
    """A megabyte without a line break is refused at once."""
    started = time.process_time()
    for text in ("wrote " * 200_000 + ":", "<a@" * 300_000, "2026年1月1日" + "<" * 500_000):
        assert not is_attribution(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("language", "status", "text"),
    [
        ("de", "in transit", "unterwegs"),
        ("ja", "Out-For-Delivery", "配達中"),
        ("en", "DELIVERED", "delivered"),
        ("pt", "returned", "on its way back to us"),
        ("fr", "Held at customs", "Held at customs"),
        ("zh", "", ""),
    ],
)
def test_status_words(language: str, status: str, text: str) -> None:
    """Usual statuses are said in the reply's language, others as the carrier says them."""
    assert status_words(language, status) == text
