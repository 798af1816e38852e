"""What agents taught on its way from the ledger into a training."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from classifier.installed import current
from classifier.model_files import read_card
from daemon.cli import main
from daemon.commands.teach import taught
from daemon.desk.playbook import Scenario
from daemon.ports.ledger.labels import LabelSource
from daemon.settings import load
from tests.ledger_kit import HOUR, NOW
from tests.unit.classifier.conftest import Shop


def correct(shop: Shop, message: int, scenario: Scenario, later: timedelta = HOUR) -> None:
    """An agent says what a message is."""
    desk = shop.desk
    desk.ledger.labels.record(desk.claim, message, scenario, LabelSource.RECLASSIFY, "anna", NOW + later)


def confirm(shop: Shop, message: int) -> None:
    """An agent sends a draft as it is."""
    desk = shop.desk
    desk.ledger.deliveries.sent(desk.claim, desk.sending(desk.approved(message)), 250, "ok", NOW)


def test_labels_of_the_ledger_become_labels_to_learn(shop: Shop) -> None:
    """With text, subject, language, and the weight that the configuration gives a confirmation."""
    correct(
        shop, shop.desk.message(text="Wrong colour", subject="Hello", language="en"), Scenario.RETURN_REQUEST
    )
    confirm(shop, shop.desk.message(alias="another"))
    shop.configure("[classifier]\nconfirmation_weight = 0.25")
    confirmed, corrected = taught(load(shop.config))
    assert (corrected.text, corrected.subject, corrected.language) == ("Wrong colour", "Hello", "en")
    assert (corrected.label, corrected.weight, corrected.at) == ("return_request", 1.0, NOW + HOUR)
    assert (corrected.confirmed, confirmed.confirmed) == (False, True)
    assert (confirmed.label, confirmed.weight) == ("product_issue", 0.25)


def test_without_a_ledger_the_corpus_is_all(shop: Shop) -> None:
    """A fresh installation trains before its first cycle, and training makes no ledger."""
    ledger = shop.config.parent / "state" / "ledger.db"
    ledger.unlink()
    assert taught(load(shop.config)) == []
    assert not ledger.exists()


def test_training_learns_what_the_ledger_holds(
    shop: Shop, small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command that agents use; their labels are judged unseen, corrections and confirmations apart."""
    for number in range(6):
        message = shop.desk.message(text=f"the flumpet number {chr(97 + number)}", alias=f"a{number}")
        correct(shop, message, Scenario.OTHER)
        correct(shop, message, Scenario.SATISFIED, 2 * HOUR)
    confirm(shop, shop.desk.message(alias="sent"))
    arguments = ["train", "--config", str(shop.config), "--corpus", str(small_corpus), "--json"]
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["seller_labels"]["by_label"]["satisfied"]["texts"] == 6
    styles = answer["seller_labels"]["by_style"]
    assert {name: scores["texts"] for name, scores in styles.items()} == {"confirmation": 1, "correction": 6}
    model = shop.config.parent / "state" / "model"
    assert read_card(current(model)).labels_used == 7


def test_classify_loses_no_labels_when_it_has_to_train(
    shop: Shop, small_corpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After an update to another format it is the first to train; what agents taught must be in its model."""
    correct(shop, shop.desk.message(text="the flumpet is late", alias="one"), Scenario.OTHER)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.setattr("classifier.train.CORPUS", small_corpus)
    assert main(["classify", "--config", str(shop.config)]) == 0
    assert read_card(current(tmp_path / "state" / "model")).labels_used == 1
