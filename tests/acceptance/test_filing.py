"""What a sending leaves behind: one copy in Sent, whoever files it; how fast mail leaves, and never twice."""

import email
import shutil
import sqlite3
import threading
from contextlib import closing
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.schema_alerts import alert
from daemon.ports.ledger.store import open_engine
from tests.account import Account
from tests.chaos import ChaosProxy
from tests.daemon_kit import House
from tests.forked import Zygote
from tests.gestures import Client, edited
from tests.mails import BROKEN
from tests.smtp_sink import Accepted
from tests.stage_kit import Stage, stage_on

BUSY = "daemon.ports.ledger.store.BUSY_TIMEOUT_MS"
PATIENCE = "daemon.stages.dispatch.PATIENCE"


def told(stage: Stage, line: str) -> None:
    """One more line in `[mailbox.smtp]`."""
    config = stage.house.config
    config.write_text(config.read_text().replace("  [mailbox.folders]", f"  {line}\n  [mailbox.folders]"))


def renamed(raw: bytes) -> bytes:
    """A sent mail as some servers file it: another Message-ID, MIME made anew with an HTML part."""
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    text = str(mail.get_content())
    mail.replace_header("Message-ID", "<AM9PR01@prod.outlook.example>")
    mail.set_content(text.rstrip() + " \n")
    lines = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    mail.add_alternative("<p>" + lines.replace("\n", "<br>") + "</p>", subtype="html")
    return mail.as_bytes()


def column(stage: Stage, wanted: sa.Column[object]) -> list[object]:
    """All values of a column of the ledger."""
    engine = open_engine(f"sqlite:///{ledger(stage.house)}")
    with engine.connect() as connection:
        found = list(connection.execute(sa.select(wanted)).scalars())
    engine.dispose()
    return found


def ledger(house: House) -> Path:
    """The ledger's file."""
    return house.root / "state" / "ledger.db"


def approved(stage: Stage, *, number: int = 1) -> None:
    """Drafts for some buyers, all of them approved."""
    for each in range(number):
        stage.house.receive(BROKEN, alias=f"q7d2k9x4m1v{each:04d}")
    stage.cycle()
    for uid in stage.house.drafts():
        stage.house.move(uid, "Approved")


def files(stage: Stage, form: str) -> None:
    """The server puts a copy into Sent."""
    raw = stage.house.sink.accepted[0].raw
    stage.house.put("Sent", renamed(raw) if form == "renamed" else raw)


@pytest.mark.parametrize("setting", ["auto", "daemon", "server"])
def test_a_server_that_files_at_once_is_left_to_it(stage: Stage, setting: str) -> None:
    """Whatever the setting says, there is one copy: it is looked for before one is made."""
    told(stage, f'sent_copy = "{setting}"')
    approved(stage)
    stage.house.sink.on_accepted = lambda _: files(stage, "own")
    stage.cycle(2)
    assert (len(stage.house.mails("Sent")), stage.house.states()) == (1, {"sent": 1})
    assert None not in column(stage, t.delivery.c.filed_at)


@pytest.mark.parametrize("form", ["own", "renamed"])
def test_a_server_that_files_late_is_waited_for(stage: Stage, form: str) -> None:
    """The rest is done at once; its copy is known even under another Message-ID, and is no duplicate."""
    told(stage, 'sent_copy = "server"')
    approved(stage)
    stage.cycle()
    assert (stage.house.mails("Sent"), stage.house.mails("Approved")) == ({}, {})
    assert b"\\Answered" in next(iter(stage.house.flags().values()))
    assert column(stage, t.delivery.c.filed_at) == [None]
    files(stage, form)
    stage.cycle(2)
    assert (len(stage.house.mails("Sent")), stage.house.states()) == (1, {"sent": 1})
    assert None not in column(stage, t.delivery.c.filed_at)
    assert (column(stage, alert.c.kind), stage.house.notes()) == ([], [])


def test_a_server_that_never_files_is_not_waited_for_for_ever(stage: Stage) -> None:
    """After a minute the daemon does it."""
    told(stage, 'sent_copy = "server"')
    approved(stage)
    stage.cycle(2)
    assert stage.house.mails("Sent") == {}
    stage.sql("UPDATE delivery SET ended_at = ended_at - 61000000")
    stage.cycle(2)
    assert len(stage.house.mails("Sent")) == 1


def test_a_doubt_is_settled_by_a_copy_under_another_id(stage: Stage) -> None:
    """Our link and our text in Sent: the buyer has it."""
    approved(stage)
    stage.house.sink.fault = "dot_fin_kept"
    stage.cycle()
    stage.house.sink.fault = None
    assert stage.house.states() == {"in_doubt": 1}
    files(stage, "renamed")
    stage.cycle(2)
    assert stage.house.states() == {"sent": 1}
    assert len(stage.house.sink.accepted) == 1


def test_a_persons_second_answer_is_told_once(stage: Stage) -> None:
    """An editor was open while the daemon sent, and then Send was pressed: a note and an alert."""
    approved(stage)
    (raw,) = stage.house.mails("Approved").values()
    stage.cycle()
    mail = email.message_from_bytes(stage.edited(raw, "My own words."))
    mail.replace_header("Message-ID", "<client@shop.example>")
    further = email.message_from_bytes(mail.as_bytes())
    ours = email.message_from_bytes(stage.house.sink.accepted[0].raw)
    further.replace_header("In-Reply-To", str(ours["Message-ID"]))  # a further answer, and meant as one
    stage.house.put("Sent", further.as_bytes())
    stage.cycle(2)
    assert column(stage, alert.c.kind) == []
    stage.house.put("Sent", mail.as_bytes())
    stage.cycle(3)
    assert stage.house.states() == {"sent": 1}
    assert column(stage, alert.c.kind) == ["duplicate"]
    (note,) = stage.house.notes()
    assert "may have two answers" in str(email.message_from_bytes(note)["Subject"])


