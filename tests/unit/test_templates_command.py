"""`firstreply templates check`, and the library in `firstreply check`: mistakes are told in time."""

import json
from pathlib import Path

import pytest

from daemon.cli import main
from daemon.desk.playbook import Playbook
from daemon.errors import ConfigurationError
from daemon.reply.library import Places, load_library
from daemon.settings import load
from tests.config_kit import LEAST


def configured(root: Path, more: str = "") -> Path:
    """A configuration in its own folder."""
    config = root / "firstreply.toml"
    config.write_text(more + LEAST.format(root=root))
    return config


def test_all_is_well_without_a_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipped templates alone."""
    monkeypatch.setenv("FIRSTREPLY_CONFIG", str(tmp_path / "none.toml"))
    assert main(["templates", "check"]) == 0
    assert "renders in every language" in capsys.readouterr().out


def test_a_mistake_in_the_sellers_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file, line and remedy, for people and for scripts; a loop is refused like any mistake."""
    config = configured(tmp_path)
    (tmp_path / "templates" / "de").mkdir(parents=True)
    (tmp_path / "templates" / "de" / "other.txt.j2").write_text("\n{% for x in asin %}x{% endfor %}")
    assert main(["templates", "check", "--config", str(config)]) == 1
    assert "other.txt.j2, line 2: " in capsys.readouterr().out
    assert main(["templates", "check", "--json", "--config", str(config)]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["line"], problem["slug"]) == (2, "does_not_render")


def test_the_library_is_loaded_and_what_is_wrong_in_it_is_told(tmp_path: Path) -> None:
    """Broken front matter, an ASIN that no product has, a bad row, a file that is not there."""
    (tmp_path / "catalogue.csv").write_text("asin,name\nB0EXAMPLE1,Lamp\nlamp,Lamp\n")
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "a.md").write_text("Hello")
    head = "---\ntitle: A\nscenario: usage_question\nlanguages: en\nasins: B0EXAMPLE9\n---\n\nPress it.\n"
    (tmp_path / "knowledge" / "b.md").write_text(head)
    settings = load(configured(tmp_path))
    library, problems = load_library(settings.library, ["manual", "terms.pdf"])
    assert (len(library.catalogue.products), len(library.knowledge.passages)) == (1, 1)
    assert [problem.slug for problem in problems] == ["bad_row", "no_front_matter", "unknown_asin", "attach"]
    assert load_library(Places(), Playbook().attached)[1] == []


def test_a_file_of_a_play_goes_along_when_it_is_there(tmp_path: Path) -> None:
    """By its own name; read anew when it changed."""
    (tmp_path / "terms.pdf").write_bytes(b"one")
    library, problems = load_library(Places(manuals=tmp_path), ["terms.pdf"])
    assert problems == []
    assert [file.content for file in library.files(["manual", "terms.pdf", "gone.pdf"], "", "en")] == [b"one"]
    (tmp_path / "terms.pdf").unlink()
    assert library.files(["terms.pdf"], "", "en") == ()


@pytest.mark.parametrize("key", ["templates", "catalogue", "manuals", "knowledge"])
def test_a_folder_that_is_named_and_missing_is_a_configuration_error(tmp_path: Path, key: str) -> None:
    """What is not named may be missing."""
    with pytest.raises(ConfigurationError, match=rf"{key}: .*none does not exist"):
        load(configured(tmp_path, f'{key} = "none"\n'))


def test_the_line_about_reviews_is_switched_on_in_the_playbook(tmp_path: Path) -> None:
    """And nowhere else; a misspelt key is told."""
    config, playbook = configured(tmp_path), tmp_path / "playbook.toml"
    assert not load(config).playbook.review_line
    playbook.write_text("[wording]\nreview_line = true\n")
    assert load(config).playbook.review_line
    playbook.write_text("[wording]\nreviewline = true\n")
    with pytest.raises(ConfigurationError, match="Did you mean review_line"):
        load(config)


def test_check_tells_what_is_wrong_in_templates_and_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers that do not answer keep it from nothing."""
    monkeypatch.setenv("X", "secret")
    config = configured(tmp_path)
    closed = 'host = "127.0.0.1", port = 1, security = "none"'
    config.write_text(config.read_text().replace('host = "h"', closed))
    (tmp_path / "catalogue.csv").write_text("asin,name\nlamp,Lamp\n")
    (tmp_path / "templates" / "it").mkdir(parents=True)
    (tmp_path / "templates" / "it" / "holding.txt.j2").write_text("{{ promised_day }}")
    assert main(["check", "--config", str(config)]) == 1
    told = capsys.readouterr().out
    assert "holding.txt.j2, line 1" in told
    assert "catalogue.csv, line 2: 'lamp' is no ASIN" in told
    assert "nobody vouches for senders" in told
