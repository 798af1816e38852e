"""`firstreply check` as an administrator runs it: the whole list, its exit status, and no secret in it."""

import json

from tests.daemon_kit import House
from tests.mails import BROKEN
from tests.notices import undelivered

ORDER = "302-7654321-1234567"


def test_the_whole_list_beside_a_running_daemon(house: House) -> None:
    """All is proven while the daemon works, and a refused answer is found."""
    house.config.chmod(0o600)
    (house.root / "state").chmod(0o700)
    house.first_run()
    house.receive(BROKEN)
    house.start()
    done = house.command("check", "--json")
    assert done.returncode == 0, done.stdout
    findings = json.loads(done.stdout)["findings"]
    looked_at = {item["subject"].split(": ")[-1] for item in findings}
    assert {"configuration", "disk", "ledger", "model", "templates", "library", "IMAP", "SMTP"} <= looked_at
    assert [item["level"] for item in findings if "Seller Central" in item["subject"]] == ["tick"] * 6
    house.stop()
    house.put("INBOX", undelivered(order_id=ORDER))
    assert house.once().returncode == 0
    told = house.command("check")
    assert told.returncode == 1
    assert "1 answers of the last 30 days were reported as not delivered" in told.stdout
    assert "Messaging permissions" in told.stdout
    assert len(house.drafts()) == 1


def test_servers_that_are_away_are_no_fault_of_the_settings(house: House) -> None:
    """Exit 75: try again; a wrong setting beside it is 1; a file that cannot be read is 78."""
    house.config.chmod(0o600)
    (house.root / "state").chmod(0o700)
    text = house.config.read_text().replace(f"port = {house.imap_port}", "port = 1")
    house.config.write_text(text)
    assert house.command("check").returncode == 75
    (house.root / "password").chmod(0o644)
    told = house.command("check")
    assert (told.returncode, "chmod 600" in told.stdout) == (1, True)
    house.config.write_text("[[mailbox]]")
    assert house.command("check").returncode == 78


def test_what_the_seller_wrote_is_looked_at(house: House) -> None:
    """No model, a template with an unknown fact, a knowledge file and a catalogue that are none."""
    (house.root / "state" / "model").unlink()
    for name, text in {
        "templates/en/other.txt.j2": "Hello {{ horoscope }}",
        "knowledge/empty.md": "no title",
        "catalogue.csv": "nonsense",
    }.items():
        path = house.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    told = house.command("check", "--json")
    assert told.returncode == 1
    wrong = {
        item["subject"]: item
        for item in json.loads(told.stdout)["findings"]
        if item["level"] == "problem" and ": " not in item["subject"]
    }
    assert {"model", "templates", "library"} <= set(wrong)
    assert all(item["remedy"] for item in wrong.values())
    assert "firstreply train" in wrong["model"]["remedy"]
