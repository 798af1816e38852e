"""PG06, PG07, PG14, PG15, PG24, PG32: rules that look for set phrases.

Promises: each rule's pattern runs only when a word of the rule occurs at all; every gap in a pattern is
bounded, so the time is linear in the text.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from daemon.desk import policy_book_conduct as conduct
from daemon.desk import policy_book_contact as contact
from daemon.desk import policy_meanings as lex
from daemon.desk.policy_model import Hit, Outgoing
from daemon.desk.policy_shorthand import compiled
from daemon.desk.policy_text import Reading

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b")
_IBAN_LENGTHS = range(15, 35)
_CLAUSE = re.compile(r"[,;:.!?。！？、]|\b(?:but|sondern|aber|mais|sino|pero|ma|bensì)\b|而是|但")
_REFUSED = re.compile(
    r"\b(?:n'accept\w{1,4}|n'effectu\w{1,4}|cannot|can not|can't|could not|unable to|not able to"
    r"|not allowed to|are not permitted|never|do not|don't|won't"
    r"|will not|nicht|kein\w{0,2}|ne|pas|jamais|no|nunca|non|mai)\b(?:\W{1,2}\w{1,15}){0,5}\W{0,2}$"
    r"|(?:不能|无法|不支持|不可以|不會|不接受|不收)[^。]{0,8}$"
)
_REFUSED_AFTER = re.compile(
    r"(?:\W{1,2}\w{1,15}){0,3}?\W{1,2}(?:(?:is|are) not|isn't|aren't|nicht möglich|n'est pas|no es "
    r"posible|non è possibile|nehmen wir nicht|akzeptieren wir nicht"
    r"|non e possibile|ist nicht|sind nicht|no esta|は(?:ご利用いただけません|できません|お受けできません))"
)


@dataclass(frozen=True, slots=True)
class _Book:
    slug: str
    meaning: int
    pattern: re.Pattern[str]


_BOOKS: Final = (
    _Book("pg06_off_platform", lex.CONTACT, compiled(contact.CONTACT)),
    _Book("pg07_outside_payment", lex.PAYMENT, compiled(contact.PAYMENT)),
    _Book("pg14_marketing", lex.MARKETING, compiled(conduct.MARKETING)),
    _Book("pg15_opt_out", lex.OPT_OUT, compiled(conduct.OPT_OUT)),
    _Book("pg24_threat", lex.THREAT, compiled(conduct.THREAT)),
    _Book("pg32_poses_as_amazon", lex.AMAZON, compiled(conduct.AS_AMAZON)),
)
_PASSES = compiled(contact.CONTACT_PASSES)
_COMPATIBLE = compiled(contact.COMPATIBLE)
_REACH_US = compiled(contact.REACH_US)
_SIGNED = re.compile(conduct.SIGNED_AMAZON)


def check(reading: Reading, _outgoing: Outgoing) -> Iterator[Hit]:
    """All findings of the rules with set phrases."""
    flowing = reading.folded.replace("\n", " ")
    for entry in _BOOKS:
        if reading.meanings & entry.meaning:
            yield from _in_sentences(reading, flowing, entry)
    yield from _ibans(reading)
    if reading.meanings & lex.AMAZON:
        match_signed = _SIGNED.search(reading.folded)
        if match_signed is not None:
            yield Hit("pg32_poses_as_amazon", reading.excerpt(*match_signed.span()))


def _in_sentences(reading: Reading, flowing: str, entry: _Book) -> Iterator[Hit]:
    for sentence in reading.sentences:
        if sentence.meanings & entry.meaning:
            for match in entry.pattern.finditer(flowing, sentence.start, sentence.end):
                if not _harmless(entry.slug, flowing, match):
                    yield Hit(entry.slug, reading.excerpt(*match.span()))


def _harmless(slug: str, flowing: str, match: re.Match[str]) -> bool:
    if slug not in {"pg06_off_platform", "pg07_outside_payment"}:
        return False
    if _refused(flowing, match):
        return True
    if slug != "pg06_off_platform":
        return False
    before = _clause_before(flowing, match.start())
    after = flowing[match.end() : match.end() + 60]
    stop = re.search(r"[.!?。！？;]", after)
    rest = after[: stop.start()] if stop else after
    if _PASSES.match(rest.strip()) or _PASSES.search(match[0]):
        return True
    around = before + match[0] + rest
    return _COMPATIBLE.search(around) is not None and _REACH_US.search(around) is None


def _clause_before(flowing: str, start: int) -> str:
    before = flowing[max(0, start - 60) : start]
    for clause in _CLAUSE.finditer(before):
        last = clause.end()
        before = " " * last + before[last:]
    return before.lstrip()


def _refused(flowing: str, match: re.Match[str]) -> bool:
    """Whether the way is named to refuse it: "we cannot refund by PayPal", "a transfer is not possible"."""
    if _REFUSED.search(_clause_before(flowing, match.start())):
        return True
    return _REFUSED_AFTER.match(flowing[match.end() : match.end() + 60]) is not None


def _ibans(reading: Reading) -> Iterator[Hit]:
    for match in _IBAN.finditer(reading.plain):
        if _is_iban(match[0].replace(" ", "").replace("-", "")):
            yield Hit("pg07_outside_payment", reading.excerpt(*match.span()))


def _is_iban(compact: str) -> bool:
    """ISO 13616: moved by four and read as one number, an IBAN leaves 1 modulo 97."""
    if len(compact) not in _IBAN_LENGTHS:
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
