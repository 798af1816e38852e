"""Models on disk: versioned folders, and the link `current` that names the one in use.

Promises: switching is atomic: whoever looks sees the old version or the new one, both complete. The link
`previous` remembers the version before, for `rollback`; older versions are swept by `sweep`.

Errors: `ModelError`; `OSError` when the disk refuses.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from classifier.errors import ModelError
from classifier.model_files import CARD, read_card

_CURRENT: Final = "current"
_PREVIOUS: Final = "previous"
_KEPT: Final = 4


def _target(model_root: Path, link: str) -> Path | None:
    try:
        return model_root / (model_root / link).readlink()
    except OSError:
        return None


def current(model_root: Path) -> Path:
    """The folder of the version in use, with the link resolved; `ModelError` (`missing`) if there is none."""
    directory = _target(model_root, _CURRENT)
    if directory is None or not directory.is_dir():
        raise ModelError(f"no model is installed in {model_root}: run `firstreply train`", reason="missing")
    return directory


def _point(model_root: Path, link: str, name: str) -> None:
    temporary = model_root / f".{link}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(name, target_is_directory=True)
    temporary.replace(model_root / link)


def install(model_root: Path, version_dir: Path) -> None:
    """Let `current` point to `version_dir`, a complete folder below `model_root`.

    A folder whose card cannot be used is refused with `ModelError`; the link stays as it was.
    """
    read_card(version_dir)
    before = _target(model_root, _CURRENT)
    if before is not None and before.is_dir() and before.name != version_dir.name:
        _point(model_root, _PREVIOUS, before.name)
    _point(model_root, _CURRENT, version_dir.name)


def rollback(model_root: Path) -> Path:
    """Go back to the version that was in use before the current one; its folder.

    Going back twice returns to where one started. `ModelError` (`missing`) if no earlier version is there.
    """
    before = _target(model_root, _PREVIOUS)
    if before is None or not before.is_dir():
        raise ModelError(f"{model_root} has no earlier model to go back to", reason="missing")
    install(model_root, before)
    return before


def versions(model_root: Path) -> list[Path]:
    """All complete versions, oldest first (their names begin with the time of training)."""
    return sorted(path.parent for path in model_root.glob(f"*/{CARD}") if not path.parent.is_symlink())


def sweep(model_root: Path) -> list[Path]:
    """Remove all but the newest versions, never the current or the previous one; what was removed."""
    linked = {_target(model_root, _CURRENT), _target(model_root, _PREVIOUS)}
    gone = [path for path in versions(model_root)[:-_KEPT] if path not in linked]
    for path in gone:
        shutil.rmtree(path)
    return gone
