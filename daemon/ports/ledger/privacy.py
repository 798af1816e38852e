"""Taking buyers' words out of the ledger: what is old, and what somebody asks to be forgotten.

Promises: what still works is left alone: a conversation with an open response clock, an open draft, an open
case, or a delivery that is not filed yet. Figures stay: times, states, scenarios, ASINs, hashes. On SQLite
the old bytes are overwritten in the file and its log; on PostgreSQL the dead rows are vacuumed.

Errors: `PermanentError` when somebody is to be forgotten who still waits for an answer; those of `store.py`.
"""

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.draft import OPEN_STATES, DeliveryState
from daemon.errors import PermanentError, TemporaryError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import NoteState
from daemon.ports.ledger.schema_alerts import alert, alert_mail
from daemon.ports.ledger.schema_cases import case_event, casefile
from daemon.ports.ledger.schema_labels import imported_label
from daemon.ports.ledger.schema_orders import order_line, parcel
from daemon.ports.ledger.store import Claim, reading, translated, writing

AT_ONCE = 500
"""How many messages one transaction clears: a running daemon waits for milliseconds, not for seconds."""
KEPT_FACTS = ("asins", "returned", "issue_reason")
IDENTITIES = {"relay_address": None, "message_id": "", "reference_ids": ""}
"""What a mail that is forgotten loses beside its words; its UID and hash keep it from being read again."""
NOBODY = "forgotten."
TABLES = (
    "message", "conversation", "revision", "delivery", "note", "alert", "alert_mail",
    "imported_label", "order_line", "parcel", "casefile",
)  # fmt: skip

_CASE = casefile.c
m, c, d, v, k = t.message.c, t.conversation.c, t.draft.c, t.delivery.c, t.response_clock.c


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was taken out."""

    messages: int
    bodies: int

    def __bool__(self) -> bool:
        return bool(self.messages or self.bodies)


class PrivacyBook:
    """What upkeep and `forget` write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def expire(self, claim: Claim, before: datetime) -> Cleared:
        """Take the words of up to `AT_ONCE` messages from before that time out, and of finished drafts."""
        at_work = sa.or_(_at_work(m.conversation_id), _in_open_case())
        old = sa.and_(m.mailbox_id == claim.mailbox_id, m.received_at < before, sa.not_(at_work))
        with writing(self._engine, claim) as connection:
            messages = _clear_messages(connection, old)
            bodies = _clear_bodies(connection, _old_drafts(claim, before), {"raw": b""})
            bodies += _clear_rest(connection, claim, before)
            connection.execute(
                sa.update(t.conversation)
                .where(
                    c.mailbox_id == claim.mailbox_id,
                    c.last_message_at < before,
                    c.buyer_name.is_not(None),
                    sa.not_(_at_work(c.id)),
                )
                .values(buyer_name=None)
            )
        return Cleared(messages, bodies)

    def forget(self, who: str) -> Cleared:
        """Take an order, or everybody behind a relay address, out of the ledger for good."""
        alias = who.partition("@")[0].partition("+")[0]
        site = who.partition("@")[2].rpartition("amazon.")[2]
        of_buyer = sa.and_(c.alias == alias, c.marketplace == site)
        with writing(self._engine) as connection:
            wanted = of_buyer if "@" in who else c.order_id == who
            ids = list(connection.execute(sa.select(c.id).where(wanted)).scalars())
            _refuse_waiting(connection, ids, who)
            mails = sa.or_(
                m.conversation_id.in_(ids),
                # notices and set-aside mails belong to no conversation, and name their order or buyer
                sa.and_(m.conversation_id.is_(None), _names(who, alias if "@" in who else who)),
            )
            hashes = list(connection.execute(sa.select(m.content_hash).where(mails)).scalars())
            messages = 0
            while cleared := _clear_messages(connection, mails, IDENTITIES):
                messages += cleared
            drafts = sa.select(d.id).where(d.conversation_id.in_(ids))
            nobody = {"raw": b"", "recipient": ""}
            bodies = _clear_bodies(connection, drafts, nobody)
            _forget_names(connection, ids, drafts, hashes, who)
        self.scrub()
        return Cleared(messages, bodies)

    def scrub(self) -> None:
        """Let nothing that was taken out stay in the database's files."""
        if self._engine.dialect.name == "sqlite":
            # secure_delete has overwritten the file; the log still holds pages from before
            with translated(), contextlib.closing(self._engine.raw_connection()) as raw:
                (busy, *_) = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise TemporaryError("it is taken out, but the ledger's log is in use; do the same once more")
            return
        with translated(), self._engine.connect() as connection:
            outside = connection.execution_options(isolation_level="AUTOCOMMIT")
            outside.exec_driver_sql(f"VACUUM {', '.join(TABLES)}")

    def kept(self) -> int:
        """How many messages still have their words."""
        with reading(self._engine) as connection:
            query = sa.select(sa.func.count()).select_from(t.message).where(m.subject.is_not(None))
            return int(connection.execute(query).scalar_one())


