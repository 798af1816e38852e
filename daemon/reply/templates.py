"""Templates: facts become the text of a reply, and a missing fact becomes a visible gap.

Promises: a buyer's words are only ever values, never source. Every known fact that nobody knows yet is
rendered as `[[its name]]`, never blank and never as braces; a name that is no fact at all is an error of
the template. The text is at most 64 KiB, and `sandbox` bounds the time.

Errors: `TemplateError` (a `PermanentError`) that names the template and the line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from daemon.errors import PermanentError
from daemon.reply.sandbox import LONGEST, TEMPLATE_SUFFIX, Loader, Sandbox, budget

GAP = re.compile(r"\[\[([^\[\]\n]{1,80})\]\]")
SUFFIX = TEMPLATE_SUFFIX
NOTES = "notes"
"""The folder of the paste-in notes, which stands where a language would."""
CAUSES = ("quality", "delivery", "misuse", "malicious")
"""The causes of a negative review; each may have a template `negative_review_<cause>`."""

MEANINGS: Mapping[str, str] = {
    "answer": "the answer that only a person can write",
    "asin": "Amazon's number of the product",
    "brand": "the shop's name, from the mailbox",
    "buyer_name": "the buyer's name, when it surely is one",
    "buyer_words": "what the buyer wrote, for notes",
    "carrier": "who carries the parcel",
    "cause": "the cause of a bad review: quality, delivery, misuse or malicious, for notes",
    "change": "what an order change is about: cancellation, address, invoice or quantity",
    "delivered_date": "when the carrier delivered",
    "evidence": "the list of proofs, one a line, for notes",
    "expected_date": "when the parcel should arrive",
    "fulfilled_by": "'Amazon' or 'seller', for notes",
    "language": "the language of the buyer's marketplace, for notes: en, de, ...",
    "manual": "the file name of the attached manual",
    "marketplace": "Amazon's site, such as Amazon.de",
    "order_change_answer": "what can be done about address or quantity",
    "order_date": "when the order was placed",
    "order_id": "Amazon's number of the order",
    "product": "the product's name",
    "product_answer": "the answer to a question before the purchase",
    "promised_date": "by when the buyer has a full answer",
    "quantity": "how many were ordered",
    "review_line": "any text switches the neutral sentence about reviews on; off by default",
    "ship_date": "when the parcel left",
    "signature": "who signs, from the mailbox",
    "spare_parts": "which spare parts can be had, from the catalogue",
    "tracking_number": "the carrier's number of the parcel",
    "tracking_status": "what the carrier says",
    "usage_steps": "the steps from the knowledge base",
    "warranty": "the warranty, from the catalogue",
}
"""Every fact a template may name, and what it is."""
FACTS = tuple(MEANINGS)

MARKETPLACE_LANGUAGES: Mapping[str, str] = {
    "at": "de",
    "co.jp": "ja",
    "com.be": "fr",  # Dutch has no templates, and French is the other language of that site
    "com.mx": "es",
    "de": "de",
    "es": "es",
    "fr": "fr",
    "it": "it",
}
"""The language of a marketplace by the end of its host name; English for all others."""


class TemplateError(PermanentError):
    """A template cannot be used; the sentence names file, line and cause."""

    def __init__(self, problem: str, *, file: str = "", line: int = 0) -> None:
        super().__init__(problem)
        self.file = file
        self.line = line


class Gap:
    """A fact that nobody knows yet: false in a condition, visible in the text."""

    def __init__(self, name: str) -> None:
        self._text = f"[[{name.replace('_', ' ')}]]"

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return self._text


_GAPS = {fact: Gap(fact) for fact in FACTS}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a reply and the gaps left in it."""

    text: str
    gaps: tuple[str, ...]


class Templates:
    """The templates of one installation, read once: of two of a name the first folder's, the seller's own."""

    def __init__(self, folders: list[Path]) -> None:
        self._loader = Loader(folders, frozenset(FACTS))
        self._environment = Sandbox(self._loader)

    def render(self, template: str, language: str, facts: Mapping[str, str]) -> Rendered:
        """The text of `<language>/<template>.txt.j2`; facts that are absent or empty become gaps.

        A cause of a negative review without a template of its own gets that of its scenario.
        """
        name = f"{language}/{self.resolve(template, language)}{SUFFIX}"
        values = {fact: facts.get(fact) or gap for fact, gap in _GAPS.items()}
        text = self._render(name, values)
        if len(text) > LONGEST:
            raise TemplateError(
                f"{name}: the text grew to {len(text)} characters, {LONGEST} are allowed", file=name
            )
        lines = (line if line == "-- " else line.rstrip() for line in text.split("\n"))
        tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
        return Rendered(tidy, gaps_in(tidy))

    def _render(self, name: str, values: Mapping[str, object]) -> str:
        try:
            with budget():
                return self._environment.get_template(name).render(values)
        except jinja2.TemplateSyntaxError as error:
            file = error.filename or name
            raise TemplateError(
                f"{file}, line {error.lineno}: {error.message}", file=file, line=error.lineno
            ) from error
        except (jinja2.TemplateError, OSError, SyntaxError, RecursionError) as error:
            raise TemplateError(f"{name}: {_cause(error)}", file=name) from error
        except (TypeError, ValueError, ArithmeticError, MemoryError) as error:
            raise TemplateError(f"{name}: {_cause(error)}", file=name) from error

    def languages(self, template: str) -> tuple[str, ...]:
        """The languages in which this template exists."""
        places = (name.partition("/") for name in self._loader.names())
        found = {folder for folder, _, name in places if name == f"{template}{SUFFIX}" and folder != NOTES}
        return tuple(sorted(found))

    def choose(self, template: str, *wanted: str | None) -> str:
        """The first wanted language that has this template (or its scenario's), else English.

        Give the buyer's language first, the marketplace's second; regions (`zh-TW`) count as their language.
        """
        for language in wanted:
            short = re.split(r"[-_]", (language or "").lower(), maxsplit=1)[0]
            if short.isalpha() and short != NOTES and self._exists(self.resolve(template, short), short):
                return short
        return "en"

    def resolve(self, template: str, language: str) -> str:
        """The template that is really used: a cause without its own falls back to its scenario."""
        parent, _, cause = template.rpartition("_")
        if cause in CAUSES and not self._exists(template, language):
            return parent
        return template

    def _exists(self, template: str, language: str) -> bool:
        return f"{language}/{template}{SUFFIX}" in self._loader


def _cause(error: BaseException) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no template {error.name}"
    if isinstance(error, RecursionError):
        return "it calls itself without end, or nests too deeply"
    return str(error) or type(error).__name__


def marketplace_language(marketplace: str) -> str:
    """The language of a marketplace (`de`, `co.uk`, `com.mx`): what to write when the buyer's is unknown."""
    return MARKETPLACE_LANGUAGES.get(marketplace.lower().removeprefix("amazon."), "en")


def gaps_in(text: str) -> tuple[str, ...]:
    """The names of the gaps in a text, each once, in their order."""
    return tuple(dict.fromkeys(GAP.findall(text)))
