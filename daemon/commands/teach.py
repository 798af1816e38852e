"""`firstreply train`, `evaluate`, `classify`: the classifier's own commands, told where this house keeps it.

Whatever trains also learns from the labels that the ledger holds.

Promises: with a configuration the model lies in its `state_dir`; without one, as in a fresh checkout, below
the environment's `share/firstreply`, where the demonstration finds it too.

Errors: `ConfigurationError` of the configuration, those of the ledger; the commands translate their own.
"""

import argparse
import contextlib
import subprocess
import sys
from functools import partial
from pathlib import Path

from classifier.corpus import SellerLabel
from classifier.errors import ModelError
from classifier.installed import current
from classifier.model_files import read_card
from daemon.commands.look import ledger_exists
from daemon.errors import PermanentError
from daemon.mail.language import detect
from daemon.mail.subjects import topic_of
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.labels import LabelSource
from daemon.settings import Settings, find, load

OWN_STATE = Path(sys.prefix) / "share" / "firstreply"
"""Where an installation without a configuration keeps its model."""


def with_settings(args: argparse.Namespace) -> argparse.Namespace:
    """The arguments, with what the configuration says, and with a way to what agents taught."""
    path = find(args.config)
    if args.config or path.exists():
        settings = load(path)
        args.state_dir, args.threshold = settings.state_dir, settings.threshold
        args.labels = partial(taught, settings)
    else:
        args.state_dir = OWN_STATE
    args.language_of = detect
    args.subject_says = _topic
    return args


def taught(settings: Settings) -> list[SellerLabel]:
    """The labels of this house's ledger, as the classifier learns them; none without a ledger."""
    if not ledger_exists(settings):
        return []
    with contextlib.closing(Ledger.open(settings.ledger)) as ledger:
        labels = ledger.labels.taught(settings.confirmation_weight)
    return [
        SellerLabel(
            text=label.text,
            label=label.scenario.value,
            message_key=label.content_hash,
            at=label.at,
            subject=label.subject,
            language=label.language,
            weight=label.weight,
            confirmed=label.source is LabelSource.CONFIRMATION,
        )
        for label in labels
        if label.text or label.subject  # old words leave the ledger, and their labels teach nothing
    ]


def _topic(subject: str) -> str | None:
    """The scenario that Amazon's contact topic names, for a text that came without its mail."""
    return topic_of(subject, has_order="order" in subject.lower())


def train_if_missing(settings: Settings) -> None:
    """A new installation, or one updated to another format, learns once, in a process of its own."""
    try:
        read_card(current(settings.state_dir / "model"))
    except ModelError as error:
        if error.reason not in {"missing", "format"}:
            return  # a damaged model is not thrown away unseen: `check` and the log say so
        command = [sys.executable, "-m", "daemon", "train", "--config", str(settings.path)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  our own program
        if done.returncode:
            raise PermanentError(
                f"the first model could not be trained: {done.stderr.strip()[-500:]}"
            ) from error
