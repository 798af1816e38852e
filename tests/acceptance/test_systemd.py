"""The service in a systemd of its own: installed, started, killed, hung, reloaded, stopped, taken away.

One life in one booted container, since a boot and an installation take long; each test is one chapter and
goes on where the one before ended. Run by `make test-systemd`.
"""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.account import Account
from tests.daemon_kit import CONFIG, until
from tests.documented import steps
from tests.dovecot import Dovecot
from tests.machine import Machine, missing, overlay, turn, unable
from tests.mailroom import Mailroom
from tests.mails import buyer_mail
from tests.smtp_sink import Sink

pytestmark = [pytest.mark.systemd, pytest.mark.timeout(400)]
REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
UNIT = "firstreply"
NIGHTLY = ("firstreply-backup", "firstreply-train")
MOST_EXPOSURE = 1.2
SELLER, SELLER_ID = "seller", "4711"
ENCRYPTED = "[Service]\nLoadCredentialEncrypted=shop:/etc/firstreply/credentials/shop.cred\n"
DROP_IN = "[Service]\nRestartSec=1\nWatchdogSec=20\n"
"""What a test has no patience for; everything else is the shipped unit."""


def make(root: Path, target: str) -> None:
    """`make install` or `make uninstall` for that machine."""
    words = ["make", "--no-print-directory", target, f"DESTDIR={root}", f"PYTHON={PYTHON}"]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module", name="box")
def _box(dovecot: Dovecot) -> Iterator[Account]:
    account = Account(dovecot)
    yield account
    account.close()


@pytest.fixture(scope="module", name="sink")
def _sink(box: Account) -> Iterator[Sink]:
    with Sink(login=(box.name, box.password)) as sink:
        yield sink


@pytest.fixture(scope="module", name="agent")
def _agent(box: Account) -> Iterator[Mailroom]:
    room = Mailroom(box.dovecot.port, box.name, box.password)
    yield room
    room.leave()


@pytest.fixture(scope="module", name="machine")
def _machine(box: Account, sink: Sink) -> Iterator[Machine]:
    """A booted machine: first came an administrator's configuration, then the package, then the boot."""
    reason = unable()
    if reason:
        pytest.skip(f"NOT TESTED in a real systemd: {reason}")
    assert not missing(), missing()
    with (
        turn(),
        tempfile.TemporaryDirectory(prefix="fr-machine-", dir="/var/tmp") as folder,
        overlay(Path(folder)) as root,
    ):
        write(root, "etc/firstreply/firstreply.toml", configuration(box, sink))
        make(root, "install")
        write(root, f"etc/systemd/system/{UNIT}.service.d/test.conf", DROP_IN)
        machine = Machine(root)
        try:
            machine.boot()
            yield machine
        finally:
            machine.close()


def configuration(box: Account, sink: Sink) -> str:
    """What the administrator wrote: the password is a credential."""
    text = CONFIG.format(
        root="/var/lib/firstreply",
        imap=box.dovecot.port,
        smtp=sink.port,
        user=box.name,
        cool_down=0,
        idle="true",
        inbox="INBOX",
        worklist="false",
    )
    assert "/state" in text
    return text.replace("/state", "").replace('file = "/var/lib/firstreply/password"', 'credential = "shop"')


def write(root: Path, name: str, text: str, mode: int = 0o644) -> None:
    """A file of that machine."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def firstreply(machine: Machine, *words: str) -> Any:  # noqa: ANN401  a command's JSON
    """A command of the program, as its user, in JSON."""
    said = machine.run("runuser", "-u", "firstreply", "--", "firstreply", *words, "--json", check=False)
    return json.loads(said)


def exposure(machine: Machine, unit: str) -> float:
    """How much the unit may do, as systemd counts it."""
    told = machine.run("systemd-analyze", "security", "--no-pager", f"{unit}.service")
    score = re.search(r"exposure level for \S+: ([\d.]+)", told)
    assert score is not None, told
    return float(score[1])


def started_again(machine: Machine, before: str) -> bool:
    """Whether another process is ready."""
    return (
        machine.show(UNIT, "MainPID") not in {before, "0"} and machine.show(UNIT, "ActiveState") == "active"
    )


def test_the_installation_makes_user_and_rights_and_keeps_what_was_there(
    machine: Machine, box: Account, sink: Sink
) -> None:
    """The user by sysusers.d, the rights by tmpfiles.d, both at the boot."""
    found = machine.run(
        "stat", "-c", "%n %a %U:%G", "/etc/firstreply/firstreply.toml", "/etc/firstreply/credentials"
    )

    assert found.split("\n")[:2] == [
        "/etc/firstreply/firstreply.toml 640 root:firstreply",
        "/etc/firstreply/credentials 700 root:root",
    ]
    assert machine.run("cat", "/etc/firstreply/firstreply.toml") == configuration(box, sink)
    for name in ("share/man/man1/firstreply.1", "share/zsh/site-functions/_firstreply"):
        assert (machine.root / "usr/local" / name).exists()
    assert "usage: firstreply" in machine.run("runuser", "-u", "firstreply", "--", "firstreply", "--help")


@pytest.mark.parametrize(
    ("password", "remedy"), [("", "/etc/firstreply/credentials/shop"), ("wrong", "want an app password")]
)
def test_a_wrong_configuration_stays_down(machine: Machine, password: str, remedy: str) -> None:
    """Exit 78 is not tried again; the journal has the remedy. Debian's own Python runs it here."""
    if password:
        write(machine.root, "etc/firstreply/credentials/shop", password, 0o600)
    machine.run("systemctl", "start", UNIT, check=False)

    assert machine.show(UNIT, "ActiveState") == "failed"
    assert machine.show(UNIT, "ExecMainStatus") == "78"
    assert machine.show(UNIT, "NRestarts") == "0"
    assert remedy in machine.journal()


