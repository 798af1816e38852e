"""What can go wrong with a model, a corpus or a file of labels.

Promises: one small tree; every message names the file and what to do.
"""


class ClassifierError(Exception):
    """Anything this package reports on purpose."""


class ModelError(ClassifierError):
    """A model that cannot be used: missing, damaged, of another format or of another library's version.

    `reason` is a slug for machines: `missing`, `damaged`, `format`, `scikit-learn`, `types`.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class CorpusError(ClassifierError):
    """A row of training text that breaks the rules; the message names file and line."""
