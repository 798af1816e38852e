"""Access tokens: renewed in time, once, never in a storm; the grant is kept safely and never shown."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from daemon.errors import ConfigurationError, FirstreplyError, RevokedError, TemporaryError
from daemon.ports import sasl
from daemon.ports.token_store import FileStore, Grant
from daemon.ports.tokens import Fresh, TokenSource


class Provider:
    """A provider of tokens that live 100 s, and the clock by which they do."""

    def __init__(self, folder: Path) -> None:
        self.store = FileStore(folder / "tokens" / "shop.json")
        self.now = 0.0
        self.asked: list[str] = []
        self.error: FirstreplyError | None = None
        self.rotates = False
        self.busy = threading.Event()
        self.busy.set()

    def log_in(self, number: int = 0) -> None:
        """What `firstreply login` leaves."""
        self.store.save(Grant(f"grant-{number}", f"day {number}"))

    def renew(self, refresh_token: str) -> Fresh:
        """The token endpoint."""
        assert self.busy.wait(10)
        self.asked.append(refresh_token)
        if self.error is not None:
            raise self.error
        number = len(self.asked)
        return Fresh(f"access-{number}", 100.0, f"rotated-{number}" if self.rotates else None)

    def source(self) -> TokenSource:
        """What a mailbox has."""
        return TokenSource(self.store, self.renew, mailbox="shop", where="x", monotonic=lambda: self.now)


@pytest.fixture(name="provider")
def _provider(tmp_path: Path) -> Provider:
    provider = Provider(tmp_path)
    provider.log_in()
    return provider


def test_a_token_is_renewed_at_four_fifths_of_its_life(provider: Provider) -> None:
    """Not a moment earlier, and not by the wall clock."""
    source = provider.source()
    seen = []
    for provider.now in (0.0, 79.9, 80.0, 159.9, 160.1):
        seen.append(source.token())
    assert seen == ["access-1", "access-1", "access-2", "access-2", "access-3"]


def test_a_refused_token_is_renewed_once_for_all_connections(provider: Provider) -> None:
    """The one who comes later gets what the first one fetched."""
    source = provider.source()
    refused = source.token()
    assert [source.renew(refused), source.renew(refused), source.token()] == ["access-2"] * 3


def test_one_renewal_at_a_time(provider: Provider) -> None:
    """Eight threads that need a token at once make one request."""
    provider.busy.clear()
    source = provider.source()
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(source.token) for _ in range(8)]
        provider.busy.set()
        assert {each.result(10) for each in waiting} == {"access-1"}
    assert len(provider.asked) == 1


def test_a_rotated_grant_is_stored_before_its_token_is_used(provider: Provider) -> None:
    """A place that cannot be written stops the renewal before anybody uses the new token."""
    provider.rotates = True
    source = provider.source()
    assert source.token() == "access-1"
    kept = provider.store.load()
    assert (kept and (kept.refresh_token, kept.granted_at)) == ("rotated-1", "day 0")
    provider.now = 80.0
    provider.store.path.with_suffix(".new").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        source.token()
    provider.store.path.with_suffix(".new").rmdir()
    provider.now = 81.0
    assert source.token() == "access-3"
    assert provider.asked == ["grant-0", "rotated-1", "rotated-1"]


def test_a_dead_grant_is_asked_for_once_and_heals_by_a_login(provider: Provider) -> None:
    """No storm: nobody is asked again before another grant lies there."""
    source = provider.source()
    provider.error = RevokedError("dead", where="x", remedy="y")
    for _ in range(5):
        with pytest.raises(RevokedError, match=r"firstreply login shop"):
            source.token()
    assert (len(provider.asked), source.revoked) == (1, "day 0")
    provider.error = None
    provider.log_in(1)
    assert source.token() == "access-2"
    assert (provider.asked[-1], source.revoked) == ("grant-1", None)


def test_a_silent_provider_costs_nothing_while_the_token_lives(provider: Provider) -> None:
    """The old token serves to its end, and the provider is asked once a minute at most."""
    source = provider.source()
    assert source.token() == "access-1"
    provider.error = TemporaryError("away")
    for provider.now in (80.0, 90.0, 99.0):
        assert source.token() == "access-1"
    assert len(provider.asked) == 2
    provider.now = 100.0
    with pytest.raises(TemporaryError):
        source.token()


def test_the_file_is_private_and_whole(provider: Provider) -> None:
    """Mode 0600 whatever stood there; what others may read is refused; the grant is in no repr."""
    path = provider.store.path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert set(json.loads(path.read_text())) == {"refresh_token", "granted_at"}
    assert "grant-0" not in repr(provider.store.load())
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        provider.store.load()
    path.chmod(0o600)
    path.write_text('{"half')
    with pytest.raises(ConfigurationError, match="is no token"):
        provider.store.load()


def test_a_name_that_leads_elsewhere_is_not_followed(provider: Provider, tmp_path: Path) -> None:
    """Root may log in for the service, whose folder it is: what it could bend must not give a file away."""
    victim = tmp_path / "victim"
    victim.write_text("root's")
    before = victim.stat()
    for suffix in (".lock", ".new"):
        place = provider.store.path.with_suffix(suffix)
        place.unlink(missing_ok=True)
        place.symlink_to(victim)
    with pytest.raises(ConfigurationError), provider.store.exclusive():
        pytest.fail("the lock was followed")
    with pytest.raises(ConfigurationError):
        provider.log_in()
    assert (victim.read_text(), victim.stat().st_uid) == ("root's", before.st_uid)


def test_without_a_login_there_is_nothing(tmp_path: Path) -> None:
    """The sentence says what to run."""
    with pytest.raises(ConfigurationError, match=r"nobody has logged in yet.*firstreply login shop"):
        Provider(tmp_path).source().prove()


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("PLAIN", "XOAUTH2"), "XOAUTH2"),
        (("xoauth2", "oauthbearer"), "OAUTHBEARER"),
        (("PLAIN", "LOGIN"), None),
    ],
)
def test_the_standard_mechanism_goes_first(offered: tuple[str, ...], chosen: str | None) -> None:
    """What the server offers decides."""
    assert sasl.mechanism(offered) == chosen


def test_the_words_of_both_mechanisms() -> None:
    """RFC 7628 section 3.1 and Google's page on XOAUTH2; a control character would end a field."""
    assert sasl.words("XOAUTH2", "u@x", "t", "h", 1) == b"user=u@x\x01auth=Bearer t\x01\x01"
    assert sasl.words("OAUTHBEARER", "u,=", "t", "h", 993) == (
        b"n,a=u=2C=3D,\x01host=h\x01port=993\x01auth=Bearer t\x01\x01"
    )
    with pytest.raises(ValueError, match="control"):
        sasl.words("XOAUTH2", "u", "t\x01auth=Bearer other", "h", 1)