@pytest.mark.parametrize("unit", [UNIT, *NIGHTLY])
def test_the_installed_units_are_hardened(machine: Machine, unit: str) -> None:
    """As systemd sees them, drop-ins and all."""
    assert exposure(machine, unit) <= MOST_EXPOSURE


def test_the_service_learns_gets_ready_and_says_how_things_stand(machine: Machine, box: Account) -> None:
    """`systemctl start` comes back when every mailbox was looked at; the first model was trained before."""
    write(machine.root, "etc/firstreply/credentials/shop", box.password, 0o600)
    machine.run("systemctl", "enable", "--now", UNIT)

    assert machine.show(UNIT, "ActiveState") == "active"
    assert machine.show(UNIT, "StatusText") == "1 mailboxes; 0 open clocks; 0 in the queue; 0 in doubt"
    assert firstreply(machine, "status")["mailboxes"][0]["healthy"]


def test_the_group_may_ask_the_daemon_and_nobody_else(machine: Machine) -> None:
    """A member that may not read the ledger gets the daemon's answer; others hear whom to ask as."""
    member = ("runuser", "-u", "nobody", "-G", UNIT, "--", "firstreply", "status")
    (row,) = json.loads(machine.run(*member, "--json"))["mailboxes"]
    write(machine.root, "etc/everybodys.toml", machine.run("cat", "/etc/firstreply/firstreply.toml"))
    stranger = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh", "-c")
    asked = machine.run(*stranger, "firstreply status --config /etc/everybodys.toml 2>&1", check=False)

    assert (row["healthy"], row["connection"], row["open_clocks"]) == (True, "connected", 0)
    assert machine.run("stat", "-c", "%a %U:%G", "/run/firstreply").strip() == "750 firstreply:firstreply"
    assert "you may not ask the daemon" in asked


def test_a_check_gets_the_passwords_as_the_service_does(machine: Machine) -> None:
    """The way that docs/operating.md tells."""
    inside = ("-p", "User=firstreply", "-p", "LoadCredential=firstreply:/etc/firstreply/credentials")
    told = machine.run(
        "systemd-run", "--quiet", "--pipe", "--wait", *inside, "firstreply", "check", check=False
    )

    assert "127.0.0.1" in told
    assert "CREDENTIALS_DIRECTORY" not in told


def test_a_mail_is_answered_once_a_person_approved_it(machine: Machine, agent: Mailroom, sink: Sink) -> None:
    """The main job, from inside the sandbox; the status counts what waits."""
    agent.put("INBOX", buyer_mail("The lamp arrived broken. What can you do?", number=1))
    draft = next(iter(until(agent.drafts, "a draft in the queue")))
    until(lambda: "1 open clocks, nearest limit in" in machine.show(UNIT, "StatusText"), "the count")
    assert "; 1 in the queue;" in machine.show(UNIT, "StatusText")

    agent.move(draft, "Approved")
    until(lambda: sink.accepted, "the answer")
    until(lambda: "; 0 in the queue;" in machine.show(UNIT, "StatusText"), "the count")


def test_the_journal_leads_through_a_life_by_one_field(machine: Machine) -> None:
    """Every step of that mail, each an entry with its level, its unit, and its values as fields."""
    asked = ("FIRSTREPLY_MESSAGE=1", f"_SYSTEMD_UNIT={UNIT}.service")
    life = machine.run("journalctl", "--quiet", "--output=json", *asked).splitlines()
    entries = [json.loads(line) for line in life]
    events = [entry["FIRSTREPLY_EVENT"] for entry in entries]

    assert events == [
        *("message_read", "draft_queued", "draft_approved", "attempt", "first_response", "filed"),
    ]
    assert {entry["PRIORITY"] for entry in entries} == {"6"}
    assert {entry["FIRSTREPLY_MAILBOX"] for entry in entries} == {"shop"}
    assert entries[1]["MESSAGE"] == "level=info event=draft_queued mailbox=shop message=1 draft=1"


