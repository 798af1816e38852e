"""A world in miniature for the order of writes: servers, a ledger, people, and an oracle that knows harm.

Nothing here decides for the daemon. A `World` hands each step of a daemon to fate: it can go well, fail
before it acts, act and lose the reply, act later than its caller waited, or be the last thing its process
did; between any two steps people may act. `Fate` is a list of answers, so that a search can try them all.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from daemon.desk.draft import DRAFT_TRANSITIONS, DraftState

S = DraftState
READ = ("well", "fails", "dies")
COMMIT = ("well", "fails", "dies", "dies after")
WRITE = (*COMMIT, "reply lost")
LATE = "late"


class LostError(Exception):
    """A step failed, or seemed to."""


class DeadError(Exception):
    """The process is gone."""


class FencedError(Exception):
    """The ledger refuses: another daemon owns the mailbox, or the row has moved on."""


class HarmError(Exception):
    """What must never happen has happened."""


@dataclass(frozen=True)
class Mail:
    """A mail in a folder: `link` is the draft's token wherever it survives, `own` the Message-ID."""

    own: str
    text: str
    to: str = ""
    link: str = ""
    answers: str = ""


@dataclass
class Row:
    """A buyer's message and its draft, as the ledger has them."""

    number: int
    place: tuple[int, int]
    mail: Mail
    state: DraftState | None = None
    token: str = ""
    digest: str = ""
    delivery: str = ""
    owner: int = 0
    noted: bool = False
    filed: bool = False


@dataclass
class Step:
    """One thing a daemon does: `kind` says what can go wrong with it."""

    label: str
    kind: tuple[str, ...]
    act: Callable[[], Any]


class Fate:
    """Answers to "what happens here?": the given ones, then always the first; `trace` is for the search."""

    def __init__(self, given: list[int]) -> None:
        self.given, self.trace = given, list[tuple[int, int]]()

    def choose(self, count: int) -> int:
        """One of `count` ways."""
        at = len(self.trace)
        answer = self.given[at] if at < len(self.given) else 0
        self.trace.append((answer, count))
        return answer


@dataclass(frozen=True)
class Bounds:
    """How much may happen in one run; `without` names a rule that the daemon has forgotten."""

    faults: int = 1
    people: tuple[str, ...] = ()
    late: bool = False
    daemons: int = 1
    pauses: int = 0
    server_files: bool = False
    without: str = ""

    @property
    def loose(self) -> bool:
        """Whether an APPEND may come after the look that did not find it, so that there are two."""
        return self.late or self.daemons > 1


