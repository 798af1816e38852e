"""A reload: all that the seller wrote down, read anew, and taken over as a whole or not at all.

Promises: a broken file changes nothing; what is wrong is told with file and line. A problem that was there
already when the daemon began, or at the reload before, does not stand in the way of what else has changed.

Errors: `ConfigurationError` for anything broken.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import ConfigurationError
from daemon.house import House
from daemon.reply.library import Library, load_library
from daemon.reply.problems import Problem
from daemon.reply.template_check import check_templates
from daemon.reply.templates import Templates
from daemon.settings import Settings, load
from daemon.shipped import shipped

BROKEN = frozenset({"does_not_render", "missing", "empty"})
"""What of a template's problems makes it unusable; the others are advice."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was read."""

    settings: Settings
    templates: Templates
    library: Library
    problems: frozenset[Problem]


def template_folders(settings: Settings) -> list[Path]:
    """Where templates are looked for: the seller's own first."""
    own = [settings.templates] if settings.templates else []
    return [*own, shipped("templates")]


def read_written(settings: Settings) -> Written:
    """As at a start: what of the library cannot be used is left out and listed."""
    library, problems = load_library(settings.library, settings.playbook.attached)
    return Written(settings, Templates(template_folders(settings)), library, frozenset(problems))


def broken_templates(settings: Settings) -> list[Problem]:
    """Templates that cannot be used; each is rendered in every language, which takes its time."""
    found = check_templates(template_folders(settings), settings.playbook.templates)
    return [problem for problem in found if problem.slug in BROKEN]


def read_again(path: Path, known: AbstractSet[Problem]) -> Written:
    """Everything anew; refused for the first thing that is broken and was not so before."""
    written = read_written(load(path))
    settings = written.settings
    for problem in [*broken_templates(settings), *sorted(written.problems - known, key=str)]:
        place = f"{problem.file}, line {problem.line}" if problem.line else problem.file
        raise ConfigurationError(problem.text, where=place, remedy=problem.remedy)
    return written


def take_over(house: House, written: Written) -> None:
    """From the next cycle on."""
    settings = written.settings
    house.playbook, house.templates, house.library = settings.playbook, written.templates, written.library
    house.threshold, house.warn_at = settings.threshold, settings.warn_at
    house.alerting = settings.alerting
