"""Alerts in the ledger: raised once for their key, told together, each mail written before it is tried.

Promises: a stage may raise the same alert at every look. A mail about alerts goes to our own team, so that
doubt is settled the other way round than for buyers: it is sent again, under the same Message-ID.

Errors: those of `store.py`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.alert import Alert, AlertKind
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.schema_alerts import alert as table
from daemon.ports.ledger.schema_alerts import alert_mail
from daemon.ports.ledger.store import Claim, reading, writing

AT_ONCE = 500
"""How many keys are looked up in one statement: databases limit their parameters."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert as the ledger has it."""

    alert_id: int
    alert: Alert
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class NewAlertMail:
    """A mail about alerts to one recipient."""

    recipient: str
    header_id: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class AlertMail:
    """A planned mail that has not ended."""

    mail_id: int
    recipient: str
    raw: bytes
    attempts: int


def raise_alerts(
    connection: Connection, claim: Claim, alerts: Iterable[Alert], now: datetime, stage: str
) -> list[Alert]:
    """Raise alerts in the caller's transaction; returns those that are new."""
    wanted = list({alert.key: alert for alert in alerts}.values())
    known: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        keys = [alert.key for alert in wanted[start : start + AT_ONCE]]
        query = sa.select(table.c.key).where(table.c.mailbox_id == claim.mailbox_id, table.c.key.in_(keys))
        known.update(connection.execute(query).scalars())
    new = [alert for alert in wanted if alert.key not in known]
    if new:
        connection.execute(sa.insert(table), [_values(claim, alert, now) for alert in new])
        entries = (Entry(stage, alert.subject, alert.subject_id, alert.kind.value) for alert in new)
        enter(connection, claim, now, entries)
    return new


def _values(claim: Claim, alert: Alert, now: datetime) -> dict[str, Any]:
    return {
        "mailbox_id": claim.mailbox_id,
        "kind": alert.kind,
        "key": alert.key,
        "detail": alert.detail,
        "subject": alert.subject,
        "subject_id": alert.subject_id,
        "raised_at": now,
    }


def plan_mails(connection: Connection, claim: Claim, mails: Sequence[NewAlertMail], now: datetime) -> None:
    """Plan mails to the team in the caller's transaction; alerting sends them."""
    rows = [
        {
            "mailbox_id": claim.mailbox_id,
            "recipient": mail.recipient,
            "message_id_header": mail.header_id,
            "raw": mail.raw,
            "planned_at": now,
            "attempts": 0,
            "next_attempt_at": now,
        }
        for mail in mails
    ]
    if rows:
        connection.execute(sa.insert(alert_mail), rows)


class AlertBook:
    """What every stage may raise, and what alerting reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def raise_(self, claim: Claim, alerts: Iterable[Alert], now: datetime, stage: str) -> list[Alert]:
        """Raise alerts; returns those that were not raised before."""
        with writing(self._engine, claim) as connection:
            return raise_alerts(connection, claim, alerts, now, stage)

    def untold(self, claim: Claim) -> list[Raised]:
        """Alerts that no mail tells yet, oldest first."""
        return self._rows(claim, table.c.told_at.is_(None))

    def since(
        self, claim: Claim | None, start: datetime, without: Collection[AlertKind] = ()
    ) -> list[Raised]:
        """Alerts raised from `start` on, of other kinds than those in `without`; oldest first."""
        return self._rows(claim, sa.and_(table.c.raised_at >= start, table.c.kind.not_in(without)))

    def _rows(self, claim: Claim | None, where: sa.ColumnElement[bool]) -> list[Raised]:
        query = sa.select(table).where(where).order_by(table.c.id)
        if claim is not None:
            query = query.where(table.c.mailbox_id == claim.mailbox_id)
        with reading(self._engine) as connection:
            return [
                Raised(
                    row.id,
                    Alert(AlertKind(row.kind), row.key, row.detail, row.subject, row.subject_id),
                    row.raised_at,
                )
                for row in connection.execute(query)
            ]

    def last_told_at(self, claim: Claim) -> datetime | None:
        """When an alert was told last; a digest is a mail to the team, and tells none."""
        query = sa.select(sa.func.max(table.c.told_at)).where(table.c.mailbox_id == claim.mailbox_id)
        with reading(self._engine) as connection:
            found: datetime | None = connection.execute(query).scalar_one()
            return found

    def tell(
        self, claim: Claim, told: Sequence[Raised], mails: Sequence[NewAlertMail], now: datetime
    ) -> None:
        """Plan the mails that tell these alerts; without mails they count as told by the worklist alone."""
        with writing(self._engine, claim) as connection:
            ids = [raised.alert_id for raised in told]
            for start in range(0, len(ids), AT_ONCE):
                some = table.c.id.in_(ids[start : start + AT_ONCE])
                connection.execute(sa.update(table).where(some).values(told_at=now))
            plan_mails(connection, claim, mails, now)

    def due(self, claim: Claim, now: datetime) -> list[AlertMail]:
        """Planned mails that may be tried now."""
        c = alert_mail.c
        query = sa.select(c.id, c.recipient, c.raw, c.attempts).where(
            c.mailbox_id == claim.mailbox_id, c.ended_at.is_(None), c.next_attempt_at <= now
        )
        with reading(self._engine) as connection:
            return [AlertMail(*row) for row in connection.execute(query.order_by(c.id))]

    def count_attempt(self, claim: Claim, mail_id: int, next_attempt_at: datetime) -> None:
        """Count an attempt and set the time of the next one, before the network is touched."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(alert_mail)
                .where(alert_mail.c.id == mail_id)
                .values(attempts=alert_mail.c.attempts + 1, next_attempt_at=next_attempt_at)
            )

    def ended(self, claim: Claim, mail_id: int, outcome: str, now: datetime) -> None:
        """A mail was accepted, or will never be."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(alert_mail).where(alert_mail.c.id == mail_id).values(ended_at=now, outcome=outcome)
            )
