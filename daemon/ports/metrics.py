"""Metrics for Prometheus and a health answer, on a loopback port or in a textfile.

What the ledger knows (clocks, drafts, cycles) is read at each scrape; what happens in this process (cycle
times, errors, sends) is counted here. Names and numbers only: no address, no order, no buyer.

Promises: listens on a loopback address only. A scrape never stops the daemon: one that cannot read the ledger
is answered with 503. The textfile is replaced whole, so that nobody reads half of one.

Errors: `ConfigurationError` for a port that cannot be had and a textfile that cannot be written at the start.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest, write_to_textfile
from prometheus_client.registry import Collector

from daemon.desk.health import Health, overall
from daemon.errors import ConfigurationError, FirstreplyError
from daemon.ports.ledger.mailboxes import MailboxStatus

CYCLE_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
Statuses = Callable[[], Sequence[MailboxStatus]]


class Metrics:
    """What this process has counted, and how the mailboxes stand."""

    def __init__(self, statuses: Statuses, now: Callable[[], datetime], unhealthy_after: timedelta) -> None:
        self._statuses, self._now, self._allowed = statuses, now, unhealthy_after
        self.registry = CollectorRegistry()
        self._cycles = Histogram(
            "firstreply_cycle_seconds",
            "Time that complete cycles took.",
            ["mailbox"],
            buckets=CYCLE_SECONDS,
            registry=self.registry,
        )
        self._errors = Counter(
            "firstreply_errors", "Cycles that failed, by kind.", ["mailbox", "kind"], registry=self.registry
        )
        self._sends = Counter(
            "firstreply_sends",
            "Attempts to send a mail, by outcome.",
            ["mailbox", "outcome"],
            registry=self.registry,
        )
        self.registry.register(_LedgerCollector(statuses, now))

    def cycle(self, mailbox: str, seconds: float) -> None:
        """A cycle is complete."""
        self._cycles.labels(mailbox).observe(seconds)

    def error(self, mailbox: str, kind: str) -> None:
        """A cycle failed."""
        self._errors.labels(mailbox, kind).inc()

    def send(self, mailbox: str, outcome: str) -> None:
        """An attempt to send ended."""
        self._sends.labels(mailbox, outcome).inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)

    def health(self) -> Health:
        """Whether every mailbox has had a complete cycle lately."""
        return overall(
            [(row.name, row.last_cycle_at) for row in self._statuses()], self._now(), self._allowed
        )

    def write(self, path: Path) -> None:
        """Replace the textfile."""
        try:
            write_to_textfile(str(path), self.registry)
        except OSError as error:
            raise ConfigurationError(
                f"cannot be written ({error.strerror})",
                where=f"metrics.textfile {path}",
                remedy="Name a file in a folder that the daemon may write, or remove the key",
            ) from error


class _LedgerCollector(Collector):
    """What the ledger knows, read at each scrape."""

    def __init__(self, statuses: Statuses, now: Callable[[], datetime]) -> None:
        self._statuses, self._now = statuses, now

    def describe(self) -> list[Metric]:
        """Nothing before the first scrape: the ledger is not asked at the start."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One family for each figure."""
        rows, now = self._statuses(), self._now()
        for name, told, value in _GAUGES:
            gauge = GaugeMetricFamily(f"firstreply_{name}", told, labels=["mailbox"])
            for row in rows:
                found = value(row, now)
                if found is not None:
                    gauge.add_metric([row.name], found)
            yield gauge
        drafts = GaugeMetricFamily("firstreply_drafts", "Drafts by state.", labels=["mailbox", "state"])
        for row in rows:
            for state, number in sorted(row.drafts.items()):
                drafts.add_metric([row.name, state], number)
        yield drafts


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else (now - moment).total_seconds()


_GAUGES: tuple[tuple[str, str, Callable[[MailboxStatus, datetime], float | None]], ...] = (
    ("open_clocks", "Open response clocks.", lambda row, _: row.open_clocks),
    (
        "oldest_open_clock_seconds",
        "Age of the oldest open response clock; 0 without one.",
        lambda row, now: _age(row.oldest_at, now),
    ),
    (
        "last_full_cycle_timestamp_seconds",
        "When the last complete cycle ended; absent before the first.",
        lambda row, _: row.last_cycle_at.timestamp() if row.last_cycle_at else None,
    ),
    ("connected", "Whether the mail server is connected.", lambda row, _: row.connected),
    ("shunted_messages", "Messages that were set aside.", lambda row, _: row.shunted),
)


class Endpoint:
    """`/metrics` and `/health` on a loopback port, in a thread of their own."""

    def __init__(self, metrics: Metrics, listen: str, port: int) -> None:
        try:
            self._server = ThreadingHTTPServer((listen, port), _handler(metrics))
        except OSError as error:
            raise ConfigurationError(
                f"the port cannot be had ({error.strerror})",
                where=f"metrics.port {listen}:{port}",
                remedy="Choose a free port, or remove the key",
            ) from error
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD for two paths."""

        server_version, sys_version = "firstreply", ""
        timeout = 10  # a client that says nothing does not keep a thread

        def do_GET(self) -> None:
            """Answer."""
            try:
                status, kind, body = _answer(metrics, self.path)
            except FirstreplyError:
                status, kind, body = 503, "text/plain; charset=utf-8", b"the ledger cannot be read now\n"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815  the same

        def log_message(self, *_arguments: Any) -> None:  # noqa: ANN401  the library's own
            """No line for each scrape."""

    return Handler


def _answer(metrics: Metrics, path: str) -> tuple[int, str, bytes]:
    if path.partition("?")[0] == "/metrics":
        return 200, CONTENT_TYPE_LATEST, metrics.text()
    if path.partition("?")[0] == "/health":
        health = metrics.health()
        body = json.dumps({"healthy": health.healthy, "mailboxes": health.told()}) + "\n"
        return (200 if health.healthy else 503), "application/json", body.encode()
    return 404, "text/plain; charset=utf-8", b"/metrics or /health\n"
