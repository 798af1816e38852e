"""The daemon mails the report to its team, once for each day."""

import email
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from daemon.cli import main
from daemon.ports.ledger.store import open_engine
from tests.daemon_kit import House, until
from tests.mails import BROKEN

SETTINGS = """
[report]
digest = "daily"
digest_to = ["lead@shop.example", "owner@shop.example"]
time = "00:00"
"""


def yesterdays(house: House) -> None:
    """The ledger's last digest is an old one."""
    engine = open_engine(f"sqlite:///{house.root}/state/ledger.db")
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM house WHERE name = 'digest'"))
        connection.execute(sa.text("INSERT INTO house VALUES ('digest', '2020-01-01')"))
    engine.dispose()


def test_the_report_of_yesterday_is_mailed_once(house: House) -> None:
    """To the team and nobody else, as a machine's mail, with the page."""
    house.first_run()
    with house.config.open("a") as config:
        config.write(SETTINGS)
    house.receive(BROKEN)
    yesterdays(house)
    house.start()
    until(lambda: len(house.sink.accepted) == 2, "both digests sent")
    assert house.stop() == 0
    assert sorted(mail.recipients for mail in house.sink.accepted) == [
        ("lead@shop.example",),
        ("owner@shop.example",),
    ]
    assert all(mail.raw.isascii() for mail in house.sink.accepted)
    mail = email.message_from_bytes(house.sink.accepted[0].raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    day = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == f"firstreply: first responses, {day}"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "buyer message" in text.get_content()
    (page,) = mail.iter_attachments()
    assert page.get_filename() == f"first-responses-{day}.html"
    assert page.get_content().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({'"owner@shop.example"': '"q7d2k9x4m1vsame@marketplace.amazon.de"'}, "report.digest_to"),
        ({'"lead@shop.example", "owner@shop.example"': ""}, "needs digest_to"),
        ({'"00:00"': '"25:00"'}, "report.time"),
        ({'"daily"': '"hourly"'}, "report.digest"),
    ],
)
def test_settings_that_would_mail_to_the_wrong_place_or_time_are_refused(
    house: House, change: dict[str, str], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A buyer's address above all."""
    settings = SETTINGS
    for old, new in change.items():
        settings = settings.replace(old, new)
    with house.config.open("a") as config:
        config.write(settings)
    assert main(["status", "--config", str(house.config)]) == 78
    assert remedy in capsys.readouterr().err
