"""Filling the pages' templates, which lie beside the code: every value is escaped, a missing one is a bug.

Errors: none of its own.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2


def rendered(template: str, filters: Mapping[str, Callable[..., object]], **values: Any) -> str:  # noqa: ANN401  what the page names
    """The page."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )
    environment.filters.update(filters)
    return environment.get_template(template).render(values)