@dataclass
class World:
    """Servers, ledger and people of one run."""

    fate: Fate
    bounds: Bounds
    calm: bool = False
    epoch: int = 0
    validity: int = 1
    folders: dict[str, dict[int, Mail]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    relayed: list[tuple[Row, Mail]] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)
    """Texts that a person wanted to be sent, as they were then."""
    answered: set[str] = field(default_factory=set)
    """Tokens of drafts that a person sent themselves, before the daemon was asked to."""
    appended: list[str] = field(default_factory=list)
    """Tokens of the drafts that were appended."""
    delayed: list[Callable[[], Any]] = field(default_factory=list)
    mark: int = 0
    writes: int = 0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faults, self.people = self.bounds.faults, list(self.bounds.people)
        self._uid = 0
        for name in ("INBOX", "Approval", "Approved", "Rejected", "Sent"):
            self.folders[name] = {}
        self.put("INBOX", Mail("buyer-1", "question 1", to="shop"))

    def put(self, folder: str, mail: Mail) -> None:
        """A mail arrives in a folder."""
        self._uid += 1
        self.folders[folder][self._uid] = mail

    def queue(self, mail: Mail) -> None:
        """A draft comes to lie in Approval."""
        self.appended.append(mail.link)
        self.put("Approval", mail)

    def relay(self, row: Row, mail: Mail) -> None:
        """The mail server takes a mail over: the buyer has it."""
        self.relayed.append((row, mail))
        if mail.text != row.digest:
            raise HarmError("sent something else than the ledger says was approved")
        if self.bounds.server_files:
            self.put("Sent", mail)

    def lies(self, folder: str, **wanted: str) -> list[int]:
        """UIDs of the mails of a folder that have these values."""
        return [
            uid
            for uid, mail in self.folders[folder].items()
            if all(getattr(mail, name) == value for name, value in wanted.items())
        ]

    # ---- steps of a daemon ---------------------------------------------------------------------

    def step(self, step: Step) -> Any:  # noqa: ANN401  whatever the step finds
        """Let fate decide what becomes of a step."""
        self.interlude()
        ways = (*step.kind, LATE) if self.bounds.late and step.kind is WRITE else step.kind
        way = ways[self.fate.choose(len(ways))] if self.faults and not self.calm else "well"
        if way != "well":
            self.faults -= 1
            self.log.append(f"{way}: {step.label}")
        if way == "dies":
            raise DeadError
        if way in {"fails", LATE}:
            if way == LATE:
                self.delayed.append(step.act)
            raise LostError(step.label)
        result = step.act()
        self.writes += step.kind is not READ
        self.watch()
        if way == "dies after":
            raise DeadError
        if way == "reply lost":
            raise LostError(step.label)
        return result

    def become(self, row: Row, new: DraftState, old: set[DraftState], **values: Any) -> None:  # noqa: ANN401  fields of the row
        """The ledger's compare-and-set: the state that was expected, and the transitions that it knows."""
        if self.bounds.without != "fence" and row.state not in old:
            raise FencedError(new)
        if row.state is not None and row.state is not new and new not in DRAFT_TRANSITIONS[row.state]:
            raise FencedError(f"{row.state} -> {new}")
        for name, value in {**values, "state": new}.items():
            setattr(row, name, value)

    # ---- people --------------------------------------------------------------------------------

    def interlude(self) -> None:
        """People may act, and delayed effects may come."""
        while self.people and not self.calm and self.fate.choose(2):
            self.act(self.people.pop(0))
        while self.delayed and (self.calm or self.fate.choose(2)):
            self.log.append("the delayed effect")
            self.delayed.pop(0)()
            self.watch()

    def act(self, deed: str) -> None:
        """What a person does, or a buyer, or a provider."""
        self.log.append(deed)
        queue, approved = self.folders["Approval"], self.folders["Approved"]
        match deed:
            case "another buyer":  # whose mail client makes the same Message-ID
                self.put("INBOX", Mail("buyer-1", "question 2", to="shop"))
            case "new numbers":
                self.validity += 1
                old, self.folders["INBOX"] = self.folders["INBOX"], {}
                for mail in old.values():
                    self.put("INBOX", mail)
            case "undo":
                for uid in list(approved):
                    self.put("Approval", approved.pop(uid))
            case "change":  # saved within Approved: approved as it is now
                for uid in list(approved):
                    mail = approved.pop(uid)
                    self.put("Approved", replace(mail, text=f"{mail.text}, changed"))
                    self.decided.add(f"{mail.text}, changed")
            case "answer":  # sent from the mail client, which then removes the draft
                for uid in list(queue):
                    mail = queue.pop(uid)
                    self.put("Sent", replace(mail, own=f"client-{uid}"))
                    self.answered.add(mail.link)
            case _:
                self._approve(deed)
        self.watch()

    def _approve(self, deed: str) -> None:
        for uid in self.lies("Approval"):
            mail = self.folders["Approval"].pop(uid)
            if deed == "edit":  # as new: another Message-ID, the link kept among the references
                mail = replace(mail, own=f"client-{uid}", text=f"{mail.text}, edited")
            if deed == "redirect":
                mail = replace(mail, to="stranger", text=f"{mail.text}, redirected")
            self.decided.add(mail.text)
            for _ in range(2 if deed == "approve twice" else 1):
                self.put("Approved", mail)

    # ---- the oracle ----------------------------------------------------------------------------

    def watch(self) -> None:
        """What holds at every moment."""
        if any(count > 1 for count in Counter(row.number for row, _ in self.relayed).values()):
            raise HarmError("sent twice")
        drafted = Counter(row.mail for row in self.rows if row.token)
        appended = Counter(self.appended)
        if any(count > 1 for count in drafted.values()) or (
            not self.bounds.loose and any(count > 1 for count in appended.values())
        ):
            raise HarmError("drafted twice")
        for row, mail in self.relayed:
            if mail.text not in self.decided:
                raise HarmError("sent what nobody approved")
            if mail.to != f"relay of {row.mail.text}":
                raise HarmError("sent to a stranger")
            if row.token in self.answered:
                raise HarmError("sent although a person had answered")

    def rest(self) -> None:
        """What holds when nothing fails any more."""
        for mail in self.folders["INBOX"].values():
            if all(row.mail != mail for row in self.rows):
                raise HarmError("a message is lost")
        for row in self.rows:
            self._rest_of(row)

    def _rest_of(self, row: Row) -> None:
        sent = [mail for about, mail in self.relayed if about is row]
        queue, approved = (len(self.lies(name, link=row.token)) for name in ("Approval", "Approved"))
        filed = len(self.lies("Sent", own=row.delivery)) if row.delivery else 0
        harms = {
            f"stuck in {row.state}": row.state
            not in {S.QUEUED, S.HELD, S.IN_DOUBT, S.SENT, S.ANSWERED_BY_AGENT},
            f"{row.state}, but relayed {len(sent)} times": row.state is not S.IN_DOUBT
            and bool(sent) is not (row.state is S.SENT),
            "in doubt against the evidence": row.state is S.IN_DOUBT and filed > 0,
            "stopped without a note": row.state in {S.HELD, S.IN_DOUBT} and not row.noted,
            "a draft is gone": row.state in {S.QUEUED, S.HELD} and not queue + approved,
            "two drafts": row.state is S.QUEUED and queue + approved > 1,
            "an approval was overlooked": row.state is not S.IN_DOUBT and approved > 0,
            "a sent draft still waits": row.state is S.SENT and queue > 0,
            "not filed once": row.state is S.SENT and (filed < 1 if self.bounds.loose else filed != 1),
        }
        for harm, there in harms.items():
            if there:
                raise HarmError(harm)
