"""`firstreply knowledge promote`: an answer that was sent becomes a file of the knowledge base.

Promises: reads the ledger only; writes one new file and overwrites none. The buyer's data stay out: see
`daemon.reply.promotion`.

Errors: `ConfigurationError` for a missing folder or option; `PermanentError` when there is no such answer,
or when it holds anything personal.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.order import ORDER_ID
from daemon.errors import ConfigurationError, PermanentError
from daemon.ports.ledger.answers import Answer
from daemon.reloading import template_folders
from daemon.reply.copies import read_copy
from daemon.reply.front_matter import SCENARIOS
from daemon.reply.knowledge import parse_knowledge, promoted
from daemon.reply.promotion import answer_in, personal
from daemon.reply.templates import TemplateError, Templates
from daemon.settings import Settings, find, load


@dataclass(frozen=True, slots=True)
class Wish:
    """Which answer, and what the file's head says; an empty `asin` means the mail's own product."""

    which: str
    title: str
    scenario: str = ""
    asin: str = ""
    any_product: bool = False


def promote(config: str | None, wish: Wish, *, as_json: bool) -> int:
    """Write the file and print where it lies."""
    settings = load(find(config))
    folder = settings.library.knowledge
    if folder is None:
        raise ConfigurationError(
            "there is no knowledge base yet",
            where=f"{settings.path}: knowledge",
            remedy=f"Make the folder {settings.path.parent / 'knowledge'}, or name another",
        )
    order = ORDER_ID.fullmatch(wish.which) is not None
    if not order and not wish.which.isdecimal():
        raise ConfigurationError(
            f"{wish.which!r} is neither an order id nor a draft's number",
            where="knowledge promote",
            remedy="Write 302-1234567-7654321, or the number that the log calls draft",
        )
    with opened_ledger(settings) as ledger:
        found = ledger.answers.latest(wish.which if order else None, None if order else int(wish.which))
    if found is None:
        raise PermanentError(f"firstreply has sent no answer for {wish.which}")
    path = _write(folder, wish, found, _file(settings, wish, found))
    if as_json:
        print_json({"file": str(path)})
    else:
        Console(soft_wrap=True, highlight=False, markup=False).print(
            f"{path} is written. Read it, then let the daemon take it over: systemctl reload firstreply"
        )
    return 0


def _file(settings: Settings, wish: Wish, found: Answer) -> str:
    """The text of the new file."""
    scenario = wish.scenario or found.scenario
    if scenario not in SCENARIOS:
        remedy = f"Say which questions it answers: --scenario {' or '.join(SCENARIOS)}"
        raise ConfigurationError(f"the message was a {scenario}", where="knowledge promote", remedy=remedy)
    asin = wish.asin or (found.asins[0] if len(found.asins) == 1 and not wish.any_product else "")
    if not asin and not wish.any_product:
        raise ConfigurationError(
            "the mail does not name one product",
            where="knowledge promote",
            remedy="Write --asin B0EXAMPLE1, or --any-product for an answer that holds for all",
        )
    text = read_copy(found.raw).own_words
    answer = answer_in(text, _letters(settings, found), order_id=found.order_id, buyer_name=found.buyer_name)
    told = personal(answer, relay_address=found.relay_address, buyer_name=found.buyer_name)
    if told or not answer:
        raise PermanentError(
            f"the answer is not promoted: it holds {', '.join(told) or 'no words of its own'}. "
            "Write the file by hand from the mail in Sent, as docs/templates.md shows"
        )
    return promoted(wish.title, scenario, found.language, asin, answer)


def _letters(settings: Settings, found: Answer) -> list[str]:
    """The template's letter with every fact left open, as each mailbox signs it."""
    templates = Templates(template_folders(settings))
    boxes = [box.mailbox for box in settings.mailboxes]
    try:
        return [
            templates.render(
                found.template, found.language, {"signature": box.signature, "brand": box.brand}
            ).text
            for box in boxes
        ]
    except TemplateError:
        return []  # a template that is gone: what is left of its words is for a person to take out


def _write(folder: Path, wish: Wish, found: Answer, text: str) -> Path:
    """A file that did not exist before."""
    stem = re.sub(r"[^\w]+", "-", wish.title.casefold()).strip("-")[:60] or "answer"
    for number in range(1, 100):
        path = folder / f"{stem}-{found.language}{'' if number == 1 else f'-{number}'}.md"
        _, problems = parse_knowledge(path.name, text)
        if problems:
            raise ConfigurationError(problems[0].text, where="knowledge promote", remedy=problems[0].remedy)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise PermanentError(f"{path} cannot be written ({error.strerror})") from error
        return path
    raise PermanentError(f"{folder} has a hundred files of this title already")
