"""`firstreply backup`: what can be trusted, made beside a working daemon."""

import fcntl
import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main
from daemon.errors import FirstreplyError, LockedError, TemporaryError
from daemon.ports.ledger import backup
from daemon.ports.ledger.backup import UNFINISHED, back_up, drop_old
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import writing
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import NOW, Desk
from tests.unit.test_settings import LEAST


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    """A ledger with one message, open as the daemon has it."""
    desk = Desk.open(open_ledger(tmp_path / "ledger.db"))
    desk.message()
    return desk


@pytest.fixture(name="config")
def _config(tmp_path: Path, desk: Desk) -> str:
    """A configuration beside it."""
    path = tmp_path / "firstreply.toml"
    path.write_text(f'state_dir = "{tmp_path}"\nledger = "{desk.ledger.engine.url}"\n{LEAST}')
    return str(path)


def test_a_backup_holds_all_that_is_committed_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    """Made while the daemon holds a transaction open; a restored one opens as a ledger of this version."""
    key = desk.ledger.mailboxes.link_key()
    with writing(desk.ledger.engine) as connection:
        connection.exec_driver_sql("UPDATE mailbox SET last_error = 'not yet committed'")
        made = back_up(str(desk.ledger.engine.url), tmp_path / "backups", NOW)

    restored = Ledger.open(f"sqlite:///{made}")
    assert [(row.name, row.last_error) for row in restored.mailboxes.status()] == [("shop", None)]
    assert restored.mailboxes.link_key() == key
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.parent.stat().st_mode & 0o777 == 0o700


def test_only_the_newest_stay_and_only_backups_go(desk: Desk, tmp_path: Path) -> None:
    """Whatever else lies in that folder is not ours."""
    folder = tmp_path / "backups"
    made = [back_up(str(desk.ledger.engine.url), folder, NOW + timedelta(days=day)) for day in range(4)]
    (folder / "ledger-before-the-move.db").touch()

    assert drop_old(folder, 3) == made[:1]
    assert drop_old(folder, 3) == []
    assert sorted(folder.iterdir()) == sorted([*made[1:], folder / "ledger-before-the-move.db"])


def test_the_command_answers_and_keeps_as_many_as_it_was_told(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By default below `state_dir`; in JSON with the path, so that a script can take it elsewhere."""
    assert main(["backup", "--config", config, "--keep", "1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert Path(answer["backup"]).parent == tmp_path / "backups"
    assert answer["bytes"] == Path(answer["backup"]).stat().st_size
    assert main(["backup", "--config", config, "--keep", "0"]) == 78
    assert "--keep 14" in capsys.readouterr().err


def _cut(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"\0" * 8192)


def _orphan(file: Path) -> None:
    with sqlite3.connect(file) as opened:
        opened.execute("DELETE FROM folder")


@pytest.mark.parametrize(("harm", "said"), [(_cut, "not sound|cannot be read"), (_orphan, "not sound")])
def test_a_backup_that_is_not_sound_never_gets_its_name(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None], said: str
) -> None:
    """A disk that lies: the next run begins anew, and the earlier ones are still there."""
    url, real = str(desk.ledger.engine.url), backup._vacuum  # noqa: SLF001  the disk lies between two steps
    earlier = back_up(url, tmp_path / "backups", NOW)

    def lying(*words: Any) -> None:  # noqa: ANN401  whatever the step takes
        real(*words)
        harm(words[1])

    monkeypatch.setattr(backup, "_vacuum", lying)
    with pytest.raises(TemporaryError, match=said):
        back_up(url, tmp_path / "backups", NOW + timedelta(days=1))
    monkeypatch.undo()

    assert {file.name for file in earlier.parent.iterdir()} == {earlier.name, UNFINISHED}
    assert back_up(url, tmp_path / "backups", NOW + timedelta(days=2)).exists()


def test_two_at_once_do_not_mix(desk: Desk, tmp_path: Path) -> None:
    """The second says so and leaves the first one's work alone."""
    with (tmp_path / UNFINISHED).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LockedError, match="another backup"):
            back_up(str(desk.ledger.engine.url), tmp_path, NOW)


@pytest.mark.parametrize(
    ("url", "folder", "remedy"),
    [
        ("postgresql+psycopg://fr:geheim@db/replies", "/nowhere", "pg_dump --format=custom .* replies"),
        ("sqlite:///{here}/ledger.db", "/dev/null/backups", "--to"),
    ],
)
def test_what_cannot_be_copied_is_told_with_its_remedy(
    desk: Desk, tmp_path: Path, url: str, folder: str, remedy: str
) -> None:
    """PostgreSQL has its own means; a folder may be out of reach. No password is shown."""
    assert desk.claim
    with pytest.raises(FirstreplyError, match=remedy) as told:
        back_up(url.format(here=tmp_path), Path(folder), NOW)
    assert "geheim" not in str(told.value)