def test_a_killed_service_comes_back_and_goes_on(machine: Machine, agent: Mailroom, sink: Sink) -> None:
    """A `kill -9`: systemd starts it anew, and nothing is sent twice."""
    pid = machine.show(UNIT, "MainPID")
    machine.run("kill", "-KILL", pid)
    until(lambda: started_again(machine, pid), "the restart")

    agent.put("INBOX", buyer_mail("Where is my parcel? It should have been here.", number=2))
    until(agent.drafts, "the next draft")
    assert machine.show(UNIT, "NRestarts") == "1"
    assert len(sink.accepted) == 1


def test_a_hanging_service_is_ended_by_the_watchdog(machine: Machine, agent: Mailroom) -> None:
    """SIGSTOP: it answers nobody, and systemd notices; what waited is still there."""
    pid = machine.show(UNIT, "MainPID")
    machine.run("kill", "-STOP", pid)
    until(lambda: started_again(machine, pid), "the restart", patience=60)

    assert machine.show(UNIT, "NRestarts") == "2"
    assert "Watchdog timeout" in machine.journal()
    assert len(agent.drafts()) == 1


def test_a_reload_takes_over_what_was_written(machine: Machine) -> None:
    """A broken template is refused, and `systemctl status` says which; mended, it is taken over."""
    name = "etc/firstreply/templates/en/other.txt.j2"
    write(machine.root, name, "{% if %}")
    machine.run("systemctl", "reload", UNIT)
    until(lambda: machine.show(UNIT, "StatusText").startswith("reload refused: "), "the refusal")
    assert "other.txt.j2" in machine.show(UNIT, "StatusText")

    write(machine.root, name, "A text of this house.\n")
    machine.run("systemctl", "reload", UNIT)
    until(lambda: machine.show(UNIT, "StatusText").startswith("1 mailboxes"), "the reload")
    assert machine.journal().count("event=reloaded restart_needed=false") == 1


def test_the_nightly_services_work_in_their_sandbox(machine: Machine) -> None:
    """A backup that opens, and a training; both beside the running daemon."""
    for unit in NIGHTLY:
        machine.run("systemctl", "start", unit)
        assert machine.show(unit, "Result") == "success", machine.journal(unit)
    machine.run("systemctl", "enable", "--now", *(f"{unit}.timer" for unit in NIGHTLY))

    assert list((machine.root / "var/lib/firstreply/backups").glob("ledger-*.db"))
    assert machine.show("firstreply-backup.timer", "NextElapseUSecRealtime")
    assert machine.show(UNIT, "NRestarts") == "2"


def test_the_ledger_is_restored_as_the_page_says(machine: Machine, agent: Mailroom) -> None:
    """Word for word, but for the day of the backup."""
    state = machine.root / "var/lib/firstreply"
    (backup,) = (state / "backups").glob("ledger-*.db")
    (state / "ledger.db").write_bytes(b"a disk that failed")
    (commands,) = steps("docs/operating.md", "Restore")
    machine.run("sh", "-euc", "\n".join(commands).replace("ledger-20260302T023000Z.db", backup.name))

    assert firstreply(machine, "status")["mailboxes"][0]["healthy"]
    assert len(agent.drafts()) == 1


def test_it_moves_as_the_page_says(machine: Machine, agent: Mailroom) -> None:
    """To a machine that has neither configuration nor ledger; only the program is there already."""
    packing, unpacking = steps("docs/operating.md", "Moving to another host")
    machine.run("sh", "-euc", "\n".join(["cd /root", *packing, "rm -r /etc/firstreply /var/lib/firstreply"]))
    built = [line for line in unpacking if not line.startswith("make install ")]
    machine.run("sh", "-euc", "\n".join(["cd /root", *built]))

    assert firstreply(machine, "status")["mailboxes"][0]["healthy"]
    assert len(agent.drafts()) == 1


def test_an_encrypted_password_opens_the_mailbox(machine: Machine, agent: Mailroom) -> None:
    """As docs/operating.md tells; in clear it lies on no disk any more."""
    machine.run(
        *("systemd-creds", "encrypt", "--with-key=host", "--name=shop"),
        *("/etc/firstreply/credentials/shop", "/etc/firstreply/credentials/shop.cred"),
    )
    machine.run("shred", "--remove", "/etc/firstreply/credentials/shop")
    write(machine.root, f"etc/systemd/system/{UNIT}.service.d/password.conf", ENCRYPTED)
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", UNIT)

    agent.put("INBOX", buyer_mail("How do I switch the lamp on?", number=3))
    until(lambda: len(agent.drafts()) == 2, "a draft more")
    assert firstreply(machine, "status")["mailboxes"][0]["healthy"]


