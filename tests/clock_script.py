"""Response clocks told as short scripts: what happened to one conversation, and how its clocks stand then.

An event is `WHAT[:MESSAGE]@HOUR` with additions; hours count from `NOW`:
`A@0` a buyer's message A; `A@0/1` its target after one hour, `A@0/1!48` a hard limit after 48;
`A@5<2` delivered at 5, Date says 2; `agent:A@3` a person answers A, `agent:A@3>9` seen at 9;
`sent:A@3` the daemon sends the draft of A, `sent:A@3.5>3` with the final dot at 3;
`central@3` an answer from Seller Central; `excuse:A@2`, `bounce:A@30`, `confirm:A@26`;
`other:A@1/2` A is another scenario with a target of two hours; `look@25` a full look ended;
`host_@-3` from now on the host's clock is three hours behind the mail server's.

The state of a message is `A=open:START:NEAREST`, `A=answered:END:in` or `A=answered:END:late` (by the 24-hour
rule, for this message), or `A=excused`.
"""

import re
from datetime import datetime

from daemon.desk.clock import RULE, deadlines, start_of
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.stopping import Answer, stop_clock
from daemon.ports.ledger.store import writing
from tests.ledger_kit import HOUR, NOW, Desk, no_objection

EVENT = re.compile(
    r"(?:(?P<what>[a-z_]+)(?::(?P<of>[A-Z]))?|(?P<name>[A-Z]))@(?P<at>-?[0-9.]+)"
    r"(?:<(?P<date>-?[0-9.]+))?(?:>(?P<seen>-?[0-9.]+))?(?:/(?P<target>[0-9.]+))?(?:!(?P<hard>[0-9.]+))?"
)


def hour(text: str | float) -> datetime:
    """So many hours after `NOW`."""
    return NOW + float(text) * HOUR


class Script:
    """One conversation."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.messages, self.behind = desk, dict[str, int](), 0.0

    def host(self, at: float | str) -> datetime:
        """What the host's clock shows at this hour of the mail server's."""
        return hour(float(at) + self.behind)

    def play(self, text: str) -> None:
        """Let these events happen, in their order."""
        for word in text.split():
            found = EVENT.fullmatch(word)
            assert found is not None, word
            event = {key: value for key, value in found.groupdict().items() if value is not None}
            if "name" in event:
                self._buyer(event)
            else:
                getattr(self, event["what"])(event)

    def _buyer(self, event: dict[str, str]) -> None:
        at, seen = hour(event["at"]), self.host(event.get("seen", event["at"]))
        received = start_of(hour(event["date"]) if "date" in event else at, at)
        message = self.desk.fetched(at, recorded=seen)
        target, hard = (float(event[key]) * HOUR if key in event else None for key in ("target", "hard"))
        reading = self.desk.reading(message, received, limits=deadlines(received, target=target, hard=hard))
        self.desk.ledger.intake.store(self.desk.claim, [reading], seen)
        self.messages[event["name"]] = message

    def agent(self, event: dict[str, str]) -> None:
        """A person answers in their mail client."""
        draft = self.desk.queued(self.messages[event["of"]])
        seen = self.host(event.get("seen", event["at"]))
        self.desk.ledger.clocks.answered_by_agent(self.desk.claim, draft, hour(event["at"]), seen)

    def sent(self, event: dict[str, str]) -> None:
        """The daemon sends a draft; its final dot may have been earlier than the server's word."""
        delivery = self.desk.prepared(self.desk.approved(self.messages[event["of"]]))
        dot = self.host(event.get("seen", event["at"]))
        book = self.desk.ledger.deliveries
        book.commit_sending(self.desk.claim, delivery, no_objection, dot)
        book.sent(self.desk.claim, delivery, 250, "ok", self.host(event["at"]))

    def central(self, event: dict[str, str]) -> None:
        """Amazon's copy of an answer that was written in Seller Central."""
        conversation = self.desk.one(t.message, next(iter(self.messages.values())))["conversation_id"]
        answer = Answer(conversation, None, hour(event["at"]), "seller_central", "intake", "reply_copy")
        with writing(self.desk.ledger.engine, self.desk.claim) as connection:
            later = t.message.c.received_at > answer.at
            stop_clock(connection, self.desk.claim, answer, later, self.host(event.get("seen", event["at"])))

    def excuse(self, event: dict[str, str]) -> None:
        """A person says that a message needs no answer."""
        self.desk.ledger.clocks.excuse(self.desk.claim, self.messages[event["of"]], self.host(event["at"]))

    def other(self, event: dict[str, str]) -> None:
        """A person says that a message is something else."""
        message = self.messages[event["of"]]
        received = self.desk.one(t.message, message)["received_at"]
        target, hard = (float(event[key]) * HOUR if key in event else None for key in ("target", "hard"))
        limits = deadlines(received, target=target, hard=hard)
        now = self.host(event["at"])
        self.desk.ledger.clocks.reclassified(self.desk.claim, message, "other", limits, now)

    def bounce(self, event: dict[str, str]) -> None:
        """Amazon did not deliver the answer to a message."""
        message, now = self.messages[event["of"]], self.host(event["at"])
        self.desk.ledger.clocks.reopen(self.desk.claim, message, "undelivered", now)

    def confirm(self, event: dict[str, str]) -> None:
        """Amazon delivered the answer to a message."""
        self.desk.ledger.clocks.confirm(self.desk.claim, self.messages[event["of"]], hour(event["at"]))

    def look(self, event: dict[str, str]) -> None:
        """A full look at the mailbox ended."""
        at = self.host(event["at"])
        self.desk.ledger.mailboxes.note_cycle(self.desk.claim, at, connected=True, error=None)

    def host_(self, event: dict[str, str]) -> None:
        """The host's clock is behind the mail server's by so many hours."""
        self.behind = float(event["at"])

    def state(self, name: str) -> str:
        """How a message's clock stands."""
        row, message = self.desk.clock(self.messages[name]), self.messages[name]

        def hours(moment: datetime) -> str:
            return f"{(moment - NOW) / HOUR:g}"

        if row["state"] == "open":
            return f"open:{hours(row['started_at'])}:{hours(row['nearest_at'])}"
        if row["state"] == "excused":
            return "excused"
        asked = self.desk.one(t.message, message)["received_at"]
        return f"answered:{hours(row['ended_at'])}:{'in' if row['ended_at'] - asked <= RULE else 'late'}"

    def states(self) -> str:
        """How all messages stand."""
        return " ".join(f"{name}={self.state(name)}" for name in self.messages)
