"""Language of short texts: right where it can be, unknown where it cannot, and cheap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mail.amazon import SITES
from daemon.mail.language import LATIN, detect

TEXTS = {
    "en": ("Where is my order?", "The lamp arrived broken", "thanks, solved", "refund please", "Not working"),
    "de": ("Wo ist meine Bestellung?", "Danke, hat sich erledigt", "Funktioniert nicht", "falsche Größe"),
    "fr": ("Où est ma commande ?", "merci, c'est réglé", "Ne fonctionne pas", "toujours rien reçu"),
    "es": ("¿Dónde está mi pedido?", "gracias, ya está solucionado", "todavía no llega nada"),
    "it": ("Dov'è il mio ordine?", "grazie, risolto", "Non funziona", "ancora niente"),
    "nl": ("Waar is mijn bestelling?", "bedankt, opgelost", "Werkt niet", "verkeerde maat"),
    "pl": ("Gdzie jest moje zamówienie?", "dziękuję, rozwiązane", "Nie działa"),
    "sv": ("Var är min beställning?", "tack, det är löst", "Fungerar inte"),
    "pt": ("Onde está o meu pedido?", "obrigado, já foi resolvido", "Não funciona"),
    "tr": ("Siparişim nerede?", "teşekkürler, çözüldü", "Çalışmıyor"),
    "ja": ("注文した商品はどこですか", "サイズ違い"),
    "zh": ("我的订单在哪里？", "没收到货"),
    "ko": ("주문한 상품이 어디에 있나요?",),
    "ar": ("أين طلبي؟",),
    "ru": ("Где мой заказ?",),
}
HOME = {"en": "com", "pt": "com.br", "sv": "se", "tr": "com.tr", "ja": "co.jp"}


@pytest.mark.parametrize(
    ("language", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts]
)
def test_short_text(language: str, text: str) -> None:
    """A few words are enough, above all on the buyer's own marketplace."""
    assert detect(text, SITES.get(HOME.get(language, language), ())) == language


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "pt", "tr"])
def test_marketplace_does_not_overrule_clear_words(language: str) -> None:
    """A whole sentence keeps its language on a foreign marketplace."""
    expected = SITES["it"] if language != "it" else SITES["de"]
    assert detect(" ".join(TEXTS[language]), expected) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "ok",
        "12345",
        "B0ABCDEFGH",
        "302-1234567-7654321",
        "👍",
        "https://example.com/x",
        "1Z999AA10123456784",
    ],
)
def test_unknown_is_an_answer(text: str) -> None:
    """Ids, links and signs have no language."""
    assert detect(text) is None


def test_marketplace_settles_a_tie() -> None:
    """Words that two languages share go with the marketplace."""
    assert detect("No funciona", SITES["es"]) == "es"
    assert detect("reembolso por favor", SITES["com.br"]) in {"pt", "es"}


@given(st.text(max_size=200))
def test_any_text_has_a_language_or_none(text: str) -> None:
    """Nothing raises, and only known codes come out."""
    assert detect(text) in {None, *LATIN, "ja", "zh", "ko", "ar", "ru"}