def test_a_stop_is_quick_and_clean(machine: Machine) -> None:
    """Within ten seconds, and not because it was killed."""
    began = time.monotonic()
    machine.run("systemctl", "stop", UNIT)

    assert time.monotonic() - began < 10
    assert machine.show(UNIT, "Result") == "success"
    assert machine.show(UNIT, "ExecMainStatus") == "0"


def test_a_user_runs_a_service_of_their_own(machine: Machine, box: Account, sink: Sink) -> None:
    """Without root, by `firstreply units`; ready, reloaded, backed up, healthy."""
    home = f"/home/{SELLER}"
    machine.run("useradd", "--create-home", "--uid", SELLER_ID, SELLER)
    text = configuration(box, sink).replace("/var/lib/firstreply", f"{home}/shop")
    file = f"{home}/shop/a store %h.toml"
    write(machine.root, file.lstrip("/"), text.replace('credential = "shop"', f'file = "{home}/shop/word"'))
    write(machine.root, f"{home}/shop/word".lstrip("/"), box.password, 0o600)
    machine.run("cp", "-r", "/var/lib/firstreply/model", f"{home}/shop/model")
    machine.run("chown", "-R", f"{SELLER}:{SELLER}", home)
    machine.run("systemctl", "start", f"user@{SELLER_ID}")
    own = ("runuser", "-u", SELLER, "--", "env", f"XDG_RUNTIME_DIR=/run/user/{SELLER_ID}", f"HOME={home}")

    machine.run(*own, "firstreply", "units", "--config", file)
    machine.run(*own, "systemctl", "--user", "daemon-reload")
    machine.run(*own, "systemctl", "--user", "enable", "--now", UNIT, *(f"{unit}.timer" for unit in NIGHTLY))
    machine.run(*own, "systemctl", "--user", "reload", UNIT)
    machine.run(*own, "systemctl", "--user", "start", "firstreply-backup")

    assert json.loads(machine.run(*own, "firstreply", "status", "--json", "--config", file))["mailboxes"]
    assert list((machine.root / f"home/{SELLER}/shop/backups").glob("ledger-*.db"))
    machine.run(*own, "systemctl", "--user", "stop", UNIT)


def test_the_removal_leaves_what_is_the_sellers(machine: Machine) -> None:
    """Program and units go; configuration, passwords and ledger stay."""
    make(machine.root, "uninstall")
    machine.run("systemctl", "daemon-reload")

    left = machine.run("find", "/opt", "/etc", "/usr/local", "/var/lib/firstreply", "-name", "*firstreply*")
    assert not [name for name in left.split() if name.startswith(("/opt/", "/usr/"))]
    assert not machine.run("systemctl", "list-unit-files", "--no-legend", "firstreply*.timer", check=False)
    for name in (
        "etc/firstreply/firstreply.toml",
        "etc/firstreply/credentials/shop.cred",
        "var/lib/firstreply/ledger.db",
    ):
        assert (machine.root / name).exists()


def test_the_debian_package_takes_over_and_goes(machine: Machine, agent: Mailroom) -> None:
    """It finds configuration and ledger, starts nothing by itself; removed it leaves them, purged nothing."""
    folder = machine.root / "root/debs"
    subprocess.run(["make", "--no-print-directory", "deb", f"DIST={folder}"], cwd=REPOSITORY, check=True)
    (package,) = folder.glob("firstreply_*.deb")
    keep = ("-y", "-o", "Dpkg::Options::=--force-confold")
    machine.run("apt-get", "install", *keep, f"/root/debs/{package.name}")
    assert machine.show(UNIT, "ActiveState") == "inactive"
    machine.run("systemctl", "enable", "--now", UNIT)
    agent.put("INBOX", buyer_mail("Can I return the lamp?", number=4))
    until(lambda: len(agent.drafts()) == 3, "a draft more")
    assert firstreply(machine, "status")["mailboxes"][0]["healthy"]
    assert exposure(machine, UNIT) <= MOST_EXPOSURE

    machine.run("apt-get", "remove", "-y", "firstreply")
    assert machine.show(UNIT, "LoadState") == "not-found"
    ours = [machine.root / name for name in ("etc/firstreply", "var/lib/firstreply", "usr/lib/firstreply")]
    assert [folder.exists() for folder in ours] == [True, True, False]
    machine.run("apt-get", "purge", "-y", "firstreply")
    assert not any(folder.exists() for folder in ours)
