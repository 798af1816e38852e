"""Random agents, buyers, crashes and cycles against a real server: what must hold holds after each cycle.

The oracle is the test's own book of what people did; it asks the servers and the ledger, never the daemon.
FIRSTREPLY_SOAK=N plays 10 N stories of each beginning, four times as long (`make soak`).
"""

import os
import re
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from daemon.ports.ledger.store import open_engine
from tests import gmail as gmail_names
from tests.account import Account
from tests.daemon_kit import House
from tests.dovecot import Dovecot
from tests.forked import Zygote
from tests.gestures import Client, edited, own_reply, parsed, words_of
from tests.gmail import Gmail
from tests.mailroom import INBOX, is_note
from tests.mails import BROKEN, LATE
from tests.smtp_sink import Accepted
from tests.stage_kit import stage_on
from tests.zygote import STEPS

SOAK = int(os.environ.get("FIRSTREPLY_SOAK", "0"))
BUYERS, ALIAS = 3, "q7d2k9x4m1v"
QUEUE, DRAFTS, APPROVED, REJECTED, TRASH, SENT = "Approval", "Drafts", "Approved", "Rejected", "Trash", "Sent"
FOLDERS = (QUEUE, DRAFTS, APPROVED, REJECTED, TRASH)
MARK = re.compile(r"Remark\d+x")
"""What a person writes into a copy, so that it can be found again."""
FAULTS = ("rcpt_450", "mail_550", "greets_554")
"""Ways in which a server takes no mail; a lost answer is a matter of tests of its own."""
KILLS = [(step, when) for step in STEPS for when in ("before", "after")]

DEEDS = (
    "the buyer writes again",
    "somebody answers by hand",
    "somebody sends it edited",
    "it is edited in Approved",
    "the daemon is killed",
)
"""What may happen between an approval and the daemon's look at it."""

many = st.integers(0, 10**6)
looks = st.sampled_from((True, True, False))
texts = st.sampled_from((BROKEN, BROKEN, BROKEN, LATE))


@dataclass
class Book:
    """What people did, and what they may expect."""

    mails: list[bytes] = field(default_factory=list)
    relays: set[str] = field(default_factory=set)
    remarks: set[str] = field(default_factory=set)
    """What people wrote and did not throw away themselves."""
    answered: set[str] = field(default_factory=set)
    """Message-IDs of the buyers' mails that a person answered since the last complete cycle."""
    fresh: set[str] = field(default_factory=set)
    """Relay addresses of buyers who wrote since the last complete cycle."""
    wrong: set[str] = field(default_factory=set)
    """What did not agree after the last complete cycle."""
    thrown: set[str] = field(default_factory=set)
    """Relay addresses whose drafts people threw away: there may be nothing left to see."""


