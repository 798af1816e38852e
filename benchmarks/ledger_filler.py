"""A ledger of any size, filled by the database itself in seconds: for benchmarks and for looking at pages.

The rows are invented and look like a shop's months: buyers write by day more than by night, most answers come
within hours, some too late, some never. The same numbers always make the same rows. The guards over states
are taken off for the filling, since every row would have to take its steps one by one.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.columns import instant

SCENARIOS = (
    ("delivery_issue", 2, 30),
    ("product_issue", 1, 25),
    ("return_request", 4, 15),
    ("usage_question", 2, 10),
    ("presale_question", 2, 6),
    ("order_change", 2, 5),
    ("negative_review", 2, 3),
    ("satisfied", 24, 3),
    ("other", 24, 3),
)
"""Name, hours of the target, share of a hundred."""

HOUR = 3_600_000_000
PRIME = 2_147_483_647
SQUARED = "(i * (26544357 + {salt} * 7919) % {prime})"
NOISE = f"({SQUARED} * {SQUARED} % {{prime}} / {{prime}}.0)"
"""A number between 0 and 1 that looks like chance and is the same each time."""


def fill(ledger: Ledger, messages: int, *, end: datetime, span: timedelta, open_clocks: int = 40) -> None:
    """Put so many buyer messages, with conversations, clocks and drafts, into an empty SQLite ledger."""
    claim = ledger.mailboxes.claim("shop", "support@shop.example", end - span)
    with ledger.engine.begin() as connection:
        guards = connection.execute(
            sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        _rows(connection, claim.mailbox_id, messages, end, span, open_clocks)
        for _, statement in guards:
            connection.exec_driver_sql(statement)


def _rows(
    connection: Connection, box: int, messages: int, end: datetime, span: timedelta, open_clocks: int
) -> None:
    values = {
        "box": box,
        "n": messages,
        "end": instant(end),
        "span": instant(end) - instant(end - span),
        "open": open_clocks,
        "hour": HOUR,
    }
    connection.exec_driver_sql(FOLDER)
    for statement in (_seeds(), *STATEMENTS):
        connection.execute(sa.text(statement), {key: values[key] for key in values if f":{key}" in statement})


def _seeds() -> str:
    """One row a buyer message: when it came, after how long it was answered, what it was about."""
    names, targets, below = [], [], 0
    for name, hours, share in SCENARIOS:
        below += share
        names.append(f"WHEN r2 < {below / 100} THEN '{name}'")
        targets.append(f"WHEN r2 < {below / 100} THEN {hours}")
    noise = ", ".join(f"{NOISE.format(salt=salt, prime=PRIME)} AS r{salt}" for salt in range(1, 6))
    return f"""
    CREATE TEMP TABLE seed AS
    WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < :n),
         chance AS (SELECT i, {noise} FROM number),
         arrival AS (
           SELECT i, r2, r3, r4, r5,
                  -- by day more than by night: two thirds are moved into the hours from 8 to 22
                  CASE WHEN r1 < 0.66
                       THEN (:end - :span + CAST(:span * (i * 1.0 / :n) AS INTEGER)) / (24 * :hour)
                            * (24 * :hour)
                            + CAST((8 + 14 * (r5 + r3) / 2) * :hour AS INTEGER)
                       ELSE :end - :span + CAST(:span * (i * 1.0 / :n) AS INTEGER) END AS at
             FROM chance)
    SELECT i, min(at, :end - 60000000) AS at, r3, r4, r5,
           CASE {" ".join(names)} ELSE 'other' END AS scenario,
           CASE {" ".join(targets)} ELSE 24 END * :hour AS target,
           -- most within the target, a long tail beyond
           CAST(CASE WHEN r4 < 0.82 THEN r4 * r4 * 2.4 WHEN r4 < 0.975 THEN 2 + (r4 - 0.82) * 110
                     ELSE 19 + (r4 - 0.975) * 1600 END * (0.4 + r3) * :hour AS INTEGER) AS took
      FROM arrival
    """  # noqa: S608  our own words


FOLDER = """
    INSERT INTO folder (id, mailbox_id, name, uidvalidity, floor_uid, uidnext) VALUES (1, 1, 'INBOX', 7, 0, 1)
