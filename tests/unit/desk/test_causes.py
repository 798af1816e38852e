"""Why a review is bad and what an order change is about: named when the words are clear, else left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.causes import cause_of, change_of
from daemon.reply.templates import CAUSES

REVIEWS = {
    "quality": [
        "One star. The lamp broke after two days, really poor quality.",
        "Ein Stern von mir: nach einer Woche kaputt.",
        "Je laisse une étoile, l'article est arrivé cassé.",
        "Una estrella: mala calidad, se ha roto en dos días.",
        "Una stella sola, pessima qualità.",
        "星一つです。二日で壊れました。",
        "给一星，质量太差，用了两天就坏了。",
    ],
    "delivery": [
        "Terrible courier, I will say so in my feedback.",
        "Schlechte Bewertung, weil die Lieferung zwei Wochen dauerte.",
        "Avis négatif : la livraison a pris trois semaines.",
        "Mala valoración porque la entrega fue un desastre.",
        "Recensione negativa: il corriere non si è mai visto.",
        "配送が遅すぎます。低評価にしました。",
        "快递太慢，给差评。",
    ],
    "misuse": [
        "Bad review from me, the instructions make no sense.",
        "Schlechte Rezension, die Anleitung versteht niemand.",
        "Mauvais avis : beaucoup trop compliqué.",
        "Mala reseña, no entiendo las instrucciones.",
        "Recensione negativa, le istruzioni sono incomprensibili.",
        "説明書が分かりません。低い評価にしました。",
        "差评，不会用，说明书看不懂。",
    ],
    "malicious": [
        "Send me another lamp for free, otherwise I will leave a one-star review.",
        "Schicken Sie mir noch eine gratis, sonst gibt es eine schlechte Bewertung.",
        "Envoyez-m'en une gratuitement, sinon je mets un avis négatif.",
        "Quiero una compensación; de lo contrario, pondré una mala reseña.",
        "Voglio un buono, altrimenti lascio una recensione negativa.",
        "無料でもう一つ送ってください。さもないと悪いレビューを書きます。",
        "免费再送我一个，否则我给差评。",
    ],
    "": [
        "I left you a bad review.",
        "Bad review from me: I noticed rotation marks on the start button.",
        "Feel free to call it a bad review otherwise.",
        "The lamp broke and the delivery took weeks.",
        "Refund me or I will leave a bad review.",
        "Ich bin sehr enttäuscht.",
        "",
    ],
}
CHANGES = {
    "cancellation": [
        "Please cancel my order.",
        "Bitte stornieren.",
        "Je veux annuler.",
        "キャンセルしたい",
        "我想取消订单",
    ],
    "address": [
        "Wrong address, please change it.",
        "Falsche Adresse.",
        "La dirección está mal.",
        "住所を間違えました",
    ],
    "invoice": [
        "I need an invoice.",
        "Bitte eine Rechnung.",
        "La facture, merci.",
        "Vorrei la fattura.",
        "请开发票",
    ],
    "quantity": ["Can I change the quantity?", "Die Stückzahl ist falsch.", "数量を変えたい"],
    "": ["Rechnungsadresse ändern", "Cancel or change the address, please.", "Hello?"],
}


@pytest.mark.parametrize(
    ("cause", "words"), [(cause, text) for cause, texts in REVIEWS.items() for text in texts]
)
def test_the_cause_of_a_bad_review(cause: str, words: str) -> None:
    """In seven languages; two causes at once, or none, are not certain."""
    assert cause_of(words) == cause


@pytest.mark.parametrize(
    ("change", "words"), [(change, text) for change, texts in CHANGES.items() for text in texts]
)
def test_what_an_order_change_is_about(change: str, words: str) -> None:
    """One paragraph when it is clear, else all of them."""
    assert change_of(words) == change


@given(st.text(max_size=200))
def test_any_words_have_a_known_answer(words: str) -> None:
    """Whatever a buyer writes, the answer is a template's cause or nothing."""
    assert cause_of(words) in {*CAUSES, ""}
    assert change_of(words) in {*CHANGES}
