"""`firstreply inspect --explain`: the words that carried the decision, for people and for programs."""

import json
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main
from tests.mails import BROKEN, buyer_mail
from tests.unit.classifier.conftest import Shop


@pytest.fixture
def explained(shop: Shop, full_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401  a function
    """What the command says of a mail, with these options."""
    (tmp_path / "state" / "model").symlink_to(full_root)

    def explain(text: str, *options: str) -> str:
        file = tmp_path / "mail.eml"
        file.write_bytes(buyer_mail(text))
        assert main(["inspect", "--config", str(shop.config), *options, str(file)]) == 0
        return capsys.readouterr().out

    return explain


def test_for_programs(explained: Any) -> None:  # noqa: ANN401  see above
    """One further key, and only where it is asked for."""
    answer = json.loads(explained(BROKEN, "--explain", "--json"))
    assert answer["scenario"]["label"] == answer["grounds"]["label"] == "product_issue"
    assert "broken" in [word["word"] for word in answer["grounds"]["words"]]
    assert answer["grounds"]["words"][0]["weight"] > 0
    plain = json.loads(explained(BROKEN, "--json"))
    assert plain == json.loads(explained(BROKEN)) == {key: answer[key] for key in answer if key != "grounds"}


def test_for_people(explained: Any) -> None:  # noqa: ANN401  see above
    """What was decided, by what, and the words; no name of a feature shows."""
    shown = explained(BROKEN, "--explain")
    assert "mail.eml: product_issue (" in shown
    assert "decided by model: model_sure" in shown
    assert "broken" in shown.partition("by these words: ")[2]
    assert "or else" in shown
    assert not set("<^\x01") & set(shown)
    assert "unsure" in explained("hm, the lamp", "--explain")


def test_what_no_word_decided(explained: Any, shop: Shop) -> None:  # noqa: ANN401  see above
    """A mail without words, and an installation without a model."""
    assert "no_text" in explained("   ", "--explain")
    (shop.config.parent / "state" / "model").unlink()
    assert "model_missing" in explained(BROKEN, "--explain")
    assert json.loads(explained(BROKEN, "--explain", "--json"))["grounds"] is None