"""
STATEMENTS = (
    """
    INSERT INTO conversation (id, mailbox_id, alias, marketplace, order_id, relay_address, buyer_name,
                              last_message_at)
    SELECT i, :box, 'buyer' || i, 'com', printf('302-%07d-%07d', i, i),
           'buyer' || i || '@marketplace.amazon.com', 'Buyer ' || i, at
      FROM seed
    """,
    """
    INSERT INTO response_clock (id, mailbox_id, conversation_id, state, scenario, started_at, target_at,
                                rule_at, hard_at, nearest_at, warned, accepted_at, ended_at, ended_by)
    SELECT i, :box, i,
           CASE WHEN at + took > :end OR i > :n - :open THEN 'open'
                WHEN r5 < 0.02 THEN 'excused' ELSE 'answered' END,
           scenario, at, at + target, at + 24 * :hour, NULL, at + target, 0, NULL,
           CASE WHEN at + took > :end OR i > :n - :open THEN NULL ELSE at + took END, 'daemon'
      FROM seed
    """,
    """
    INSERT INTO message (id, mailbox_id, folder_id, uidvalidity, uid, content_hash, message_id,
                         reference_ids, size, state, attempts, internal_at, received_at, kind, reason,
                         sender, subject, text, language, relay_address, facts, action, action_reason,
                         scenario, confidence, decided_by, unsure, model, predicted, recorded_at,
                         conversation_id, response_clock_id)
    SELECT i, :box, 1, 7, i, printf('%064x', i), '<' || i || '@buyer.example>', '', 3500, 'read', 1, at, at,
           'buyer_message', 'relay_address', 'buyer' || i || '@marketplace.amazon.com', 'A buyer asks',
           'The parcel came today and one of the two lamps does not light up. I have tried another socket '
           || 'and another bulb. Can you send me a new one, or shall I send it back? Number ' || i, 'en',
           'buyer' || i || '@marketplace.amazon.com',
           '{"asins": ["B0' || printf('%08d', CAST(r5 * r5 * 40 AS INTEGER)) || '"], "issue_reason": "'
           || CASE WHEN r3 < 0.5 THEN 'missing_part' ELSE 'does_not_work' END || '"}',
           'draft', 'model_sure', scenario, 0.6 + 0.39 * r3, 'model', r3 < 0.1, 'm1', scenario, at, i, i
      FROM seed
    """,
    """
    INSERT INTO draft (id, mailbox_id, conversation_id, message_id, state, token, message_id_header, revision,
                       recipient, template, language, planned_at, changed_at)
    SELECT i, :box, i, i,
           CASE WHEN at + took > :end OR i > :n - :open THEN 'queued' WHEN r5 < 0.78 THEN 'sent'
                WHEN r5 < 0.9 THEN 'answered_by_agent' WHEN r5 < 0.97 THEN 'rejected' ELSE 'held' END,
           printf('%024d', i), '<fr.' || i || '@shop.example>', 1 + (r4 > 0.7),
           'buyer' || i || '@marketplace.amazon.com', scenario, 'en', at, at + took
      FROM seed WHERE scenario <> 'other'
    """,
    """
    INSERT INTO delivery (id, draft_id, state, message_id_header, sender, recipient, raw, likeness, attempts,
                          next_attempt_at, started_at, ended_at, code, filed_at)
    SELECT id, id, 'sent', '<frd.' || id || '@shop.example>', 'support@shop.example', recipient, x'00',
           CASE WHEN revision = 1 THEN 1.0 ELSE (id % 10) / 10.0 END, 1, changed_at, changed_at, changed_at,
           250, changed_at
      FROM draft WHERE state = 'sent'
    """,
    """
    INSERT INTO label (message_id, scenario, source, who, weight, recorded_at)
    SELECT i, CASE WHEN scenario = 'delivery_issue' THEN 'product_issue' ELSE 'delivery_issue' END,
           'reclassify', 'agent', 1.0, at + took FROM seed WHERE i % 37 = 0 AND r3 < 0.6
    """,
    """
    UPDATE message
       SET kind = 'notice', response_clock_id = NULL,
           notice = CASE WHEN id % 3 = 0 THEN 'a_to_z_decision' ELSE 'a_to_z_claim' END
     WHERE id % 499 = 0
    """,
    "DROP TABLE seed",
)
