"""The language of a person's own words; unknown is an answer, too.

Script decides for Japanese, Chinese, Korean, Arabic and Cyrillic. For Latin script lingua's small model
(trigrams; 23 MB, no start-up training) is asked; function words settle what is too short for it, and the
marketplace is a prior that may tip a near tie and never overrules clear words. `docs/why.md` has the figures.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

LATIN = ("en", "de", "fr", "it", "es", "nl", "pl", "sv", "pt", "tr")
_SAMPLE = 400
_LEAST_LETTERS = 4
_CONFIDENT = 0.45
_PRIOR_FIRST, _PRIOR_OTHER = 4.0, 1.5
_PER_WORD = 2.2
_PER_LETTER = 3.0
_PLAIN = 3
# the small model is too sure of itself on a few words; measured: 8 wrong of 162 without, 3 with
_SOFTEN = 0.7
_LINKS = re.compile(r"(?:https?://|www\.)\S{1,500}|\S{1,80}@\S{1,80}|\b[A-Z0-9-]*\d[A-Z0-9-]*\b", re.ASCII)
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# letters and signs that one language has and its neighbours hardly
_LETTERS: Mapping[str, re.Pattern[str]] = {
    "de": re.compile("ß"),
    "es": re.compile("[¿¡ñ]"),
    "pt": re.compile("[ãõ]"),
    "pl": re.compile("[łśżźąęćń]"),
    "sv": re.compile("å"),
    "tr": re.compile("[ığş]"),
    "fr": re.compile(r"[œêùûë]|\b[ldjcn]'"),
}
# words that hardly any of the other languages has in this spelling
_FUNCTION_WORDS: Mapping[str, str] = {
    "en": "the is my where was have how can not please you with it thanks thank hello order arrived broken"
    " and to this would like of when does refund return i'm don't what good great received still cancel"
    " missing working",
    "de": "der die das ist ich nicht mein meine wo und bitte wie kann danke mit es hallo bestellung kaputt"
    " wurde habe wann sehr noch den dem ein eine für guten zurück lieferung artikel paket stornieren"
    " funktioniert rechnung möchte an zu",
    "fr": "le la est je ne pas mon ma où et merci comment avec bonjour commande les des une pour quand reçu"
    " colis cassé vous c'est j'ai du au toujours très remboursement svp s'il plaît facture annuler"
    " produit souhaite fonctionne cet article pièce",
    "it": "il è non mio mia dove e grazie come con ciao buongiorno ordine gli della una per quando rotto"
    " rotta ho salve vorrei ancora arrivato pacco sono dov'è del che rimborso molto funziona favore"
    " fattura annullare restituire prodotto",
    "es": "el está no mi dónde y gracias cómo con hola pedido los una para cuándo roto rota he quiero llegado"
    " todavía buenos días muy del que lo reembolso paquete donde esta funciona cancelar factura producto"
    " pieza por favor vale quisiera devolver",
    "nl": "de het is ik niet mijn waar en bedankt hoe met hallo bestelling een voor wanneer kapot heb graag"
    " nog geen pakket alstublieft ontvangen dank wil dit retourneren annuleren werkt verkeerde factuur"
    " op",
    "pl": "nie jest moje mój gdzie i dziękuję jak z dzień dobry zamówienie proszę kiedy czy się na paczka do"
    " mam uszkodzony zwrot działa fakturę zamówienia produkt chcę",
    "sv": "är jag inte min var och tack hur med hej beställning en för när trasig ett det vill har på paket"
    " ännu fått produkt fungerar fel returnera varan",
    "pt": "o não meu minha onde e obrigado obrigada como com olá pedido os uma para quando quebrado está do"
    " da ainda muito recebi você chegou foi já bom dia ao celular encomenda falta cancelar nota fiscal"
    " funciona por favor peça devolver tamanho",
    "tr": "bir ve değil nerede teşekkürler nasıl ile merhaba sipariş siparişim lütfen ürün için ne zaman bu"
    " çok gelmedi iade kargo",
}
_LANGUAGES_OF_WORD: dict[str, tuple[str, ...]] = {}
for _language, _words in _FUNCTION_WORDS.items():
    for _each in _words.split():
        _LANGUAGES_OF_WORD[_each] = (*_LANGUAGES_OF_WORD.get(_each, ()), _language)


def detect(text: str, expected: tuple[str, ...] = ()) -> str | None:
    """ISO 639-1 code of `text`, or None; `expected` are the marketplace's languages, most likely first."""
    sample = _LINKS.sub(" ", text[: _SAMPLE * 2])[:_SAMPLE]
    by_script = _by_script(sample)
    if by_script is not None:
        return by_script
    words = [word.lower() for word in _WORD.findall(sample)]
    if sum(map(len, words)) < _LEAST_LETTERS:
        return None
    return _by_words(sample.lower(), words, expected)


def _by_script(sample: str) -> str | None:
    letters = len(_WORD.findall(sample)) + 1
    if _KANA.search(sample):
        return "ja"
    for pattern, language in ((_HAN, "zh"), (_HANGUL, "ko"), (_ARABIC, "ar"), (_CYRILLIC, "ru")):
        if len(pattern.findall(sample)) * 2 > letters:
            return language
    return None


def _by_words(line: str, words: list[str], expected: tuple[str, ...]) -> str | None:
    hits = _hits(words)
    second, first = sorted(hits.values())[-2:]
    if first >= _PLAIN and first >= _PLAIN * second:
        return max(
            hits, key=lambda language: hits[language]
        )  # clear without the model, at a third of its cost
    scores = _model_scores(line)
    weighted = {
        language: (scores.get(language, 0.0) + 0.01) ** _SOFTEN
        * _PER_WORD ** min(hits[language], 6)
        * (_PER_LETTER if language in _LETTERS and _LETTERS[language].search(line) else 1)
        * _prior(language, expected)
        for language in LATIN
    }
    best = max(weighted, key=lambda language: weighted[language])
    share = weighted[best] / sum(weighted.values())
    return best if share >= _CONFIDENT else None


def _hits(words: list[str]) -> dict[str, float]:
    """How many function words of each language are there; a word of several languages is shared out."""
    hits = dict.fromkeys(LATIN, 0.0)
    for word in words:
        owners = _LANGUAGES_OF_WORD.get(word, ())
        for language in owners:
            hits[language] += 1 / len(owners)
    return hits


def _prior(language: str, expected: tuple[str, ...]) -> float:
    if language not in expected:
        return 1
    return _PRIOR_FIRST if language == expected[0] else _PRIOR_OTHER


def _model_scores(line: str) -> dict[str, float]:
    values = _detector().compute_language_confidence_values(line)
    return {value.language.iso_code_639_1.name.lower(): value.value for value in values}


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in LATIN]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
