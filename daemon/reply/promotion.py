"""Promotion: an answer that an agent sent becomes a passage of the knowledge base.

Promises: pure. Greeting, order line and closing are taken out by comparing with the template's own words;
a paragraph that names the buyer or the order at the head of the letter goes with them. If anything
personal is left in the answer itself, it is refused and named, never cut out in silence.

Errors: none; `personal` tells what is left.
"""

import re
from collections.abc import Iterable

from daemon.desk.policy import Outgoing, examine
from daemon.reply.templates import gaps_in

_ORDER = re.compile(r"\d{3}[-‐‑–]\d{7}[-‐‑–]\d{7}")
_TELLING = {
    "pg01_email_address": "an e-mail address",
    "pg02_phone_number": "a phone number",
    "pg06_off_platform": "a way of contact",
}
_PLACE = re.compile(
    r"\b\d{1,5},? (?:[a-z.]+ ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|court|square)\b"
    r"|\w{2,}(?:straße|strasse|str\.|weg|platz|gasse|allee) ?\d{1,4}\b"
    r"|\b\d{1,4},? (?:rue|avenue|boulevard|chemin|allée) \w"
    r"|\b(?:rue|calle|avenida|via|viale|piazza|plaza) [\w .'’]{2,40},? (?:n\.?º? ?)?\d{1,4}\b"
    r"|\d{1,4}(?:丁目|番地)|(?:路|街|巷)\d{1,5}号"
    r"|\b\d{5} [A-ZÄÖÜÉ][a-zäöüßéè]{2,}",
    re.IGNORECASE,
)
_SHORTEST_NAME = 3
_LONG = 20
"""Characters of a paragraph of the template that is known even behind other words."""


def answer_in(text: str, letters: Iterable[str], *, order_id: str, buyer_name: str) -> str:
    """The answer itself, out of the whole letter; `letters` are the same letter with everything left open.

    Paragraphs are compared by their words, since mail clients wrap lines as they like.
    """
    ours = {_flat(each) for letter in letters for each in _paragraphs(letter) if not gaps_in(each)}
    ends = tuple(each for each in ours if len(each) >= _LONG)
    kept: list[str] = []
    for paragraph in _paragraphs(re.split(r"(?m)^-- ?$", text, maxsplit=1)[0]):
        flat = _flat(paragraph)
        about = bool(order_id and order_id in flat) or _names(buyer_name, flat)
        # "The manual is attached (x). If a step is unclear ...": the template's words with a fact before them
        if (about and not kept) or flat in ours or flat.endswith(ends):
            continue
        kept.append(paragraph.strip("\n"))
    return "\n\n".join(kept)


def _paragraphs(text: str) -> list[str]:
    return [each for each in re.split(r"\n[ \t]*\n", text) if each.strip()]


def _flat(paragraph: str) -> str:
    return " ".join(paragraph.split())


def personal(answer: str, *, relay_address: str, buyer_name: str) -> list[str]:
    """What in an answer belongs to one buyer, in words; empty when it may be read by everybody."""
    found = [_TELLING[finding.rule] for finding in examine(Outgoing(text=answer)) if finding.rule in _TELLING]
    alias = relay_address.partition("@")[0].partition("+")[0]
    checks = (
        (_ORDER.search(answer) is not None, "an order id"),
        (_names(buyer_name, answer), "the buyer's name"),
        (bool(alias) and alias in answer, "the buyer's Amazon address"),
        (_PLACE.search(answer) is not None, "what looks like a postal address"),
        (bool(gaps_in(answer)), "a gap"),
    )
    return list(dict.fromkeys([*found, *(said for holds, said in checks if holds)]))


def _names(buyer_name: str, text: str) -> bool:
    """Whether the text has the buyer's name, or a part of it that is no short word."""
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    parts = re.findall(r"\w+", buyer_name)
    foreign = [part for part in parts if part[0] > "\u3000"]
    return any(part in text for part in foreign) or any(
        part.casefold() in words for part in parts if len(part) >= _SHORTEST_NAME
    )
