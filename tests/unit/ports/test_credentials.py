"""Reading secrets: each source, what is wrong with it, and that the secret never shows elsewhere."""

import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import keyring.backend
import keyring.errors
import pytest

from daemon.errors import ConfigurationError
from daemon.ports.credentials import COMMAND_TIMEOUT, Secret, read_secret
from daemon.ports.token_store import Grant, KeyringStore

WHERE = "firstreply.toml: mailbox 'us-store', imap.password"
CANARY = "canary-9c41"
PATH = {"PATH": os.environ["PATH"]}


def read(secret: Secret, environ: dict[str, str] | None = None) -> str:
    """Read as the settings do."""
    return read_secret(secret, environ=environ or {}, where=WHERE)


def problem_of(secret: Secret, environ: dict[str, str] | None = None) -> ConfigurationError:
    """The error that reading raises; it names the place, offers a remedy and never shows the secret."""
    with pytest.raises(ConfigurationError) as caught:
        read(secret, environ)
    error = caught.value

    assert error.where == WHERE
    assert error.remedy.endswith(".") or "chmod" in error.remedy
    assert CANARY not in "".join(traceback.format_exception(error))
    return error


def python(code: str) -> Secret:
    """A command that runs a piece of Python."""
    return Secret(command=f'"{sys.executable}" -c "{code}"')


def private(path: Path, content: bytes) -> Path:
    """A file that only its owner may read."""
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "no source"),
        ({"env": "A", "file": "/b"}, "env and file"),
        (
            {"credential": "a", "env": "b", "file": "/c", "command": "d"},
            "credential and env and file and command",
        ),
    ],
)
def test_exactly_one_source_is_named(given: dict[str, str], words: str) -> None:
    """None and two are both refused, with the right forms as the remedy."""
    with pytest.raises(ValueError, match=words) as caught:
        Secret(**given)

    assert all(form in str(caught.value) for form in ("credential =", "env =", "file =", "command ="))


@pytest.mark.parametrize("source", ["credential", "env", "file", "command"])
@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_source_is_refused(source: str, text: str) -> None:
    """A blank name is a slip of the pen, not a source."""
    with pytest.raises(ValueError, match=f"{source} is empty"):
        Secret(**{source: text})


def test_a_command_line_is_not_in_the_repr() -> None:
    """People put tokens into command lines; the other sources are names and paths."""
    assert CANARY not in repr(Secret(command=f"curl -H {CANARY} https://vault.example"))
    assert "us-store" in repr(Secret(credential="us-store"))


