"""The one function that makes the classifier's text, for training and for serving.

Promises: pure; never raises, whatever the text; looks at no more than `TEXT_LIMIT` characters of it, and
only with regular expressions that take linear time. Case, accents, digits and typographic variants are
levelled; what they said (stars, order id, shouting, questions) is kept as markers at the end. Of a subject
that Amazon wrote only the contact topic is left: "Inquiry from Amazon customer" stands above every mail and
says nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

TEXT_LIMIT: Final = 20_000
SUBJECT_LIMIT: Final = 300
MARK: Final = "\x01"
"""Begins every marker; a control character that is taken out of what buyers write."""

_STAR_WORD: Final = r"[ -]?(?:stars?\b|sterne?n?\b|etoiles?\b|estrellas?\b|stell[ae]\b)"
_STAR_HINTS: Final = ("star", "stern", "etoile", "estrella", "stell", "★", "星", "/5", "/1")
_SMILEYS: Final = (":)", ":-)", ":(", ":-(")


class _Sign(NamedTuple):
    """A marker: its name, a cheap hint without which the pattern cannot match, and whether the words stay."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    keep: bool


_SIGNS: Final = (
    _Sign("order", ("-",), re.compile(r"\b\d{3}-\d{7}-\d{7}\b"), keep=False),
    _Sign("url", ("http", "www."), re.compile(r"(?:https?://|www\.)\S+"), keep=False),
    _Sign("mention", ("@",), re.compile(r"(?<!\w)@\w+"), keep=False),
    _Sign("hashtag", ("#",), re.compile(r"#\w"), keep=True),
    _Sign(
        "lowstars",
        _STAR_HINTS,
        re.compile(
            rf"\b(?:[012]|zero|no|one|two|null|eine?n?|zwei|une?|una|deux|dos|due|uno){_STAR_WORD}"
            r"|(?<!★)★{1,2}(?!★)|[012一二两兩零][颗個个]?星|星[12一二](?!\d)|\b[012]/5\b"
        ),
        keep=True,
    ),
    _Sign(
        "highstars",
        _STAR_HINTS,
        re.compile(
            rf"\b(?:[45]|four|five|vier|funf|quatre|cinq|cuatro|cinco|quattro|cinque){_STAR_WORD}"
            r"|★{4,}|[45四五][颗個个]?星|星[45四五]|\b[45]/5\b|\b10/10\b"
        ),
        keep=True,
    ),
)
_REPLY: Final = re.compile(r"(?:(?:re|res|aw|wg|tr|r|sv|rv|fwd?)\s?[:：]\s*)+")
_CUSTOMER: Final = re.compile(
    r"(?:\b(?:from|von|de la part du|du|des|del|de|d'une?|of)\s)?"
    r"\b(?:amazon|client\w*(?: de)? amazon)(?![a-z])"
    r"|(?:来自)?(?:アマゾン|亚马逊|亞馬遜)|\((?:order|bestellung|commande|ordine|pedido)\b"
)
"""Where Amazon's own words begin: who asks, and about which order."""
_NO_TOPIC: Final = re.compile(
    r"(?:an )?inquiry|question|message|message pour le vendeur|frage|anfrage|nachricht|nachricht an verkaufer"
    r"|domanda|richiesta di informazioni|demande|demande de renseignements|demande d'informations|pregunta"
    r"|consulta|solicitud de informacion"
)
"""The general one of the contact topics, which is most mails', in several languages."""
_GLAD: Final = re.compile("[😀-😊😍-😎🙂😇🥰🤩👍👏🎉❤💕💖💗🙏😘]|:-?\\)")
_CROSS: Final = re.compile("[😠-😭🤬👎💩😒😡😤🙄😞😔]|:-?\\(")
_SHOUT: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3,}(?![A-Za-z0-9])")
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_WORD: Final = re.compile(r"[^\W_]+")
_LEVEL_DIGITS: Final = str.maketrans("123456789", "000000000")
_LENGTHS: Final = (6, 15, 30, 60, 110)
_PLENTY_OF_SHOUTING: Final = 3
_PLENTY_OF_EXCLAMATION: Final = 3


@dataclass(frozen=True, slots=True)
class Document:
    """What a buyer wrote: own words only, no wrapper, no quoted history, no signature.

    `language` is an ISO 639-1 code ("de", "zh") or None when nobody knows.
    """

    text: str
    subject: str = ""
    language: str | None = None


def plain(text: str) -> str:
    """`text` without differences of case, width and accent; kana keep their voicing marks."""
    if text.isascii():
        return text.lower().replace(MARK, " ")
    sound = text.encode("utf-8", "replace").decode("utf-8").replace(MARK, " ")
    folded = unicodedata.normalize("NFKC", sound).casefold()
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", folded)))


@lru_cache(maxsize=20_000)
def _levelled(word: str) -> str:
    return plain(word).translate(_LEVEL_DIGITS)


def as_written(text: str, words: Sequence[str]) -> list[str]:
    """Levelled words as the text has them; a word that stands in it in no other form stays as it is."""
    wanted, found = set(words), dict[str, str]()
    for written in _WORD.findall(text[:TEXT_LIMIT]):
        if len(found) < len(wanted) and (word := _levelled(written)) in wanted:
            found.setdefault(word, written)
    return [found.get(word, word) for word in words]


def _question_marks(text: str) -> list[str]:
    asked = text.count("?")
    marks = ["q0" if asked == 0 else "q1" if asked == 1 else "q2"]
    return [*marks, "asks"] if text.rstrip().endswith("?") else marks


def _tone(raw: str, text: str) -> list[str]:
    exclaimed = text.count("!")
    marks = ["x0" if exclaimed == 0 else "x1" if exclaimed < _PLENTY_OF_EXCLAMATION else "x3"]
    if not raw.isascii() or any(smiley in raw for smiley in _SMILEYS):
        marks += [name for name, pattern in (("glad", _GLAD), ("cross", _CROSS)) if pattern.search(raw)]
    if len(_SHOUT.findall(raw)) >= _PLENTY_OF_SHOUTING:
        marks.append("shout")
    return marks


def _length(text: str) -> str:
    words = text.count(" ") + 1 if " " in text else len(text) // 2
    return f"len{sum(words > bound for bound in _LENGTHS)}"


def _topic(subject: str) -> str:
    """A levelled subject without what stands above every mail."""
    rest = subject.strip()
    if reply := _REPLY.match(rest):
        rest = rest[reply.end() :]
    if amazon := _CUSTOMER.search(rest):
        rest = rest[: amazon.start()]
    rest = _SIGNS[0].pattern.sub(" ", rest).strip(" ,:;-")
    return "" if _NO_TOPIC.fullmatch(rest) else rest


def marked_text(document: Document) -> str:
    """Levelled text, a line break, levelled subject, markers: what the features are cut from."""
    raw = document.text[:TEXT_LIMIT]
    text = plain(raw)[:TEXT_LIMIT]
    marks: list[str] = []
    for sign in _SIGNS:
        if any(hint in text for hint in sign.hints) and sign.pattern.search(text):
            marks.append(sign.name)
            text = text if sign.keep else sign.pattern.sub(" ", text)
    marks += _question_marks(text) + _tone(raw, text) + [_length(text)]
    if document.language:
        marks.append(f"lang{plain(document.language)[:2]}")
    subject = _topic(plain(document.subject[:SUBJECT_LIMIT]))
    body = f"{text}\n{subject}".translate(_LEVEL_DIGITS)
    return f"{body}\n{' '.join(MARK + mark for mark in marks)}"