class Story(RuleBasedStateMachine):
    """One mailbox, its agents and buyers, and a daemon that runs now and then, and is killed now and then."""

    deed: str
    open_house: Callable[[ExitStack], tuple[House, Zygote]]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.house, self.zygote = type(self).open_house(self.stack)
        self.book = Book()
        self.count = 0

    def teardown(self) -> None:
        """Let everything come to rest: two cycles without faults, and a third that changes nothing."""
        try:
            self.house.sink.fault = None
            for _ in range(3):
                self.ripen()
                self.cycle()
            before = self.content()
            self.cycle()
            assert self.content() == before, "never at rest"
        finally:
            self.stack.close()

    # ---- people ------------------------------------------------------------------------------

    @initialize(client=st.sampled_from(Client), kill=st.sampled_from(KILLS))
    def beginning(self, client: Client, kill: tuple[str, str]) -> None:
        """Every story begins with an approval that is disturbed; what follows is chance."""
        for folder in (DRAFTS, TRASH, SENT):
            with self.house.visit() as mail:
                if not mail.folder_exists(self.house.named(folder)):
                    mail.create_folder(self.house.named(folder))
        self.cycle()
        self.write(0, BROKEN)
        self.cycle()
        self.approve_and_regret(0, self.deed, client, kill)

    @rule(buyer=st.integers(0, BUYERS - 1), text=texts, look=looks)
    def buyer_writes(self, buyer: int, text: str, look: bool) -> None:
        """A buyer writes, perhaps once more."""
        self.write(buyer, text)
        self.perhaps(look)

    @rule(
        which=many,
        to=st.sampled_from((QUEUE, APPROVED, APPROVED, REJECTED, DRAFTS, TRASH)),
        look=looks,
    )
    def move(self, which: int, to: str, look: bool) -> None:
        """An agent drags a copy of a draft somewhere."""
        found = self.pick(which, without=to)
        if found is not None:
            folder, uid, raw = found
            self.house.move(uid, to, source=folder)
            if to == TRASH:
                self.book.thrown.add(relay_of(raw))
        self.perhaps(look)

    @rule(
        which=many,
        client=st.sampled_from(Client),
        to=st.sampled_from(("same", DRAFTS, APPROVED)),
        stranger=st.sampled_from((False, False, False, True)),
        look=looks,
    )
    def edit(self, which: int, client: Client, to: str, stranger: bool, look: bool) -> None:
        """An agent edits a copy: saved in place the old one goes, as new it stays behind."""
        found = self.pick(which)
        if found is not None:
            folder, uid, raw = found
            address = "mia@private.example" if stranger else ""
            new = edited(raw, self.remark(), client, to=address, as_new=to != "same")
            if to == "same":
                self.house.save(uid, new, source=folder)
            else:
                self.house.put(to, new)
        self.perhaps(look)

    @rule(which=many, client=st.sampled_from(Client), leave=st.booleans(), look=looks)
    def edit_and_send(self, which: int, client: Client, leave: bool, look: bool) -> None:
        """An agent edits and presses Send in the mail client; perhaps the draft stays behind."""
        found = self.pick(which)
        if found is not None:
            folder, uid, raw = found
            new = edited(raw, self.remark(), client, as_new=True)
            self.house.put(SENT, new, (b"\\Seen",))
            self.book.answered.add(answers(raw))
            if not leave:
                self.erase(folder, uid, raw)
        self.perhaps(look)

    @rule(which=many, look=looks)
    def answer_by_hand(self, which: int, look: bool) -> None:
        """An agent answers a buyer's mail without our draft."""
        raw = self.book.mails[which % len(self.book.mails)]
        self.house.put(SENT, own_reply(raw, self.remark()))
        self.book.answered.add(str(parsed(raw)["Message-ID"]))
        self.perhaps(look)

    @rule(which=many, expunge=st.booleans(), look=looks)
    def delete(self, which: int, expunge: bool, look: bool) -> None:
        """An agent deletes a copy, with or without expunging it."""
        found = self.pick(which)
        if found is not None:
            self.erase(*found, expunge=expunge)
        self.perhaps(look)

    @rule(which=many, to=st.sampled_from((APPROVED, REJECTED, DRAFTS)), look=looks)
    def copy(self, which: int, to: str, look: bool) -> None:
        """An agent copies a draft: there are two now."""
        found = self.pick(which, without=to)
        if found is not None:
            folder, uid, _ = found
            self.house.copy(uid, to, source=folder)
        self.perhaps(look)

    @rule(which=many)
    def approve(self, which: int) -> None:
        """An agent approves, and the daemon looks."""
        self.approved(which)
        self.cycle()

    @rule(
        which=many, deed=st.sampled_from(DEEDS), client=st.sampled_from(Client), kill=st.sampled_from(KILLS)
    )
    def approve_and_regret(self, which: int, deed: str, client: Client, kill: tuple[str, str]) -> None:
        """An agent approves, and something else happens before the daemon looks."""
        raw = self.approved(which)
        asked = None if raw is None else self.asked(raw)
        if raw is None or asked is None:
            return
        if deed == "the buyer writes again":
            self.write(int(str(parsed(asked)["Reply-To"]).partition("@")[0].removeprefix(ALIAS)), BROKEN)
        elif deed == "somebody answers by hand":
            self.house.put(SENT, own_reply(asked, self.remark()))
            self.book.answered.add(answers(raw))
        elif deed == "somebody sends it edited":
            self.house.put(SENT, edited(raw, self.remark(), client, as_new=True))
            self.book.answered.add(answers(raw))
        elif deed == "it is edited in Approved":
            uid = max(number for number, mail in self.house.mails(APPROVED).items() if mail == raw)
            self.house.save(uid, edited(raw, self.remark(), client), source=APPROVED)
        else:
            self.cycle(kill=kill)
        self.cycle()

    @rule(folder=st.sampled_from(FOLDERS), flag=st.sampled_from((b"\\Seen", b"\\Flagged")))
    def flag(self, folder: str, flag: bytes) -> None:
        """A mail client sets a flag on all it shows."""
        if self.house.mails(folder):
            self.house.mark(folder, flag)

    # ---- the daemon --------------------------------------------------------------------------

    @rule(kill=st.sampled_from(KILLS))
    def crash(self, kill: tuple[str, str]) -> None:
        """A cycle that is killed at a step, if it comes to it."""
        self.cycle(kill=kill)

    @rule(fault=st.sampled_from(FAULTS))
    def refuse(self, fault: str) -> None:
        """A cycle during which the mail server takes nothing."""
        self.house.sink.fault = fault
        self.cycle()
        self.house.sink.fault = None

    @precondition(lambda self: any(self.house.mails(APPROVED)))
    @rule()
    def wait(self) -> None:
        """The time of the next attempt comes."""
        self.ripen()
        self.cycle()

    # ---- how ---------------------------------------------------------------------------------

    def perhaps(self, look: bool) -> None:
        """Let the daemon look, or let people go on first."""
        if look:
            self.cycle()

    def write(self, buyer: int, text: str) -> None:
        """A buyer's mail arrives."""
        raw = self.house.receive(text, alias=f"{ALIAS}{buyer:04d}", order_id=f"302-7654321-{buyer:07d}")
        self.book.mails.append(raw)
        self.book.relays.add(str(parsed(raw)["Reply-To"]))
        self.book.fresh.add(str(parsed(raw)["Reply-To"]))

    def approved(self, which: int) -> bytes | None:
        """One of the drafts that wait is moved to Approved; where none waits, a buyer writes instead."""
        found = [copy for copy in self.copies() if copy[0] in {QUEUE, DRAFTS}]
        if not found:
            self.write(which % BUYERS, BROKEN)
            return None
        folder, uid, raw = found[which % len(found)]
        self.house.move(uid, APPROVED, source=folder)
        return raw

    def asked(self, raw: bytes) -> bytes | None:
        """The buyer's mail that a copy answers, if the copy still says so."""
        found = [mail for mail in self.book.mails if str(parsed(mail)["Message-ID"]) == answers(raw)]
        return found[0] if found else None

    def remark(self) -> str:
        """Words of a person's own."""
        self.count += 1
        self.book.remarks.add(f"Remark{self.count}x")
        return f"Remark{self.count}x: we are sorry."

    def copies(self) -> list[tuple[str, int, bytes]]:
        """All copies of drafts that an agent sees, with folder and UID."""
        return [
            (folder, uid, raw)
            for folder in FOLDERS
            for uid, raw in self.house.mails(folder).items()
            if not is_note(raw)
        ]

    def pick(self, which: int, without: str = "") -> tuple[str, int, bytes] | None:
        """One of the copies, none in the folder that it shall go to."""
        found = [copy for copy in self.copies() if copy[0] != without]
        return found[which % len(found)] if found else None

    def erase(self, folder: str, uid: int, raw: bytes, *, expunge: bool = True) -> None:
        """A person throws a copy away, and what was written in it."""
        self.house.delete(uid, source=folder, expunge=expunge)
        self.book.remarks -= set(MARK.findall(words_of(raw)))
        self.book.thrown.add(relay_of(raw))

    def ripen(self) -> None:
        """The time of all next attempts comes."""
        self.sql("UPDATE delivery SET next_attempt_at = 0 WHERE state = 'prepared'")

    def sql(self, statement: str) -> list[Any]:
        """Ask, or bend, the ledger."""
        engine = open_engine(f"sqlite:///{self.house.root}/state/ledger.db")
        with engine.begin() as connection:
            result = connection.execute(sa.text(statement))
            rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows

    def content(self) -> list[Any]:
        """What the ledger says of drafts, deliveries and notes."""
        return [
            self.sql("SELECT id, state, folder_name, uid FROM draft ORDER BY id"),
            self.sql("SELECT id, state, attempts, filed_at IS NULL FROM delivery ORDER BY id"),
            self.sql("SELECT id, state FROM note ORDER BY id"),
        ]

    # ---- the oracle --------------------------------------------------------------------------

    def cycle(self, kill: tuple[str, str] | None = None) -> None:
        """One cycle of the daemon, and everything that must hold afterwards."""
        approved = [raw for raw in self.house.mails(APPROVED).values() if not is_note(raw)]
        before = len(self.house.sink.accepted)
        status = self.zygote.once(self.house, *(kill or ()))
        self.house.sink.rest()
        assert status == 0 or (kill and status == -9), f"{status}: {self.house.log()[-3000:]}"
        log = self.house.log()
        assert not [word for word in ("Traceback", "event=crashed", "event=library") if word in log], log[
            -3000:
        ]
        for mail in self.house.sink.accepted[before:]:
            self.check_sent(mail, approved)
        self.check_once()
        self.check_remarks()
        if status == 0:
            self.book.answered.clear()
            self.book.fresh.clear()
            self.check_ledger()

    def check_sent(self, mail: Accepted, approved: list[bytes]) -> None:
        """Approved, as it was approved, to the buyer, and not over the head of anybody."""
        said = words_of(mail.raw)
        assert said in [words_of(raw) for raw in approved], f"nobody approved {said!r}"
        assert len(mail.recipients) == 1, mail.recipients
        assert mail.recipients[0] in self.book.relays, mail.recipients
        assert mail.recipients[0] not in self.book.fresh, "sent past a newer message"
        assert answers(mail.raw) not in self.book.answered, "sent although a person had answered"

    def check_once(self) -> None:
        """One mail for a buyer's mail; a doubt that a person ended may have been a mistake of theirs."""
        doubtful = self.sql(
            "SELECT subject_id FROM decision WHERE subject = 'draft' AND new_state = 'in_doubt'"
        )
        if not doubtful:
            counted = Counter(answers(mail.raw) for mail in self.house.sink.accepted)
            assert all(count == 1 for count in counted.values()), counted

    def check_remarks(self) -> None:
        """What a person wrote is somewhere, until they throw it away themselves."""
        folders = [*FOLDERS, SENT]
        everything = [raw for folder in folders for raw in self.house.mails(folder).values()]
        everything += [mail.raw for mail in self.house.sink.accepted]
        seen = {mark for raw in everything for mark in MARK.findall(words_of(raw))}
        lost = self.book.remarks - seen
        assert not lost, f"lost {lost}"

    def check_ledger(self) -> None:
        """Ledger and folders agree, and each buyer's mail is cared for, after two cycles at the latest."""
        rows = self.sql("SELECT COUNT(*) FROM message WHERE kind = 'buyer_message'")
        assert rows[0][0] == len(self.book.mails) == len(self.house.mails(INBOX))
        for (header_id,) in self.sql("SELECT message_id_header FROM delivery WHERE state = 'sent'"):
            filed = [raw for raw in self.house.mails(SENT).values() if header_id.encode() in raw]
            assert len(filed) == 1, f"{header_id} lies in Sent {len(filed)} times"
        wrong = {*self.forgotten(), *self.misplaced()}
        drafts = self.sql("SELECT id, message_id, state, reason, folder_name, uid FROM draft")
        # what somebody just took away is looked for once more before anything is decided
        assert not wrong & self.book.wrong, f"{wrong & self.book.wrong}; drafts: {drafts}"
        self.book.wrong = wrong

    def forgotten(self) -> list[str]:
        """Buyers' mails that wait for an answer and have no draft."""
        rows = self.sql(
            "SELECT m.id FROM message m WHERE m.action = 'draft' AND NOT EXISTS (SELECT 1 FROM draft d "
            "WHERE d.conversation_id = m.conversation_id AND (d.message_id >= m.id OR d.state IN "
            "('edited', 'held', 'approved', 'sending', 'in_doubt'))) AND EXISTS (SELECT 1 FROM "
            "response_clock c WHERE c.id = m.response_clock_id AND c.state = 'open')"
        )
        return [f"message {number} has no draft" for (number,) in rows]

    def misplaced(self) -> list[str]:
        """Drafts that do not lie where their state says."""
        copies = self.copies()
        wrong = []
        for token, state, relay in self.sql("SELECT token, state, recipient FROM draft"):
            here = {folder for folder, _, raw in copies if token.encode() in raw}
            gone = relay in self.book.thrown
            if (
                (state == "queued" and not gone and not here & {QUEUE, DRAFTS})
                or (state == "approved" and not gone and APPROVED not in here)
                or (state == "sent" and APPROVED in here)
            ):
                wrong.append(f"{token} is {state}, but lies in {sorted(here)}")
        return wrong


