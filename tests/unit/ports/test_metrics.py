"""Metrics and health as a scraper reads them, over a real ledger and a real port."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from daemon.errors import ConfigurationError, TemporaryError
from daemon.ports.ledger.mailboxes import MailboxStatus
from daemon.ports.metrics import Endpoint, Metrics
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import HOUR, NOW, Desk

ALLOWED = timedelta(minutes=30)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A mailbox with two open clocks and a queued draft."""
    made = Desk.open(open_ledger(tmp_path / "ledger.db"))
    made.queued(made.message(NOW))
    made.message(NOW + HOUR, alias="two")
    yield made
    made.ledger.close()


@pytest.fixture
def metrics(desk: Desk) -> Metrics:
    """Its metrics, at two hours past."""
    return Metrics(desk.ledger.mailboxes.status, lambda: NOW + 2 * HOUR, ALLOWED)


@pytest.fixture
def endpoint(metrics: Metrics) -> Iterator[Endpoint]:
    """A port that answers."""
    opened = Endpoint(metrics, "127.0.0.1", 0)
    yield opened
    opened.close()


def get(endpoint: Endpoint, path: str) -> tuple[int, str]:
    """Status and body of one request."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{endpoint.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def samples(text: str) -> dict[str, float]:
    """All samples, as `name{labels}`."""
    return {
        sample.name + json.dumps(sample.labels, sort_keys=True): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_ledger_is_told_at_each_scrape(desk: Desk, endpoint: Endpoint) -> None:
    """Clocks, the age of the oldest, drafts by state; a first cycle shows in the next scrape."""
    status, text = get(endpoint, "/metrics")
    found = samples(text)
    box = json.dumps({"mailbox": "shop"})
    assert status == 200
    assert found[f"firstreply_open_clocks{box}"] == 2
    assert found[f"firstreply_oldest_open_clock_seconds{box}"] == 7200
    assert found['firstreply_drafts{"mailbox": "shop", "state": "queued"}'] == 1
    assert f"firstreply_last_full_cycle_timestamp_seconds{box}" not in found
    desk.ledger.mailboxes.note_cycle(desk.claim, NOW, connected=True, error=None)
    found = samples(get(endpoint, "/metrics")[1])
    assert found[f"firstreply_last_full_cycle_timestamp_seconds{box}"] == NOW.timestamp()
    assert found[f"firstreply_connected{box}"] == 1


def test_what_happens_in_the_process_is_counted(metrics: Metrics, endpoint: Endpoint) -> None:
    """Cycles with their time, errors by kind, sends by outcome."""
    metrics.cycle("shop", 0.2)
    metrics.cycle("shop", 7)
    metrics.error("shop", "TemporaryError")
    metrics.send("shop", "sent")
    metrics.send("shop", "sent")
    found = samples(get(endpoint, "/metrics")[1])
    assert found['firstreply_cycle_seconds_count{"mailbox": "shop"}'] == 2
    assert found['firstreply_cycle_seconds_bucket{"le": "0.25", "mailbox": "shop"}'] == 1
    assert found['firstreply_errors_total{"kind": "TemporaryError", "mailbox": "shop"}'] == 1
    assert found['firstreply_sends_total{"mailbox": "shop", "outcome": "sent"}'] == 2


def test_health_follows_the_cycles(desk: Desk, endpoint: Endpoint) -> None:
    """503 before the first cycle and after too long without one."""
    for ago, wanted in ((None, 503), (ALLOWED, 503), (ALLOWED - timedelta(seconds=1), 200)):
        if ago is not None:
            at = NOW + 2 * HOUR - ago
            desk.ledger.mailboxes.note_cycle(desk.claim, at, connected=True, error=None)
        status, text = get(endpoint, "/health")
        assert status == wanted
        assert json.loads(text)["healthy"] is (wanted == 200)


@pytest.mark.parametrize("path", ["/", "/metrics/x", "/../etc/passwd", "/healthz"])
def test_there_is_nothing_else(endpoint: Endpoint, path: str) -> None:
    """Neither pages nor files."""
    assert get(endpoint, path)[0] == 404


def test_a_ledger_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """503 on the port; the textfile stays as it was."""

    def broken() -> list[MailboxStatus]:
        raise TemporaryError("the ledger cannot be used now")

    metrics = Metrics(broken, lambda: NOW, ALLOWED)
    endpoint = Endpoint(metrics, "127.0.0.1", 0)
    assert [get(endpoint, path)[0] for path in ("/metrics", "/health")] == [503, 503]
    endpoint.close()
    old = tmp_path / "old.prom"
    old.write_text("as it was")
    with pytest.raises(TemporaryError):
        metrics.write(old)
    assert old.read_text() == "as it was"


def test_the_textfile_is_what_a_scrape_tells(metrics: Metrics, tmp_path: Path) -> None:
    """Written whole; a folder that is not there is told with the key."""
    metrics.write(tmp_path / "firstreply.prom")
    assert "firstreply_open_clocks" in (tmp_path / "firstreply.prom").read_text()
    assert [file.name for file in tmp_path.glob("*prom*")] == ["firstreply.prom"]
    with pytest.raises(ConfigurationError, match=r"metrics\.textfile"):
        metrics.write(tmp_path / "no" / "firstreply.prom")


def test_a_port_in_use_is_told(metrics: Metrics, endpoint: Endpoint) -> None:
    """With the key and what to do."""
    with pytest.raises(ConfigurationError, match=r"metrics\.port.*Choose a free port"):
        Endpoint(metrics, "127.0.0.1", endpoint.port)
