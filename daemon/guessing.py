"""The classifier as the stages see it: a batch of messages in, a guess for each out.

Promises: a newly installed model is taken over between two batches; without any model the answer is an
empty list, said once in the log, and every message goes to a person on the strictest clock.

Errors: none; a model that fails is a missing model.
"""

from collections.abc import Sequence
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from classifier.document import Document
from classifier.errors import ModelError
from classifier.live import LiveModel
from classifier.model import Prediction
from classifier.reasons import OTHER, reason_of
from daemon.desk.disposition import Guess, ranked
from daemon.desk.playbook import Scenario
from daemon.mail.understanding import Understanding


class LiveGuesser:
    """Asks the model that is installed now."""

    def __init__(self, model_root: Path, log: FilteringBoundLogger) -> None:
        self._root = model_root
        self._log = log
        self._model: LiveModel | None = None
        self._told = ""

    def __call__(
        self, seen: Sequence[Understanding], subjects: Sequence[str], explain_below: float
    ) -> list[Guess]:
        """One guess for each message, or none at all."""
        model = self._current()
        if model is None:
            return []
        documents = [
            Document(item.text, subject, item.language) for item, subject in zip(seen, subjects, strict=True)
        ]
        predictions = model.classify(documents, explain_below=explain_below)
        self._tell(model.problem or "")
        return [
            ranked(
                [
                    (prediction.label, prediction.confidence),
                    *((other.label, other.confidence) for other in prediction.alternatives),
                ],
                model.version,
                prediction.grounds,
                _issue_reason(prediction, item.text),
            )
            for prediction, item in zip(predictions, seen, strict=True)
        ]

    @property
    def version(self) -> str | None:
        """The model in use; None before the first message that needs one."""
        return None if self._model is None else self._model.version

    @property
    def problem(self) -> str | None:
        """Why the installed model is not in use; None where it is."""
        return self._told or None

    def _current(self) -> LiveModel | None:
        if self._model is None:
            try:
                self._model = LiveModel(self._root)
            except ModelError as error:
                self._tell(str(error))
                return None
            self._log.info("model_loaded", version=self._model.version)
        return self._model

    def _tell(self, problem: str) -> None:
        """Say a problem once, not with each batch; an empty one is over."""
        known, self._told = self._told, problem
        if problem and problem != known:
            self._log.error("model_problem", problem=problem)


def _issue_reason(prediction: Prediction, text: str) -> str:
    """What a product issue is about; also of what may become one by a topic or a person's correction."""
    best = (prediction.label, *(other.label for other in prediction.alternatives[:1]))
    found = reason_of(text) if Scenario.PRODUCT_ISSUE in best else OTHER
    return "" if found == OTHER else found