def _at_work(conversation_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a conversation still waits for something."""
    waiting = sa.select(k.id).where(k.conversation_id == conversation_id, k.state == "open")
    undecided = sa.select(d.id).where(d.conversation_id == conversation_id, d.state.in_(OPEN_STATES))
    under_way = sa.select(v.id).where(
        v.draft_id == d.id,
        d.conversation_id == conversation_id,
        sa.or_(
            v.state.in_((DeliveryState.PREPARED, DeliveryState.SENDING, DeliveryState.IN_DOUBT)),
            sa.and_(v.state == DeliveryState.SENT, v.filed_at.is_(None)),
        ),
    )
    disputed = sa.select(_CASE.id).where(
        _CASE.closed_at.is_(None),
        c.id == conversation_id,
        sa.or_(
            _CASE.conversation_id == c.id,
            sa.and_(_CASE.order_id != "", _CASE.order_id == c.order_id, _CASE.mailbox_id == c.mailbox_id),
        ),
    )
    return sa.or_(
        waiting.exists(),
        undecided.exists(),
        under_way.exists(),
        disputed.correlate_except(casefile, t.conversation).exists(),
    )


def _in_open_case() -> sa.ColumnElement[bool]:
    """Whether a mail stands in the time line of a case that is not closed: it is evidence."""
    event = case_event.c
    return (
        sa.select(event.id)
        .join_from(case_event, casefile, _CASE.id == event.casefile_id)
        .where(event.message_id == m.id, _CASE.closed_at.is_(None))
        .exists()
    )


def _clear_messages(
    connection: Connection, where: sa.ColumnElement[bool], more: Mapping[str, Any] | None = None
) -> int:
    """Take the words out of some messages that have them; a message without a subject has been cleared."""
    query = (
        sa.select(m.id, m.facts)
        .where(m.subject.is_not(None), m.state != "fetched", where)
        .order_by(m.id)
        .limit(AT_ONCE)
    )
    rows = [{"c_id": row.id, "c_facts": _kept(row.facts)} for row in connection.execute(query)]
    if rows:
        words = {"subject": None, "text": None, "sender": None, **(more or {})}
        connection.execute(
            sa.update(t.message)
            .where(m.id == sa.bindparam("c_id"))
            .values(facts=sa.bindparam("c_facts"), **words),
            rows,
        )
    return len(rows)


def _kept(facts: str | None) -> str | None:
    """Of a mail's facts those that are statistics."""
    known = json.loads(facts) if facts else {}
    kept = {name: known[name] for name in KEPT_FACTS if name in known}
    return json.dumps(kept) if kept else None


def _old_drafts(claim: Claim, before: datetime) -> sa.Select[Any]:
    return sa.select(d.id).where(
        d.mailbox_id == claim.mailbox_id, d.changed_at < before, sa.not_(_at_work(d.conversation_id))
    )


def _clear_bodies(connection: Connection, drafts: sa.Select[Any], values: Mapping[str, Any]) -> int:
    """Take the mails of these drafts out: their revisions, deliveries and notes."""
    cleared = 0
    for table, extra in ((t.revision, {}), (t.delivery, {"reply": None}), (t.note, {})):
        fitting = {name: value for name, value in values.items() if name in table.c}
        statement = sa.update(table).where(table.c.draft_id.in_(drafts), table.c.raw != b"")
        if table is t.note:
            statement = statement.where(t.note.c.state == NoteState.QUEUED)
        cleared += connection.execute(statement.values(**fitting, **extra)).rowcount
    return cleared


def _clear_rest(connection: Connection, claim: Claim, before: datetime) -> int:
    """Notes about no draft, told alerts, ended mails about them, and imported texts from before that time."""
    n, a, mail = t.note.c, alert.c, alert_mail.c
    old_note = sa.and_(
        n.mailbox_id == claim.mailbox_id,
        n.draft_id.is_(None),
        n.state == NoteState.QUEUED,
        n.planned_at < before,
        n.raw != b"",
    )
    old_mail = sa.and_(
        mail.mailbox_id == claim.mailbox_id,
        mail.ended_at.is_not(None),
        mail.planned_at < before,
        mail.raw != b"",
    )
    cleared = connection.execute(sa.update(t.note).where(old_note).values(raw=b"")).rowcount
    cleared += connection.execute(sa.update(alert_mail).where(old_mail).values(raw=b"")).rowcount
    closed = sa.and_(_CASE.mailbox_id == claim.mailbox_id, _CASE.closed_at < before)
    connection.execute(
        sa.update(casefile).where(closed, _CASE.buyer_name.is_not(None)).values(buyer_name=None)
    )
    told = sa.and_(a.mailbox_id == claim.mailbox_id, a.told_at.is_not(None), a.raised_at < before)
    connection.execute(sa.update(alert).where(told, a.detail != "").values(detail=""))
    old_label = sa.and_(imported_label.c.recorded_at < before, imported_label.c.text != "")
    connection.execute(sa.update(imported_label).where(old_label).values(text="", subject=""))
    return cleared


def _refuse_waiting(connection: Connection, ids: Iterable[int], order_id: str) -> None:
    query = sa.select(sa.func.count()).select_from(t.conversation).where(c.id.in_(list(ids)), _at_work(c.id))
    waiting = connection.execute(query).scalar_one()
    open_cases = sa.select(_CASE.id).where(_CASE.order_id == order_id, _CASE.closed_at.is_(None))
    waiting += len(connection.execute(open_cases).all()) if not waiting else 0
    if waiting:
        raise PermanentError(
            f"{waiting} conversations or cases still wait for an answer or for their end: answer them, or "
            "move the mail into `No reply needed` and the draft into `Rejected`, and close the case; then "
            "forget them"
        )


def _names(who: str, part: str) -> sa.ColumnElement[bool]:
    """Whether a mail is from somebody, or names an order."""
    if "@" in who:
        site = "@" + who.partition("@")[2]
        return sa.or_(
            *(
                sa.and_(column.startswith(part, autoescape=True), column.endswith(site, autoescape=True))
                for column in (m.sender, m.relay_address)
            )
        )
    return sa.or_(*(column.contains(part, autoescape=True) for column in (m.subject, m.text, m.facts)))


def _forget_names(
    connection: Connection, ids: list[int], drafts: sa.Select[Any], hashes: list[str], who: str
) -> None:
    """Take names, addresses and numbers out of the rows that stay for the figures."""
    connection.execute(sa.update(t.draft).where(d.id.in_(drafts)).values(recipient=""))
    connection.execute(sa.update(t.delivery).where(v.draft_id.in_(drafts)).values(recipient=""))
    orders = {who, *connection.execute(sa.select(c.order_id).where(c.id.in_(ids))).scalars()} - {""}
    for table in (order_line, parcel):
        connection.execute(sa.delete(table).where(table.c.order_id.in_(orders)))
    connection.execute(sa.delete(imported_label).where(imported_label.c.content_hash.in_(hashes)))
    for order in orders:
        about = alert.c.detail.contains(order, autoescape=True)
        connection.execute(sa.update(alert).where(about).values(detail=""))
    theirs = sa.or_(_CASE.conversation_id.in_(ids), _CASE.order_id.in_(orders))
    connection.execute(sa.update(casefile).where(theirs).values(order_id="", buyer_name=None))
    values = {"alias": sa.literal(NOBODY) + sa.cast(c.id, sa.String), "relay_address": "", "order_id": ""}
    connection.execute(sa.update(t.conversation).where(c.id.in_(ids)).values(buyer_name=None, **values))
