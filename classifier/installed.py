"""The model of this installation: which version is in use, switching, and training the first one.

Promises: one name for all of it; the work is done in `versions`, which training uses too.

Errors: `ModelError`; `OSError` when the disk refuses.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from classifier.corpus import SellerLabel
from classifier.errors import ModelError
from classifier.model_files import read_card
from classifier.versions import current, install, rollback, sweep, versions

__all__ = ["current", "ensure_model", "install", "rollback", "sweep", "versions"]


def ensure_model(
    model_root: Path,
    *,
    corpus: Path | None = None,
    labels: Callable[[], Iterable[SellerLabel]] = tuple,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """`current(model_root)`, after training corpus and `labels` if there is no model this program can use.

    Training takes some seconds and loads scikit-learn; `progress` gets a sentence for each step.
    """
    try:
        directory = current(model_root)
        read_card(directory)
    except ModelError:
        from classifier.train import train_first  # noqa: PLC0415 - scikit-learn is loaded only when it is needed

        return train_first(model_root, corpus=corpus, labels=labels(), progress=progress)
    return directory
