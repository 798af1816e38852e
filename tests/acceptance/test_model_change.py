"""Models come and go while the daemon runs; mails do not."""

import shutil
from dataclasses import replace

import sqlalchemy as sa

from classifier.installed import current, install
from classifier.model_files import LEAN, read_card, write_card
from daemon.ports.ledger import schema as t
from tests.daemon_kit import House, until
from tests.mails import BROKEN, LATE

NEW, BAD = "20990101T000000Z-a", "20990102T000000Z-b"


def models(house: House) -> list[str]:
    """The model that judged each message, in the order of arrival."""
    with house.ledger().engine.connect() as connection:
        query = sa.select(t.message.c.model).where(t.message.c.state == "read").order_by(t.message.c.id)
        return list(connection.execute(query).scalars())


def put_in(house: House, version: str, *, damaged: bool = False) -> None:
    """Another version is trained and installed while the daemon is at work."""
    root = house.root / "state" / "model"
    folder = root / version
    shutil.copytree(current(root), folder)
    write_card(folder, replace(read_card(folder), version=version))
    if damaged:
        (folder / LEAN).write_bytes(b"half a model")
    install(root, folder)


def test_a_new_model_is_taken_over_and_a_damaged_one_is_not(house: House) -> None:
    """By the running daemon, between two mails; each mail is judged by one of them and none is lost."""
    root = house.root / "state" / "model"
    shared = root.resolve()
    root.unlink()
    shutil.copytree(shared, root, symlinks=True)
    before = current(root).name
    house.first_run()
    house.start()
    house.receive(BROKEN)
    until(lambda: models(house) == [before], "the first mail is judged by the first model")
    put_in(house, NEW)
    house.receive(LATE)
    until(lambda: models(house) == [before, NEW], "the second mail is judged by the new model")
    put_in(house, BAD, damaged=True)
    house.receive(BROKEN)
    until(lambda: models(house) == [before, NEW, NEW], "the third mail is judged by the last good one")
    until(lambda: len(house.drafts()) == 3, "all drafts are there")
    assert house.log().count("event=model_problem") == 1
    assert "SHA-256 differs" in house.log()
    assert "the installed model is not in use" in house.command("status").stdout
    assert house.stop() == 0
