"""A sent answer becomes knowledge: the letter around it goes, and nothing of its buyer stays."""

import pytest

from daemon.reply.promotion import answer_in, personal
from daemon.reply.template_check import LANGUAGES
from daemon.reply.templates import Templates
from daemon.shipped import shipped

ORDER = "302-1234567-7654321"
STEPS = "1) Switch on Bluetooth.\n2) Hold the button for five seconds.\n\nThe ring then blinks blue."
TEMPLATES = Templates([shipped("templates")])
FACTS = {
    "buyer_name": "Mia Muster",
    "order_id": ORDER,
    "product": "Lamp",
    "usage_steps": STEPS,
    "signature": "Anna",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("manual", ["", "lumio.pdf"])
def test_only_the_answer_is_left_of_a_letter(language: str, manual: str) -> None:
    """In every language, however a client wrapped it; its own signature goes as well."""
    letter = TEMPLATES.render("usage_question", language, FACTS | {"manual": manual, "brand": "Acme"}).text
    empty = TEMPLATES.render("usage_question", language, {"signature": "Anna", "brand": "Acme"}).text
    wrapped = letter.replace(". ", ".\n")
    for text in (letter, wrapped, f"{letter}\n-- \nAnna"):
        assert answer_in(text, [empty], order_id=ORDER, buyer_name="Mia Muster") == STEPS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{STEPS}\nFor order {ORDER} we send a new one.", "an order id"),
        (f"Dear Mia, {STEPS}", "the buyer's name"),
        ("Write to anna@shop.example for the app.", "an e-mail address"),
        ("Call us: +49 30 1234567.", "a phone number"),
        ("We wrote to q7d2k9x4m1vsame as you asked.", "the buyer's Amazon address"),
        ("We ship it to 12 Long Mill Road.", "what looks like a postal address"),
        ("Wir schicken es in die Lindenstraße 14.", "what looks like a postal address"),
        ("Nous l'envoyons au 14, rue des Lilas.", "what looks like a postal address"),
        ("Lo enviamos a la calle del Olmo, 7.", "what looks like a postal address"),
        ("Lo spediamo in via dei Tigli 3.", "what looks like a postal address"),
        ("青葉区2丁目にお送りします。", "what looks like a postal address"),
        ("我们寄到和平路12号。", "what looks like a postal address"),
        ("Hold the [[button]].", "a gap"),
    ],
)
def test_what_belongs_to_one_buyer_is_named(text: str, said: str) -> None:
    """Each kind of personal data, in the languages that we write."""
    assert said in personal(
        text, relay_address="q7d2k9x4m1vsame+c@marketplace.amazon.de", buyer_name="Mia Muster"
    )


@pytest.mark.parametrize(
    "text",
    [
        STEPS,
        "Der Weg: 3 Sekunden halten.",
        "按住电源键5秒。",
        "Use 2 AA batteries, 1.5 V.",
        "Press and hold for 10 seconds.",
    ],
)
def test_an_answer_without_personal_data_passes(text: str) -> None:
    """Numbers and steps are no addresses."""
    assert (
        personal(text, relay_address="q7d2k9x4m1vsame@marketplace.amazon.de", buyer_name="Mia Muster") == []
    )


def test_a_name_without_blanks_is_found() -> None:
    """A Japanese or Chinese name stands inside the sentence."""
    assert personal("田中様、ボタンを押してください。", relay_address="", buyer_name="田中") == [
        "the buyer's name"
    ]