@pytest.mark.parametrize("name", ["us-store-imap", "firstreply_us-store-imap"])
def test_a_credential_is_found_by_its_name_or_with_the_units_prefix(tmp_path: Path, name: str) -> None:
    """`LoadCredential=us-store-imap:…` and `LoadCredential=firstreply:/a/folder` both work."""
    (tmp_path / name).write_text(CANARY)  # its mode is systemd's affair

    assert read(Secret(credential="us-store-imap"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == CANARY


def test_the_exact_name_of_a_credential_goes_first(tmp_path: Path) -> None:
    """A drop-in for one credential wins over the folder."""
    (tmp_path / "firstreply_a").write_text("of the folder")
    (tmp_path / "a").write_text("of the drop-in")

    assert read(Secret(credential="a"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "of the drop-in"


def test_without_systemd_a_credential_says_what_else_works() -> None:
    """Running by hand is the usual cause."""
    error = problem_of(Secret(credential="us-store-imap"))

    assert "$CREDENTIALS_DIRECTORY is not set" in error.problem
    assert "env, file or command" in error.remedy


def test_a_missing_credential_names_the_file_to_write(tmp_path: Path) -> None:
    """The remedy is a path to copy."""
    error = problem_of(Secret(credential="us-store-imap"), {"CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert "/etc/firstreply/credentials/us-store-imap" in error.remedy


@pytest.mark.parametrize("name", ["../passwd", "a/b", "..", ".", "a\0b"])
def test_a_credential_is_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    """Nothing outside of the directory can be reached."""
    (tmp_path / "passwd").write_text(CANARY)
    (tmp_path / "credentials").mkdir()

    error = problem_of(Secret(credential=name), {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")})

    assert "no name of a credential" in error.problem


def test_a_credential_that_is_a_folder_is_an_error(tmp_path: Path) -> None:
    """Any other failure of reading is told with the system's own words."""
    (tmp_path / "a").mkdir()

    assert "directory" in problem_of(Secret(credential="a"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}).problem


def test_an_environment_variable() -> None:
    """It is taken from the environment given, as it is."""
    assert read(Secret(env="SHOP_PASSWORD"), {"SHOP_PASSWORD": "pä ss"}) == "pä ss"


def test_a_missing_variable_is_named() -> None:
    """Its name is what the reader needs."""
    assert "SHOP_PASSWORD is not set" in problem_of(Secret(env="SHOP_PASSWORD")).problem


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"geheim", "geheim"), (b"geheim\n", "geheim"), (b"geheim\r\n", "geheim"), (b" a b ", " a b ")],
)
def test_a_file_loses_one_line_break_and_nothing_else(tmp_path: Path, content: bytes, expected: str) -> None:
    """Editors add a line break; blanks may belong to the secret."""
    assert read(Secret(file=str(private(tmp_path / "secret", content)))) == expected


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601, 0o620])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    """Any bit for group or world; the remedy is the command to run."""
    path = private(tmp_path / "my secret", CANARY.encode())
    path.chmod(mode)

    error = problem_of(Secret(file=str(path)))

    assert f"mode {mode:04o}" in error.problem
    assert f"chmod 600 '{path}'" in error.remedy


def test_the_mode_that_counts_is_that_of_the_file_behind_a_link(tmp_path: Path) -> None:
    """A link cannot hide what it leads to."""
    path = private(tmp_path / "secret", CANARY.encode())
    path.chmod(0o644)
    (tmp_path / "link").symlink_to(path)

    assert "open to other users" in problem_of(Secret(file=str(tmp_path / "link"))).problem


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path and the system's reason."""
    assert "none cannot be read (No such file" in problem_of(Secret(file=str(tmp_path / "none"))).problem


def test_a_folder_or_a_pipe_is_no_file(tmp_path: Path) -> None:
    """And a pipe that nobody writes to does not hang the start."""
    os.mkfifo(tmp_path / "pipe", 0o600)

    assert "no regular file" in problem_of(Secret(file=str(tmp_path / "pipe"))).problem
    assert "Is a directory" in problem_of(Secret(file=str(tmp_path))).problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (CANARY.encode() + b"\nsecond line\n", "several lines"),
        (CANARY.encode() + b"\r\nA1 LOGOUT", "several lines"),
        (CANARY.encode() + b"\0", "control characters"),
        (CANARY.encode() + b"\xff\xfe", "not UTF-8"),
        (CANARY.encode() * 10_000, "more than 65536 bytes"),
    ],
)
def test_what_cannot_be_a_secret_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """Empty, several lines, control characters, binary, huge; without showing any of it."""
    assert words in problem_of(Secret(file=str(private(tmp_path / "secret", content)))).problem


def test_a_commands_output() -> None:
    """What it prints, less the line break; quotes are honoured, a shell is not involved."""
    assert read(python("print('ge heim')")) == "ge heim"
    assert read(Secret(command="printf %s '$HOME;|&'"), PATH) == "$HOME;|&"


def test_a_command_gets_no_other_secret() -> None:
    """Its environment is a short list; what else stands in ours stays here."""
    environ = {**PATH, "SHOP_PASSWORD": CANARY, "CREDENTIALS_DIRECTORY": "/run/x", "HOME": "/home/anna"}

    names = read(python("import os; print(*sorted(os.environ))"), environ).split()

    assert "HOME" in names
    assert not {"SHOP_PASSWORD", "CREDENTIALS_DIRECTORY"} & set(names)


def test_a_failing_command_tells_its_status_only() -> None:
    """Not its output, which may hold the secret."""
    error = problem_of(python(f"import sys; print('{CANARY}'); sys.exit('{CANARY}')"))

    assert "status 1" in error.problem
    assert "by hand" in error.remedy


@pytest.mark.parametrize("command", ["/does/not/exist", 'echo "unbalanced', "''"])
def test_a_command_that_cannot_start(command: str) -> None:
    """Not found, or no command line at all."""
    assert "cannot be started" in problem_of(Secret(command=command), PATH).problem


def test_a_command_without_output_is_an_error() -> None:
    """An empty password is never meant."""
    assert "output is empty" in problem_of(Secret(command="true"), PATH).problem


def test_a_command_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    """After the time allowed, without showing what it printed until then."""
    waiting = (
        f"import os, sys; print('{CANARY}', flush=True); os.mkfifo('{tmp_path}/p'); open('{tmp_path}/p')"
    )

    with pytest.raises(ConfigurationError, match=r"did not end within 0\.5 s") as caught:
        read_secret(python(waiting), environ={}, where=WHERE, timeout=0.5)

    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert COMMAND_TIMEOUT == 10


class Drawer(keyring.backend.KeyringBackend):
    """A keyring that holds what the test put there, or is locked."""

    priority = 1.0
    locked = False
    held: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """What is there."""
        if self.locked:
            raise keyring.errors.KeyringLocked
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Put it there."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Take it out."""
        del self.held[service, username]


@pytest.fixture(name="drawer")
def _drawer() -> Iterator[Drawer]:
    before, drawer = keyring.get_keyring(), Drawer()  # type: ignore[no-untyped-call]  # it says "typed", and is not
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


def test_the_keyring(drawer: Drawer, tmp_path: Path) -> None:
    """A secret by its name, and a grant; what is missing or locked is told with a remedy."""
    drawer.set_password("firstreply", "us-store", CANARY)
    assert read(Secret(keyring="us-store")) == CANARY
    assert "keyring set firstreply other" in problem_of(Secret(keyring="other")).remedy
    store = KeyringStore("us-store", tmp_path / "us-store.json")
    assert store.load() is None
    with store.exclusive():
        store.save(Grant(CANARY, "today"))
    assert store.load() == Grant(CANARY, "today")
    assert CANARY not in "".join(path.read_text() for path in tmp_path.iterdir())
    drawer.locked = True
    assert "cannot be used (KeyringLocked)" in str(problem_of(Secret(keyring="us-store")))
