"""The model in use by a running daemon: takes over a newly installed version between two batches.

Promises: a version that cannot be loaded is not taken; the last good one stays, and `problem` says why. A
batch is answered by one version from beginning to end. Looking costs one readlink a batch.

Errors: `ModelError` only from the constructor, when no model can be loaded at all.
"""

from collections.abc import Sequence
from pathlib import Path

from classifier.document import Document
from classifier.errors import ModelError
from classifier.model import Model, Prediction
from classifier.versions import current


class LiveModel:
    """`classify` of the current model below `model_root`, whatever is installed meanwhile."""

    def __init__(self, model_root: Path) -> None:
        self._root = model_root
        self._seen = current(model_root)
        self._model = Model.load(self._seen)
        self._refused: Path | None = None
        self._problem: str | None = None

    @property
    def version(self) -> str:
        """The version that answers now."""
        return self._model.version

    @property
    def problem(self) -> str | None:
        """Why the version that `current` names is not the one that answers, or None."""
        return self._problem

    def _look(self) -> Model:
        model, named = self._model, None
        try:
            named = current(self._root)
            if named not in (self._seen, self._refused):
                model = Model.load(named)
                self._model, self._seen = model, named
            if named == self._seen:
                self._problem = self._refused = None
        except ModelError as error:
            self._problem, self._refused = str(error), named
        return model

    def classify(self, documents: Sequence[Document], *, explain_below: float = 0.0) -> list[Prediction]:
        """See `Model.classify`."""
        return self._look().classify(documents, explain_below=explain_below)
