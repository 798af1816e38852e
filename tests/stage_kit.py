"""One cycle at a time: a house whose daemon runs only when the test says so, forked in a moment.

What happens between two cycles happens for certain, so that no test waits for anything.
"""

import email
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from daemon.ports.ledger.store import open_engine
from daemon.reply.phrases import format_date
from tests.daemon_kit import House
from tests.dovecot import PASSWORD, Dovecot
from tests.forked import Zygote
from tests.mails import BROKEN, LATE
from tests.smtp_sink import Sink

ALIAS = "q7d2k9x4m1vsame"
ORDER = "302-7654321-1234567"


class Stage:
    """A house whose daemon runs one cycle at a time."""

    def __init__(self, house: House, zygote: Zygote) -> None:
        self.house, self._zygote = house, zygote
        self.cycle()

    def cycle(self, times: int = 1) -> None:
        """One full cycle, or several."""
        for _ in range(times):
            assert self._zygote.once(self.house) == 0, self.house.log()[-2000:]

    def dies(self, step: str, when: str = "before") -> None:
        """A cycle that is killed at a step."""
        assert self._zygote.once(self.house, step, when) < 0, f"it never came to {step}"

    def draft(self, text: str = BROKEN) -> tuple[int, bytes]:
        """A buyer writes, and the draft is there."""
        self.house.receive(text, alias=ALIAS, order_id=ORDER)
        self.cycle()
        return self.waiting()

    def promise(self) -> None:
        """An answer about a parcel that names a day ahead has been sent."""
        _, raw = self.draft(LATE)
        day = format_date("en", datetime.now(UTC).date() + timedelta(days=5))
        self.flush("Approval")
        filled = self.edited(raw, f"It will be there by {day}.").replace(b"[[", b"").replace(b"]]", b"")
        self.house.put("Approved", filled)
        self.cycle(2)
        assert len(self.house.sink.accepted) == 1, self.house.log()[-1500:]

    def waiting(self) -> tuple[int, bytes]:
        """The one draft that waits in the queue."""
        (found,) = self.house.drafts().items()
        return found

    def flush(self, folder: str) -> None:
        """The agent deletes everything in a folder."""
        client = self.house.client()
        client.select_folder(folder)
        client.delete_messages(client.search("ALL"))
        client.expunge()

    def edited(self, raw: bytes, words: str) -> bytes:
        """The copy as a mail client saves it after an edit that put words on top; identities survive."""
        mail = email.message_from_bytes(raw, policy=policy.SMTP)
        mail.set_content(f"{words}\n\n{mail.get_content()}")
        return mail.as_bytes()

    def sql(self, statement: str) -> None:
        """Bend the ledger's clock."""
        engine = open_engine(f"sqlite:///{self.house.root}/state/ledger.db")
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the ledger says."""
        engine = open_engine(f"sqlite:///{self.house.root}/state/ledger.db")
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(sa.text(query))]
        engine.dispose()
        return found

    def wait_longer(self, hours: float) -> None:
        """Every buyer has waited so much longer."""
        past = int(hours * 3_600_000_000)
        for table, names in (
            ("message", ("received_at", "target_at", "hard_at")),
            ("response_clock", ("started_at", "target_at", "rule_at", "hard_at", "nearest_at")),
        ):
            changes = ", ".join(f"{name} = {name} - {past}" for name in names)
            self.sql(f"UPDATE {table} SET {changes}")  # noqa: S608  names from above

    def sent_text(self) -> str:
        """The text of the one mail that left the house."""
        (accepted,) = self.house.sink.accepted
        return str(email.message_from_bytes(accepted.raw, policy=policy.default).get_content())

    def approved_but_delayed(self) -> int:
        """An approved draft that waits, since the server said "later"; returns its UID in `Approved`."""
        uid, _ = self.draft()
        self.house.move(uid, "Approved")
        self.house.sink.fault = "rcpt_450"
        self.cycle()
        self.house.sink.fault = None
        (uid,) = self.house.mails("Approved")
        self.sql("UPDATE delivery SET next_attempt_at = 0 WHERE state = 'prepared'")
        return uid


@contextmanager
def stage_on(port: int, user: str, model: Path, zygote: Zygote) -> Iterator[Stage]:
    """A stage on any IMAP server, with a mail server of its own."""
    with ExitStack() as stack:
        sink = stack.enter_context(Sink(login=(user, PASSWORD)))
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fr-")))
        house = House(
            root, imap_port=port, user=user, password=PASSWORD, sink=sink, model=model, zygote=zygote
        )
        stack.callback(house.close)
        yield Stage(house, zygote)


@contextmanager
def own_stage(model: Path, zygote: Zygote) -> Iterator[Stage]:
    """A stage with servers of its own, where the address is that of the shop: for people's mail clients."""
    with Dovecot() as dovecot, stage_on(dovecot.port, "support", model, zygote) as stage:
        yield stage
