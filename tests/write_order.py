"""The daemon in miniature: intake, drafting, approval, dispatch, filing, with the stages' order of writes.

Each of its rules can be forgotten by name; `tests/write_order_search.py` must then find the harm, or the
rule, or the search, is worth nothing. It proves the order, not the program: one answer for a message, few
faults, an atomic MOVE and a ledger whose commits are atomic and durable.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from tests.write_order_world import (
    COMMIT,
    READ,
    WRITE,
    FencedError,
    LostError,
    Mail,
    Row,
    S,
    Step,
    World,
)

Steps: TypeAlias = Generator[Step, Any, Any]
OURS = ("Approval", "Approved", "Sent")


class Daemon:
    """One life of a daemon; its methods yield their steps and get back what became of them."""

    def __init__(self, world: World) -> None:
        self.world, self.without, self.epoch = world, world.bounds.without, 0

    def keeps(self, rule: str) -> bool:
        """Whether this daemon knows the rule."""
        return self.without != rule

    def read(self, label: str, look: Callable[[], Any]) -> Steps:
        """Ask a server."""
        return (yield Step(label, READ, look))

    def write(self, label: str, act: Callable[[], Any]) -> Steps:
        """Change something on a server."""
        return (yield Step(label, WRITE, act))

    def commit(self, label: str, act: Callable[[], Any]) -> Steps:
        """One transaction of the ledger, refused when another daemon has taken the mailbox over."""

        def fenced() -> Any:  # noqa: ANN401  whatever the act gives
            if self.epoch and self.keeps("fence") and self.world.epoch != self.epoch:
                raise FencedError(label)
            return act()

        return (yield Step(f"commit {label}", COMMIT, fenced))

    def become(self, row: Row, new: S, *old: S, **values: Any) -> Steps:  # noqa: ANN401  fields of the row
        """One step of a draft's life."""
        yield from self.commit(new, lambda: self.world.become(row, new, {*old}, **values))

    def life(self, cycles: int) -> Steps:
        """From the claim on the mailbox to the end."""

        def claim() -> int:
            self.world.epoch += 1
            return self.world.epoch

        self.epoch = yield from self.commit("claim", claim)
        for row in self.world.rows:
            if row.state is S.SENDING and row.owner != self.epoch:
                if self.keeps("doubt after a crash"):
                    yield from self.become(
                        row, S.IN_DOUBT, S.SENDING, noted=self.keeps("note with the doubt")
                    )
                else:
                    row.state = S.APPROVED
        for _ in range(cycles):
            try:
                yield from self.cycle()
            except LostError:
                continue

    def cycle(self) -> Steps:
        """Every stage once."""
        yield from self.intake()
        for row in list(self.world.rows):
            if row.state in {None, S.PLANNED}:
                yield from self.draft(row)
        for row in list(self.world.rows):
            yield from self.approval(row)
            yield from self.dispatch(row)

    # ---- intake --------------------------------------------------------------------------------

    def intake(self) -> Steps:
        """What lies in the inbox and in no row gets one."""
        world = self.world
        validity, found = yield from self.read(
            "SEARCH INBOX", lambda: (world.validity, dict(world.folders["INBOX"]))
        )
        for uid, mail in found.items():
            known = any(row.place == (validity, uid) for row in world.rows)
            if not self.keeps("set difference"):
                known = uid <= world.mark
                world.mark = max(world.mark, uid)
            if not known:
                yield from self.commit("message", partial(self.record, (validity, uid), mail))

    def record(self, place: tuple[int, int], mail: Mail) -> None:
        """A row for each (UIDVALIDITY, UID); known content under new numbers keeps its own."""
        world = self.world
        if any(row.place == place for row in world.rows):
            return
        for row in world.rows:
            renumbered = row.mail == mail and row.place[0] != place[0] and self.keeps("re-key by content")
            if renumbered or (row.mail.own == mail.own and not self.keeps("Message-ID is no identity")):
                row.place = place
                return
        world.rows.append(Row(len(world.rows) + 1, place, mail))

    # ---- drafting ------------------------------------------------------------------------------

    def draft(self, row: Row) -> Steps:
        """Plan with an identity of our own, append, write down; look before every repeated append."""
        world, planned_now = self.world, row.state is None
        if planned_now:
            yield from self.commit("planned", lambda: self.plan(row))
        found = False
        if not planned_now and self.keeps("look before a repeated append"):
            folders = OURS if self.keeps("look into every folder") else OURS[:1]
            found = yield from self.read(
                "SEARCH for the draft", lambda: any(world.lies(name, link=row.token) for name in folders)
            )
        if not found:
            mail = Mail(
                row.token, f"answer {row.number}", f"relay of {row.mail.text}", row.token, row.mail.own
            )
            yield from self.write("APPEND the draft", lambda: world.queue(mail))
        yield from self.become(row, S.QUEUED, S.PLANNED)

    def plan(self, row: Row) -> None:
        """The draft's token is in the ledger before any server sees it."""
        if row.state is not None:
            raise FencedError("planned")
        row.state, row.token = S.PLANNED, f"draft-{row.number}"

    # ---- approval ------------------------------------------------------------------------------

    def approval(self, row: Row) -> Steps:
        """What lies in the folders now says what people decided."""
        world = self.world
        if row.state in {None, S.PLANNED, S.SENDING}:
            return
        copies = yield from self.read(
            "look at the copies",
            lambda: {
                name: {u: world.folders[name][u] for u in world.lies(name, link=row.token)} for name in OURS
            },
        )
        queue, approved, sent = (copies[name] for name in OURS)
        persons = [mail for mail in sent.values() if mail.own != row.delivery]
        if persons and self.keeps("a person's answer counts") and row.state in {S.QUEUED, S.APPROVED, S.HELD}:
            yield from self.become(row, S.ANSWERED_BY_AGENT, S.QUEUED, S.APPROVED, S.HELD)
        elif approved and row.state in {S.QUEUED, S.APPROVED}:
            yield from self.approve(row, approved)
        elif row.state is S.HELD and approved:
            yield from self.move(approved, "Approval")
        elif row.state is S.ANSWERED_BY_AGENT or (row.state is S.SENT and row.filed):
            yield from self.move(approved, "Rejected")  # too late: an editor was open meanwhile
        elif row.state is S.APPROVED and queue:
            yield from self.become(row, S.QUEUED, S.APPROVED, digest="", delivery="")
        if row.state in {S.QUEUED, S.SENT} and self.keeps("remove what is left over"):
            first = 1 if row.state is S.QUEUED and not approved else 0
            for uid in sorted(queue)[first:]:
                yield from self.write("UID EXPUNGE a twin", partial(world.folders["Approval"].pop, uid, None))

    def approve(self, row: Row, approved: dict[int, Mail]) -> Steps:
        """A move into Approved approves exactly the bytes that lie there, unless they must not leave."""
        texts = {mail.text for mail in approved.values()}
        strange = any(mail.to != f"relay of {row.mail.text}" for mail in approved.values())
        if len(texts) > 1 or (strange and self.keeps("the recipient is the ledger's")):
            yield from self.become(row, S.HELD, S.QUEUED, S.APPROVED, noted=True)
            yield from self.move(approved, "Approval")
        elif row.state is S.QUEUED:
            yield from self.become(row, S.APPROVED, S.QUEUED, digest=texts.pop())
        elif row.digest not in texts and self.keeps("what is sent is what was digested"):
            yield from self.become(row, S.QUEUED, S.APPROVED, digest="", delivery="")

    def move(self, approved: dict[int, Mail], folder: str) -> Steps:
        """Out of Approved, to where people look for it."""
        here = self.world.folders["Approved"]
        for uid in approved:

            def act(uid: int = uid) -> None:
                if uid in here:
                    self.world.put(folder, here.pop(uid))

            yield from self.write(f"MOVE to {folder}", act)

    # ---- dispatch ------------------------------------------------------------------------------

    def dispatch(self, row: Row) -> Steps:
        """Settle doubts by evidence alone, send what is approved, file what was sent."""
        world = self.world
        if row.state is S.IN_DOUBT:
            there = yield from self.read("SEARCH Sent", lambda: world.lies("Sent", own=row.delivery))
            if there:
                yield from self.become(row, S.SENT, S.IN_DOUBT)
            elif not self.keeps("absence proves nothing"):
                row.state = S.APPROVED
        if row.state is S.APPROVED:
            yield from self.send(row)
        if row.state is S.SENT and not row.filed:
            yield from self.file(row)

    def send(self, row: Row) -> Steps:
        """The step to `sending` is durable between the text and its final dot."""
        world = self.world
        wanted = {"text": row.digest} if self.keeps("what is sent is what was digested") else {}
        found = yield from self.read(
            "FETCH the copy again",
            lambda: [
                world.folders["Approved"][uid] for uid in world.lies("Approved", link=row.token, **wanted)
            ],
        )
        if not found:
            return  # the next look at the folders says why
        answered = yield from self.read(
            "SEARCH Sent",
            lambda: any(
                world.folders["Sent"][u].own != row.delivery for u in world.lies("Sent", link=row.token)
            ),
        )
        if answered and self.keeps("a person's answer counts"):
            return
        mail = replace(found[0], own=f"delivery-{row.number}", link="")
        yield from self.commit("delivery", lambda: setattr(row, "delivery", mail.own))
        yield from self.read("SMTP up to the dot", lambda: None)
        if self.keeps("sending before the dot"):
            yield from self.become(row, S.SENDING, S.APPROVED, owner=self.epoch)

        try:
            yield from self.write("the final dot", lambda: world.relay(row, mail))
        except LostError:
            if self.keeps("doubt after silence") and self.keeps("sending before the dot"):
                yield from self.become(row, S.IN_DOUBT, S.SENDING, noted=self.keeps("note with the doubt"))
            elif row.state is S.SENDING:
                row.state = S.APPROVED
            raise
        if row.state is S.APPROVED:
            row.state = S.SENDING
        yield from self.become(row, S.SENT, S.SENDING)

    def file(self, row: Row) -> Steps:
        """One copy in Sent, nothing left in Approved; each is looked for before it is made."""
        world = self.world
        mail = next(mail for about, mail in world.relayed if about is row)
        there = yield from self.read("SEARCH Sent", lambda: world.lies("Sent", own=row.delivery))
        if not there or not self.keeps("look before filing"):
            yield from self.write("APPEND to Sent", lambda: world.put("Sent", mail))
        for uid in world.lies("Approved", link=row.token, text=row.digest):
            yield from self.write("UID EXPUNGE", partial(world.folders["Approved"].pop, uid, None))
        yield from self.commit("filed", lambda: setattr(row, "filed", True))
