"""The throw-away PostgreSQL itself: what happens where it is not installed."""

from pathlib import Path

import pytest

from tests.postgres import binaries


@pytest.mark.parametrize("environ", [{"CI": "true"}, {"FIRSTREPLY_REQUIRE_ALL": "1"}])
def test_where_nothing_may_be_skipped_a_missing_server_fails(tmp_path: Path, environ: dict[str, str]) -> None:
    """And says what to install."""
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y postgresql"):
        binaries(tmp_path, environ)


def test_elsewhere_a_missing_server_is_skipped_loudly(tmp_path: Path) -> None:
    """So that nobody takes it for tested."""
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED ON POSTGRESQL"):
        binaries(tmp_path, {})


def test_the_newest_server_is_taken(tmp_path: Path) -> None:
    """By its number, not by its letters."""
    for version in ("9", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert binaries(tmp_path, {}) == tmp_path / "16" / "bin"
