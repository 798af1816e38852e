"""The ledger as one value: an engine and the books that read and write through it.

Errors: those of `store.py`.
"""

from dataclasses import dataclass

from sqlalchemy.engine import Engine

from daemon.ports.ledger.about import AboutBook
from daemon.ports.ledger.alerts import AlertBook
from daemon.ports.ledger.answers import AnswerBook
from daemon.ports.ledger.cases import CaseBook
from daemon.ports.ledger.clocks import ClockBook
from daemon.ports.ledger.copies import CopyBook
from daemon.ports.ledger.corrections import CorrectionBook
from daemon.ports.ledger.deliveries import DeliveryBook
from daemon.ports.ledger.digests import DigestBook
from daemon.ports.ledger.drafts import DraftBook
from daemon.ports.ledger.evidence import EvidenceBook
from daemon.ports.ledger.figures import FigureBook
from daemon.ports.ledger.follow_ups import FollowUpBook
from daemon.ports.ledger.identity import IdentityBook
from daemon.ports.ledger.intake import IntakeBook
from daemon.ports.ledger.labels import LabelBook
from daemon.ports.ledger.life import LifeBook
from daemon.ports.ledger.locks import MailboxLocks
from daemon.ports.ledger.mailboxes import Mailboxes
from daemon.ports.ledger.marking import MarkBook
from daemon.ports.ledger.notes import NoteBook
from daemon.ports.ledger.orders import OrderBook
from daemon.ports.ledger.privacy import PrivacyBook
from daemon.ports.ledger.receipts import ReceiptBook
from daemon.ports.ledger.sent import SentBook
from daemon.ports.ledger.store import migrate, open_engine
from daemon.ports.ledger.upkeep import UpkeepBook
from daemon.ports.ledger.worklists import WorklistBook


@dataclass(frozen=True, slots=True)
class Ledger:
    """The durable record and the only source of truth."""

    engine: Engine
    locks: MailboxLocks
    mailboxes: Mailboxes
    intake: IntakeBook
    identity: IdentityBook
    drafts: DraftBook
    copies: CopyBook
    corrections: CorrectionBook
    notes: NoteBook
    deliveries: DeliveryBook
    clocks: ClockBook
    labels: LabelBook
    orders: OrderBook
    answers: AnswerBook
    alerts: AlertBook
    marks: MarkBook
    worklist: WorklistBook
    cases: CaseBook
    follow_ups: FollowUpBook
    figures: FigureBook
    privacy: PrivacyBook
    evidence: EvidenceBook
    digests: DigestBook
    upkeep: UpkeepBook
    receipts: ReceiptBook
    sent: SentBook
    life: LifeBook
    about: AboutBook

    @classmethod
    def open(cls, url: str) -> "Ledger":
        """Open the ledger at this address and bring its tables to this version."""
        engine = open_engine(url)
        migrate(engine)
        return cls.on(engine)

    @classmethod
    def on(cls, engine: Engine) -> "Ledger":
        """The books over an engine whose tables are there."""
        return cls(
            engine=engine,
            locks=MailboxLocks(engine),
            mailboxes=Mailboxes(engine),
            intake=IntakeBook(engine),
            identity=IdentityBook(engine),
            drafts=DraftBook(engine),
            copies=CopyBook(engine),
            corrections=CorrectionBook(engine),
            notes=NoteBook(engine),
            deliveries=DeliveryBook(engine),
            clocks=ClockBook(engine),
            labels=LabelBook(engine),
            orders=OrderBook(engine),
            answers=AnswerBook(engine),
            alerts=AlertBook(engine),
            marks=MarkBook(engine),
            worklist=WorklistBook(engine),
            cases=CaseBook(engine),
            follow_ups=FollowUpBook(engine),
            figures=FigureBook(engine),
            privacy=PrivacyBook(engine),
            evidence=EvidenceBook(engine),
            digests=DigestBook(engine),
            upkeep=UpkeepBook(engine),
            receipts=ReceiptBook(engine),
            sent=SentBook(engine),
            life=LifeBook(engine),
            about=AboutBook(engine),
        )

    def close(self) -> None:
        """Give all connections back."""
        self.locks.close()
        self.engine.dispose()