def relay_of(raw: bytes) -> str:
    """Whom a copy is for."""
    return str(parsed(raw)["To"].addresses[0].addr_spec)


def answers(raw: bytes) -> str:
    """The Message-ID of the buyer's mail that a copy answers."""
    return str(parsed(raw)["In-Reply-To"])


def play(open_house: Callable[[ExitStack], tuple[House, Zygote]], deed: str) -> None:
    """Some stories; a soak shortens a failing one to what it needs."""
    Story.open_house, Story.deed = staticmethod(open_house), deed
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=10 * SOAK or 2,
            stateful_step_count=36 if SOAK else 8,
            derandomize=not SOAK,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink) if SOAK else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("deed", DEEDS)
def test_whatever_agents_do(dovecot: Dovecot, model_root: Path, zygote: Zygote, deed: str) -> None:
    """Random stories, the same ones at each run."""

    def open_house(stack: ExitStack) -> tuple[House, Zygote]:
        account = Account(dovecot)
        stack.callback(account.close)
        stage = stack.enter_context(stage_on(dovecot.port, account.name, model_root, zygote))
        return stage.house, zygote

    play(open_house, deed)


@pytest.mark.soak
@pytest.mark.parametrize("deed", DEEDS)
def test_whatever_agents_do_with_labels(model_root: Path, zygote: Zygote, deed: str) -> None:
    """The same where folders are labels."""
    with Gmail("anna") as gmail:

        def open_house(stack: ExitStack) -> tuple[House, Zygote]:
            gmail.empty()
            house = stack.enter_context(stage_on(gmail.port, gmail.user, model_root, zygote)).house
            house.names = {DRAFTS: gmail_names.DRAFTS, TRASH: gmail_names.TRASH, SENT: gmail_names.SENT}
            house.sink.on_accepted = lambda mail: house.put(SENT, mail.raw)
            return house, zygote

        play(open_house, deed)
