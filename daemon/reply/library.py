"""The library: what the seller wrote down for answers: the catalogue, its manuals, the knowledge base.

Promises: read once by `load_library`; a manual is read when a draft wants it. What cannot be used is left
out and listed, with file, line and remedy; at run time it is a gap, or a file that does not go along.

Errors: none are raised; problems are collected.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from daemon.reply.attachments import Attachment, read_attachment, unusable
from daemon.reply.catalogue import Catalogue, read_catalogue
from daemon.reply.knowledge import Knowledge, read_knowledge, unknown_asins
from daemon.reply.problems import Problem

MANUAL = "manual"
"""In a play's `attach`: the manual that the catalogue names for the mail's product."""
_REMEDY = "Put the file there under this name, below 2 MB, or change the name"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the library lies; None: the seller has none."""

    catalogue: Path | None = None
    manuals: Path | None = None
    knowledge: Path | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """All that was written down, ready to be asked."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    knowledge: Knowledge = field(default_factory=lambda: Knowledge(()))
    manuals: Path | None = None

    def files(self, names: Iterable[str], asin: str, language: str) -> tuple[Attachment, ...]:
        """The files of a play's `attach` that can go along, each once; the product's manual for "manual"."""
        product = self.catalogue.find(asin, language) if asin else None
        manual = product.manual if product is not None else ""
        wanted = dict.fromkeys(manual if name == MANUAL else name for name in names)
        found = (read_attachment(self.manuals, name) for name in wanted if name)
        return tuple(file for file in found if file is not None)


def load_library(places: Places, attach: Iterable[str] = ()) -> tuple[Library, list[Problem]]:
    """The library and what is wrong with it; `attach` are the names in all plays."""
    problems: list[Problem] = []
    catalogue, knowledge = Catalogue(), Knowledge(())
    if places.catalogue is not None:
        catalogue, problems = read_catalogue(places.catalogue, places.manuals)
    if places.knowledge is not None:
        knowledge, found = read_knowledge(places.knowledge)
        problems += found
        if places.catalogue is not None:
            problems += unknown_asins(knowledge, catalogue.knows)
    for name in sorted(set(attach) - {MANUAL}):
        said = unusable(places.manuals, name) or ("" if places.manuals else "there is no folder of manuals")
        if said:
            problems.append(Problem("playbook.toml", 0, "attach", said, _REMEDY))
    return Library(catalogue, knowledge, places.manuals), problems