def test_no_more_than_the_rate_leave_in_a_minute(stage: Stage) -> None:
    """The third waits, and the log says so; one connection serves what a cycle sends."""
    told(stage, "per_minute = 2")
    approved(stage, number=3)
    before = stage.house.sink.connections
    stage.cycle(2)
    assert (len(stage.house.sink.accepted), stage.house.states()) == (2, {"sent": 2, "approved": 1})
    assert stage.house.sink.connections == before + 1
    assert "event=sending_paced" in stage.house.log()
    stage.sql("UPDATE delivery SET started_at = started_at - 61000000")
    stage.cycle()
    assert stage.house.states() == {"sent": 3}


# ---- the ledger at the worst moment ------------------------------------------------------------


@pytest.mark.parametrize("freed", [True, False])
def test_a_ledger_that_is_busy_right_after_the_250(house: House, zygote: Zygote, freed: bool) -> None:
    """Freed in time: sent. Else in doubt, with a note, and never sent again."""
    stage = Stage(house, zygote)
    approved(stage)
    holder = sqlite3.connect(ledger(house), isolation_level=None, check_same_thread=False)

    def hold(_: Accepted) -> None:
        holder.execute("BEGIN IMMEDIATE")
        if freed:
            threading.Timer(0.5, lambda: holder.execute("ROLLBACK")).start()

    house.sink.on_accepted = hold
    status = zygote.once(house, changed={BUSY: 50, PATIENCE: 30.0 if freed else 0.3})
    assert (status == 0) is freed
    if not freed:
        holder.execute("ROLLBACK")
    holder.close()
    house.sink.on_accepted = None
    stage.cycle(3)
    assert house.states() == ({"sent": 1} if freed else {"in_doubt": 1})
    assert (len(house.sink.accepted), len(house.notes())) == (1, 0 if freed else 1)


def backed_up(house: House) -> Path:
    """A copy of the ledger as it is now."""
    path = house.root / "backup.db"
    with closing(sqlite3.connect(ledger(house))) as live, closing(sqlite3.connect(path)) as copy:
        live.backup(copy)
    return path


def put_back(house: House, copy: Path) -> None:
    """The ledger as it was then."""
    for leftover in ledger(house).parent.glob("ledger.db-*"):
        leftover.unlink()
    shutil.copy(copy, ledger(house))


def test_a_ledger_put_back_from_a_backup_sends_nothing_again(stage: Stage) -> None:
    """Approved in the backup, sent after it: a note and an alert, and Sent ends draft and clock."""
    house = stage.house
    house.configure(cool_down=3600)
    approved(stage)
    stage.cycle()
    assert house.states() == {"approved": 1}
    old = backed_up(house)
    house.configure()
    house.sink.on_accepted = lambda _: files(stage, "own")
    stage.dies("clear_approved")  # so that the approved copy still lies there
    put_back(house, old)
    stage.cycle(2)
    assert (len(house.sink.accepted), house.states()) == (1, {"answered_by_agent": 1})
    assert (column(stage, alert.c.kind), len(house.notes())) == (["ledger_restored"], 1)
    assert column(stage, t.response_clock.c.state) == ["answered"]
    assert house.drafts() == {}
    stage.cycle()
    assert column(stage, alert.c.kind) == ["ledger_restored"]


def test_an_answer_that_a_backup_knows_nothing_of_ends_the_clock(stage: Stage) -> None:
    """Read, drafted and sent after the backup: read again, known by Sent, and owed no second answer."""
    house = stage.house
    back = backed_up(house)
    approved(stage)
    stage.cycle(2)
    assert (house.states(), len(house.mails("Sent"))) == ({"sent": 1}, 1)
    put_back(house, back)
    stage.cycle(2)
    assert column(stage, t.response_clock.c.state) == ["answered"]
    assert (house.drafts(), len(house.sink.accepted)) == ({}, 1)


def test_what_a_note_told_of_does_not_hold_a_second_time(stage: Stage) -> None:
    """A mail to a colleague that answers the buyer's: said once, and then the approval is meant."""
    house = stage.house
    uid, raw = stage.draft()
    mail = email.message_from_bytes(raw)
    for name in ("Message-ID", "References", "X-Firstreply-Token", "To"):
        del mail[name]
    mail["Message-ID"], mail["To"] = "<client@shop.example>", "lead@shop.example"
    house.put("Sent", mail.as_bytes())
    house.move(uid, "Approved")
    stage.cycle(2)
    assert (house.sink.accepted, house.states()) == ([], {"held": 1})
    (uid,) = house.drafts()
    house.move(uid, "Approved")
    stage.cycle(2)
    assert house.states() == {"sent": 1}


def test_answers_of_long_ago_are_not_asked_after(account: Account, model_root: Path, zygote: Zygote) -> None:
    """Sent only grows: a look at it costs what is new, not what agents ever sent."""
    with (
        ChaosProxy(account.dovecot.port) as proxy,
        stage_on(proxy.port, account.name, model_root, zygote) as stage,
    ):
        _, raw = stage.draft()
        stage.house.put("Sent", edited(raw, "My words.", Client.THUNDERBIRD))
        stage.cycle(2)
        assert stage.house.states() == {"answered_by_agent": 1}
        proxy.watch_for = rb"UID FETCH [^\r]*FLAGS"
        stage.house.put("Sent", b"Subject: to a friend\r\n\r\nHello\r\n")
        stage.cycle()
        assert proxy.heard == []
