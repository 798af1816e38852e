"""Taking harmless words out of sight before the review rules look: the claim under review, the power rating.

Promises: a reading goes in, a reading comes out in which a word of review that means something else says
nothing any more. Each look goes a bounded number of characters back and ahead, so the time is linear.

Errors: none leave this module.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from daemon.desk.policy_meanings import COMMENT, FEEDBACK, POSITIVE, REFUND, REVIEW, STARS, WISH
from daemon.desk.policy_text import Reading, Words

_BACK = 40
_AHEAD = 60
NAMES: Final = REVIEW | FEEDBACK | COMMENT | STARS
"""Every noun of review, rating, stars, feedback, comment."""

_PRODUCT = (
    r"(?:product|item|purchase|seller|shop|store|experience|brand|company|service|article)s?\b"
    r"(?!\s+(?:description|page|details?|manual|information|specifications?|photos?|images?|listing|label"
    r"|instructions?|dimensions|policy|options?|title|data))"
)
_NOUN_BEFORE = re.compile(
    r"(?:\b(?:your|a|the|this|that|any|my|product|customer|amazon|negative|positive|bad|good|great"
    r"|nice|honest"
    r"|short|stars?|another|no|new|first|one|online|poor|low|critical|favou?rable|of|leave|us"
    r"|verified)[\s-]+)$"
)
_VERB_AFTER = re.compile(
    r"\s+(?:and\s+\w{1,20}\s+)?(?:the|your|this|these|those|that|our|all|any|each|both|every|some|his"
    r"|her|its|their"
    r"|a|an|it|them|what|how|whether|why|attached|details|photos?|pictures?|everything|page|carefully)\b"
)
_PRODUCT_AFTER = re.compile(
    rf"\s+(?:(?:the|your|this|our|that|a|an|any)\s+)?(?:\w{{1,20}}\s+)?(?:{_PRODUCT}|us\b|it\s+on\s+amazon)"
)
_OWN_SUBJECT = re.compile(
    r"\b(?:we|i|they|team|amazon|warehouse|colleagues?|department|staff|manager|specialists?|to|us)"
    r"(?:'ll)?\s+(?:(?:will|can|shall|would|must|have|are|is|has|going|to|now|also|then|further"
    r"|carefully|currently)\s+){0,3}$"
)
_ENGLISH_BEFORE = re.compile(
    r"(?:\b(?:under|in|pending|upon|internal|manual|quality|claims?|case|account|further|careful|thorough"
    r"|security|safety|legal|annual|return|refund|amazon's|their|its|our|sent for|submitted for|up for"
    r"|forwarded for|technical)\s+)$"
)
_ENGLISH_AFTER = re.compile(
    r"\s+(?:process|team|period|department|board|stage|of\s+(?:your|the|this|our|all)\s+(?:case|claim"
    r"|return|request"
    r"|account|file|order|situation|issue|matter|photos?|details|documents?|complaint|damage|refund"
    r"|invoice|claim)"
    r"|(?:is|was|has been|will be)\s+(?:complete|completed|finished|done|concluded|over|pending|ongoing)"
    r"|(?:takes|took|may take|can take)\b)\b"
)
_TECHNICAL_BEFORE = re.compile(
    r"(?:\b(?:power|voltage|energy|current|ip|ip\d\d|fuse|temperature|efficiency|load|weight|wattage"
    r"|waterproof|water"
    r"|resistance|noise|fire|age|heat|pressure|amperage|watt|volt|torque|protection|nominal|safety|tog"
    r"|spf|uv|insulation"
    r"|flame|maximum|capacity|speed|wind|battery)\s+)$"
)
_TECHNICAL_AFTER = re.compile(
    r"\s+(?:plate|label|of\s+(?:ip\s?\d|\d{1,6}(?:[.,]\d{1,3})?\s?(?:w|v|a|kw|ma|mah|kg|lbs?|watts?"
    r"|volts?|amps?|hz|°"
    r"|bar|psi|degrees|tog)\b))"
)
_RATED_AFTER = re.compile(
    r"\s+(?:us|our|it|(?:the|this|your)\s+(?:\w{1,20}\s+)?(?:product|seller|item|purchase|experience"
    r"|order))\b"
)
_ARTICLE_BEFORE = re.compile(
    r"\b(?:a|the|this|that|at|shipping|exchange|success|flat|tax|interest|defect|any)\s+$"
)
_AVIS_AFTER = re.compile(
    r"\s+(?:contraire|d(?:e\s+|')(?:passage|livraison|reception|souffrance|expedition|retour|remise"
    r"|depot|paiement"
    r"|mise|transport|distribution|arrivee|prelevement))"
)
_CHANGE_OF_MIND = re.compile(
    r"\bavec (?:cet |l')$|\bchang\w{0,8}\s+(?:pas\s+)?d'$|\b(?:a\s+(?:mon|notre|votre|son)|sauf|sans)\s+$"
)
_NOTE_BEFORE = re.compile(
    r"\b(?:votre|bonne|mauvaise|meilleure|excellente|modifier la|changer la|revoir la|une)\s+$"
)
_TAKE_NOTE = re.compile(r"\b(?:pren\w{0,6}|pris)\s+(?:bonne\s+|bien\s+)?$")
_NOTE_AFTER = re.compile(r"\s+(?:de\s+(?:credit|frais|service|livraison|colis)|d'envoi|interne)")
_RATE_OBJECT = re.compile(
    r"(?:\s+|-)(?:(?:le|la|ce|cet|cette|notre|votre|el|este|nuestro|su|tu|il|questo|nostro|suo|l')\s*)?"
    r"(?:produit|article|achat|vendeur|commande|experience|producto|articulo|compra|pedido|experiencia"
    r"|vendedor|prodotto"
    r"|articolo|acquisto|venditore|nous|notre)\b"
)
_ASSESSMENT_AFTER = re.compile(
    r"\s+(?:energ\w{0,10}|(?:del(?:la|l'|lo)?|dei|des|du|de\s+(?:la|l'|los|las)|der|von)\s*(?:danno"
    r"|danni|reclamo"
    r"|reso|richiesta|caso|rischi\w{0,3}|dommages?|demande|degats|dano|danos|reclamacion|solicitud"
    r"|riesgos?|schadens?"
    r"|schäden|falls?|antrags?|lage|situation|anfrage|reklamation|retoure|rücksendung|fotos?|bilder))\b"
)
_MIND_BEFORE = re.compile(r"\b(?:de|in|our|my|nuestra|mi|unserer|meiner|a|notre|mon)\s+$")
_VOTE_AFTER = re.compile(
    r"\s+(?:dat[oi]|lasciat[oi]|assegnat[oi]|negativ[oi]|positiv[oi]|bass[oi]|alt[oi]"
    r"|su amazon|al prodotto)\b"
)
_VOTE_BEFORE = re.compile(r"\b(?:suo|tuo|vostro|bel|buon|ottimo)\s+$")
_FREE_BEFORE = re.compile(r"\bfeel\s+$|[a-z]-$")
_FREE_AFTER = re.compile(r"\s+(?:to\b|(?:from|of)\s+(?!charge|cost))")

_Judge = Callable[[str, str], bool]


def _english_review(before: str, after: str) -> bool:
    if _ENGLISH_BEFORE.search(before) or _ENGLISH_AFTER.match(after):
        return True
    if _NOUN_BEFORE.search(before) or not _VERB_AFTER.match(after):
        return False
    return not _PRODUCT_AFTER.match(after) or _OWN_SUBJECT.search(before) is not None


def _review_verb(before: str, after: str) -> bool:
    return not _PRODUCT_AFTER.match(after) or _OWN_SUBJECT.search(before) is not None


def _rating(before: str, after: str) -> bool:
    return _TECHNICAL_BEFORE.search(before) is not None or _TECHNICAL_AFTER.match(after) is not None


def _rate(before: str, after: str) -> bool:
    return not _RATED_AFTER.match(after) or _ARTICLE_BEFORE.search(before) is not None


def _avis(before: str, after: str) -> bool:
    return _CHANGE_OF_MIND.search(before) is not None or _AVIS_AFTER.match(after) is not None


def _note(before: str, after: str) -> bool:
    return (
        _NOTE_BEFORE.search(before) is None
        or _NOTE_AFTER.match(after) is not None
        or _TAKE_NOTE.search(before.removesuffix("bonne ")) is not None
    )


def _only_with_object(_before: str, after: str) -> bool:
    return _RATE_OBJECT.match(after) is None


def _assessment(_before: str, after: str) -> bool:
    return _ASSESSMENT_AFTER.match(after) is not None


def _opinion(before: str, _after: str) -> bool:
    return _MIND_BEFORE.search(before) is not None


def _free(before: str, after: str) -> bool:
    return _FREE_BEFORE.search(before) is not None or _FREE_AFTER.match(after) is not None


def _vote(before: str, after: str) -> bool:
    return _VOTE_AFTER.match(after) is None and _VOTE_BEFORE.search(before) is None


def _week(_before: str, after: str) -> bool:
    return after.startswith("期")


_OBJECT_VERBS = (
    "noter notez valorar valore calificar califique evaluar evaluer evaluez puntuar valutare valuti valutate"
)
_ASSESSMENTS = (
    "bewertung bewertungen bewerten bewertet evaluation evaluations evaluacion evaluaciones valoracion "
    "valoraciones "
    "calificacion puntuacion valutazione valutazioni giudizio"
)
_JUDGES: dict[str, tuple[int, _Judge]] = {
    "review": (REVIEW, _english_review),
    "reviews": (REVIEW, _english_review),
    "reviewed": (REVIEW, _review_verb),
    "reviewing": (REVIEW, _review_verb),
    "rating": (REVIEW, _rating),
    "ratings": (REVIEW, _rating),
    "rate": (REVIEW, _rate),
    "rated": (REVIEW, _rate),
    "avis": (REVIEW, _avis),
    "note": (REVIEW, _note),
    "free": (REFUND, _free),
    "voto": (REVIEW, _vote),
    "voti": (REVIEW, _vote),
    **dict.fromkeys(["一星", "二星", "两星", "四星", "五星"], (STARS | POSITIVE, _week)),
    **dict.fromkeys(_OBJECT_VERBS.split(), (REVIEW, _only_with_object)),
    **dict.fromkeys(_ASSESSMENTS.split(), (REVIEW, _assessment)),
    **dict.fromkeys(["opinion", "opiniones", "opinione", "opinioni", "meinung"], (COMMENT, _opinion)),
}


def without_harmless(reading: Reading) -> Reading:
    """The same reading, in which words of review in another sense carry no such meaning."""
    if not reading.meanings & NAMES:
        return reading
    words, folded = reading.words, reading.folded
    meanings = list(words.meanings)
    for index, meaning in enumerate(meanings):
        if meaning & REVIEW and (meaning & FEEDBACK or _inside_feedback(words, index, meanings)):
            meanings[index] &= ~REVIEW
        elif meaning & (NAMES | REFUND):
            bit, judge = _JUDGES.get(words.texts[index], (0, None))
            start, end = words.starts[index], words.ends[index]
            if judge is not None and judge(folded[max(0, start - _BACK) : start], folded[end : end + _AHEAD]):
                # what is no review is no wish or request about one either
                meanings[index] &= ~(bit | WISH)
    return _with(reading, meanings)


def _inside_feedback(words: Words, index: int, meanings: list[int]) -> bool:
    """Whether this is the end of a longer entry such as 出品者評価, seller feedback."""
    before = range(max(0, index - 4), index)
    return any(meanings[other] & FEEDBACK and words.ends[other] >= words.ends[index] for other in before)


def _with(reading: Reading, meanings: list[int]) -> Reading:
    sentences = []
    union = 0
    for sentence in reading.sentences:
        said = 0
        for index in sentence.indices:
            said |= meanings[index]
        union |= said
        sentences.append(replace(sentence, meanings=said))
    words = reading.words
    return replace(
        reading,
        words=Words(words.starts, words.ends, words.texts, meanings),
        sentences=tuple(sentences),
        meanings=union,
    )
