"""Quoted history and signatures are cut, the person's words stay."""

import pytest

from daemon.mail.quoting import own_words

WORDS = "It works now.\n\nAnna"
WHO = "Shop <support@shop.example>"


@pytest.mark.parametrize(
    "history",
    [
        f"On Mon, 23 Nov 2026 at 10:00, {WHO} wrote:\n> hi",
        f"On Mon, 23 Nov 2026 at 10:00,\n{WHO} wrote:\n> hi",
        f"Am Mo., 23. Nov. 2026 um 10:00 schrieb {WHO}:\n> Hallo",
        f"Am 23.11.26 um 10:00 schrieb Shop:\n> Hallo",  # noqa: F541 -- beside its like
        f"Le lun. 23 nov. 2026 à 10:00, {WHO} a écrit :\n> Bonjour",
        f"Il giorno lun 23 nov 2026 alle ore 10:00 {WHO} ha scritto:\n> ciao",
        f"El lun, 23 nov 2026 a las 10:00, Shop (<support@shop.example>) escribió:\n> hola",  # noqa: F541 -- the same
        f"Em seg., 23 de nov. de 2026 às 10:00, {WHO} escreveu:\n> olá",
        f"Op ma 23 nov. 2026 om 10:00 schreef {WHO}:\n> hoi",
        f"Den mån 23 nov. 2026 kl 10:00 skrev {WHO}:\n> hej",
        f"2026年11月23日(月) 10:00 {WHO}:\n> こんにちは",
        "-----Original Message-----\nFrom: Shop\nSent: Monday\nTo: Anna\nSubject: Re\n\nold",
        "-----Ursprüngliche Nachricht-----\nVon: Shop\n\nalt",
        "> Dear Anna,\n> please press reset.",
    ],
)
def test_history_is_cut(history: str) -> None:
    """Attribution lines of mail clients in many languages, Outlook's block, bare quotes."""
    assert own_words(f"{WORDS}\n\n{history}") == WORDS


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nmy lamp is dark",
        "I wrote: the lamp is dark.",
        "From: the first day on it was dark.",
        "List:\n- one\n- two\n\n---\nand more",
        "Best regards,\nAnna\n\nPS: please hurry",
        "Gesendet mit DHL, aber nie angekommen.",
        "Sie schrieb mir nicht.",
        "5 > 3",
    ],
)
def test_own_words_stay(text: str) -> None:
    """What only looks like history is the buyer's."""
    assert own_words(text) == text


def test_answers_between_quotes_stay() -> None:
    """Interleaved answers are kept, the questions go."""
    assert own_words("> Did you press reset?\nYes.\n> And now?\nStill dark.") == "Yes.\nStill dark."


def test_nothing_but_history_stays() -> None:
    """A mail that is all quotes is better shown whole than empty."""
    assert own_words("> only\n> quotes") == "> only\n> quotes"


@pytest.mark.parametrize(
    "tail",
    [
        "Sent from my iPhone",
        "Sent from Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Gesendet von meinem Samsung",
        "Envoyé de mon iPhone",
        "Inviato da iPhone",
        "Enviado desde mi iPhone",
        "iPhoneから送信",
        "--\nAnna Miller\nInvented Street 1",
    ],
)
def test_signature_is_cut(tail: str) -> None:
    """Lines that a phone adds, and a block behind two dashes."""
    assert own_words(f"{WORDS}\n\n{tail}") == WORDS


def test_long_text_behind_two_dashes_stays() -> None:
    """A block of more than eight lines is no signature."""
    text = "Hi\n--\n" + "\n".join(f"line {number}" for number in range(12))
    assert own_words(text) == text


def test_long_history_is_cut_without_the_library() -> None:
    """A text too long for the library's patterns still loses history that ours find."""
    words = "The lamp is dark. " * 900
    assert own_words(f"{words}\n\nOn 23 Nov 2026 Shop <a@b.example> wrote:\n> hi") == words.strip()
