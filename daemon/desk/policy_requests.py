"""PG22 and PG23: asking the buyer to cancel the order, or to withdraw a claim.

Promises: a sentence is reported once; every look around a word is bounded, so the time is linear.
Amazon's own sentence ("You can cancel the order in your Amazon account at ...", G201722390) asks for nothing
and passes in every language.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from typing import Final

from daemon.desk import policy_meanings as lex
from daemon.desk.policy_model import Hit, Outgoing
from daemon.desk.policy_text import Reading, Sentence

_BACK: Final = 75
_ASKED = re.compile(
    r"\b(?:please|kindly|could you|would you|can you|will you|(?:ask|need|urge|want|request|advise"
    r"|like) (?:that )?you|you (?:need to|must"
    r"|should|have to|will have to|had better|might want to)|be so kind|go ahead and|asking you|invite you"
    r"|(?:is|be) that you|(?:best|easier|easiest|grateful|appreciate\w{0,2}|helpful|nice|good|kind"
    r"|great|better|thankful|simplest|simpler)(?: it)? if you|bitte\w{0,2}|könnten sie|würden sie"
    r"|können sie|sie (?:müssen|müssten|sollten)|(?:nett|gut|schön|einfacher|dankbar|am besten"
    r"|einfachsten|besser)(?: (?:ist|wäre) es)?\W{1,3}wenn sie|kannst du|könntest du"
    r"|merci d|veuillez|pourriez|pouvez-vous|vous (?:prions|demandons|invitons|conseillons|prie"
    r"|demande)|vous (?:devez|devriez)|il faudrait que vous|s'il vous plait"
    r"|por favor|podria|puede usted|rogamos|pedimos|ruego|debe|deberia|tiene que|seria tan amable|aconsejamos"
    r"|preghiamo|prego|chiediamo|invitiamo|potrebbe|potreste|per favore|per cortesia|cortesemente"
    r"|gentilmente|deve|dovrebbe|consigliamo)\b"
    r"(?P<gap>[^.;:!?]{0,60})$"
)
_INDIRECT = re.compile(
    r"\b(?:we|us|i|let|tell|know|note|confirm|inform|whether|not be|no longer be|be|been|wir|uns|ob"
    r"|mitteilen|teilen|sagen|dass|bestätig\w{0,4}"
    r"|beachten|falls|nous|dites|indiqu\w{1,4}|confirm\w{0,4}|si vous|noter|diganos|indiquenos"
    r"|avisenos|nosotros|si|ci|dica|comunichi|confermi|se"
    r"|dobbiamo|verständnis|understand|patience|wait|warten|patienter|esperar|attendere|answer|reply"
    r"|antworten)\b"
)
_NOUN = re.compile(r"cancellation|stornierung|storno|annulation|cancelacion|annullamento|cancellazione")
_APPLIES = re.compile(
    r"request|submit|place|start|initiat|beantrag|veranlass|demand|proced|solicit|richied|richiest"
    r"|effectu|realiz|tramit|make|send|führ|fuehr|nehm|手"
)
_OTHER_OBJECT = re.compile(
    r"[^.;!?]{0,25}\b(?:return|subscription|claim|a-to-z|chargeback|dispute|review|feedback|prime"
    r"|rückgabe\w{0,8}|retoure|abo|abonnement|antrag|retour|reclamacion"
    r"|reclamation|suscripcion|devolucion|reso|abbonamento|reclamo|resena|recensione|avis|bewertung"
    r"|rezension|filiale|noise)\b"
)
_IMPERATIVE = re.compile(
    r"(?:stornieren sie|cancel (?:the|your|this|it)|annulez|cancele|cancelen|annulli|annullate|cancelli)\b"
)
_JAPANESE = re.compile(
    r"キャンセル(?:の)?(?:お?手続きを?|申請を?|を)?[^。、]{0,6}(?:して(?:いただ|頂|くだ|下さ|もら|ほし)|お願い|いただけ|頂け|ください|下さい)"
)
_CHINESE = re.compile(
    r"(?:请|麻烦|能否|可否|劳烦|能不能|希望|恳请|需要您|必须|請|麻煩|勞煩)(?P<gap>[^。!?,;，]{0,14})取消(?![了关])(?!.{0,6}(?:索赔|拒付|评|评价|订阅))"
)
_CHINESE_INDIRECT = re.compile("告|联系|我们|通知|如|是否|聯繫|我們|放心|理解|注意")

_CLAIM_WINDOW: Final = 60
_OWN_ACT = re.compile(
    r"\b(?:amazon|we|wir|nous|noi|nosotros|hemos|abbiamo|avons|they|carrier)\b(?P<gap>[^,;.!?]{0,45})$"
)
_ADDRESSED = re.compile(
    r"\b(?:you|sie|vous|usted|lei|le|la|ihnen|te|ask|bitten|preghiamo|prions|rogamos|chiediamo)\b"
)
_DONE = re.compile(
    r"\b(?:has|have|had|was|were|is|are|wurde|wird|ist|ete|est|sido|fue|esta|stat[oa]|e)(?: (?:been"
    r"|now|already|bereits|gia|ya|deja))?\s$"
)
_RETURN_WORD = re.compile(r"^(?:rück(?!buch)|rueck(?!buch)|retour)|(?:返品|返金|キャンセル|退货|退款)$")


def check(reading: Reading, _outgoing: Outgoing) -> Iterator[Hit]:
    """All findings of PG22 and PG23."""
    if not reading.meanings & (lex.CANCEL | lex.CLAIM):
        return
    for sentence in reading.sentences:
        if sentence.meanings & lex.CANCEL:
            place = _cancel(reading, sentence)
            if place is not None:
                yield Hit("pg22_cancel_request", reading.excerpt(*place))
        if sentence.meanings & lex.CLAIM and sentence.meanings & (lex.WITHDRAW | lex.SPLIT):
            place = _withdraw(reading, sentence)
            if place is not None:
                yield Hit("pg23_claim_withdrawal", reading.excerpt(*place))


def _cancel(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    words = reading.words
    for index in sentence.indices:
        latin = words.meanings[index] & lex.CANCEL and words.texts[index][0] < "\u3000"
        if latin and _asked_to_cancel(reading, sentence, index):
            return words.starts[index], words.ends[index]
    if not reading.cjk:
        return None
    japanese = _JAPANESE.search(reading.folded, sentence.start, sentence.end)
    if japanese is not None:
        return japanese.span()
    for match in _CHINESE.finditer(reading.folded, sentence.start, sentence.end):
        if not _CHINESE_INDIRECT.search(match["gap"]):
            return match.span()
    return None


def _asked_to_cancel(reading: Reading, sentence: Sentence, index: int) -> bool:
    words, folded = reading.words, reading.folded
    start, end = words.starts[index], words.ends[index]
    if _OTHER_OBJECT.match(folded, end, end + 60):
        return False
    if index == sentence.first and _IMPERATIVE.match(folded, start):
        return True
    asked = _ASKED.search(folded[max(sentence.start, start - _BACK) : start].replace("\n", " "))
    if asked is None or _INDIRECT.search(asked["gap"]):
        return False
    return not _NOUN.match(words.texts[index]) or _APPLIES.search(asked["gap"]) is not None


def _withdraw(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    """The nearest verb and noun within 60 characters; what Amazon or we ourselves do is no request."""
    words = reading.words
    last: dict[int, int] = {}
    for index in sentence.indices:
        meaning = words.meanings[index]
        if meaning & lex.CLAIM and not _of_return(reading, index):
            last[lex.CLAIM] = index
            if _in_two_parts(reading, sentence, index):
                return words.starts[index], words.ends[index]
            verb = last.get(lex.WITHDRAW)
            if verb is not None and words.starts[index] - words.ends[verb] <= _CLAIM_WINDOW:
                return words.starts[verb], words.ends[index]
        if meaning & (lex.WITHDRAW | lex.SPLIT) and _asks_to_withdraw(reading, sentence, index):
            last[lex.WITHDRAW] = index
            noun = last.get(lex.CLAIM)
            if noun is not None and words.starts[index] - words.ends[noun] <= _CLAIM_WINDOW:
                return words.starts[noun], words.ends[index]
    return None


def _in_two_parts(reading: Reading, sentence: Sentence, noun: int) -> bool:
    """Whether the verb stands on both sides of the noun: "nehmen Sie die Beschwerde zurück"."""
    words = reading.words
    before = range(max(sentence.first, noun - 6), noun)
    after = words.texts[noun + 1 : min(noun + 5, sentence.last)]
    return any(words.meanings[index] & lex.SPLIT for index in before) and bool(
        {"zurück", "zurueck", "back"} & set(after)
    )


def _of_return(reading: Reading, index: int) -> bool:
    words = reading.words
    before = reading.folded[max(0, words.starts[index] - 5) : words.starts[index]]
    return _RETURN_WORD.search(words.texts[index]) is not None or _RETURN_WORD.search(before) is not None


def _asks_to_withdraw(reading: Reading, sentence: Sentence, index: int) -> bool:
    words, folded = reading.words, reading.folded
    start, end = words.starts[index], words.ends[index]
    before = folded[max(sentence.start, start - _BACK) : start]
    if words.texts[index][0] > "\u3000":
        after = folded[end : end + 6]
        return not (
            after.startswith("了")
            or "ました" in after
            or "いたします" in after
            or re.search("已|我们|我們", before[-8:])
        )
    if words.meanings[index] & lex.SPLIT and not words.meanings[index] & lex.WITHDRAW:
        return False
    if words.texts[index] == "ziehen" and re.search(r"\bzurück|\bzurueck", folded[end : end + 70]) is None:
        return False
    if _DONE.search(before):
        return False
    own = _OWN_ACT.search(before)
    return own is None or _ADDRESSED.search(own["gap"]) is not None
