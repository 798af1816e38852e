"""What was installed: its version, and where its templates, default configuration, corpus and units lie.

Promises: the same answer in a checkout and in an installed program, where the wheel puts them below
`share/firstreply` of the environment.

Errors: `ConfigurationError` when the installation is torn.
"""

import importlib.metadata
import sys
from pathlib import Path

from daemon.errors import ConfigurationError


def shipped(name: str) -> Path:
    """The folder or file `name` of the distribution."""
    for root in (Path(__file__).resolve().parent.parent, Path(sys.prefix) / "share" / "firstreply"):
        if (root / name).exists():
            return root / name
    raise ConfigurationError(
        f"the shipped {name} is missing", where="the installation", remedy="Install firstreply again"
    )


def version() -> str:
    """The version of this program, which `pyproject.toml` alone names."""
    return importlib.metadata.version("firstreply")
