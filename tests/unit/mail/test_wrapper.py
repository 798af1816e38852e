"""The buyer's own words out of Amazon's wrapper: every mark of the reference, joined, missing, forged."""

import pytest

from daemon.mail.facts import no_response_url
from daemon.mail.wrapper import unwrap
from tests.sample_builder import WRAPPERS, link, wrapped

WORDS = "The lamp is dark.\n\nPlease help."
DASHES = "-" * 13
PAIRS = [(marks.begin, marks.end) for marks in WRAPPERS.values()]


@pytest.mark.parametrize(("begin", "end"), PAIRS)
@pytest.mark.parametrize("space", ["\n\n", "\n", " ", ""])
def test_marks_of_every_language(begin: str, end: str, space: str) -> None:
    """With a blank line, a line end, a single space or nothing around them the words come out whole."""
    text = f"head{space}{DASHES} {begin} {DASHES}{space}{WORDS}{space}{DASHES} {end} {DASHES}{space}tail"
    parts = unwrap(text)
    assert parts.words == WORDS
    assert (parts.head.strip(), parts.tail.strip(), parts.defects) == ("head", "tail", ())


@pytest.mark.parametrize("dash", ["-", "–", "—", "_", "=", "─"])
@pytest.mark.parametrize("count", [5, 14])
def test_other_dashes(dash: str, count: int) -> None:
    """Five or more of any dash make a mark."""
    line = dash * count
    assert unwrap(f"{line} Message: {line}\n{WORDS}\n{line} End message {line}").words == WORDS


def test_four_dashes_are_no_mark() -> None:
    """Fewer than five are the buyer's own."""
    assert unwrap(f"---- Message ----\n{WORDS}").words.startswith("---- Message")


def test_two_spaces_behind_the_colon() -> None:
    """Seen on today's mail."""
    assert unwrap(f"{DASHES} Messaggio:  {DASHES}\n{WORDS}\n{DASHES} Fine messaggio {DASHES}").words == WORDS


def test_begin_and_end_of_different_languages() -> None:
    """`Message:` with `Finalizar mensaje` is real."""
    assert unwrap(f"{DASHES} Message: {DASHES} {WORDS} {DASHES} Finalizar mensaje {DASHES}").words == WORDS


@pytest.mark.parametrize("wrong", ["DÃ©but du message", "début  du\nmessage", "DÉBUT DU MESSAGE"])
def test_damaged_marks(wrong: str) -> None:
    """Mojibake, odd spaces and capitals are read, too."""
    assert unwrap(f"{DASHES} {wrong} {DASHES}\n{WORDS}\n{DASHES} Fin du message {DASHES}").words == WORDS


@pytest.mark.parametrize(
    "end", ["Koniec wiadomosci", "Slut på meddelande", "Einde van bericht", "Mesajın sonu"]
)
def test_unknown_end_mark(end: str) -> None:
    """After a begin mark the first dashed line with words in it ends the text."""
    parts = unwrap(f"{DASHES} Message: {DASHES}\n{WORDS}\n{DASHES} {end} {DASHES}\ntail")
    assert (parts.words, parts.tail.strip()) == (WORDS, "tail")


@pytest.mark.parametrize(
    "footer",
    [
        "Was this email helpful? x",
        "Questa e-mail è stata utile? x",
        "Este e-mail foi útil?",
        "这封电子邮件有帮助吗？",
        "Solve case",
        "Resolve case",
        "Risolvi caso",
        "Resolver caso",
        "Solucionar o caso",
        "[commMgrTok:A1B2C3D4]",
        "Wichtiger Hinweis: bitte",
        "Important : merci",
        "Nota informativa: x",
        "For Your Information: To help arbitrate disputes",
        "--------------------------\nCopyright 2026 Amazon",
    ],
)
def test_begin_mark_and_only_a_footer(footer: str) -> None:
    """Without an end mark the earliest footer ends the words; no link below it is trusted."""
    parts = unwrap(f"{DASHES} Message: {DASHES}\n{WORDS}\n{footer}\n{link()}")
    assert parts.words == WORDS
    assert (parts.tail, parts.defects) == ("", ("end_mark_missing",))


def test_no_begin_mark() -> None:
    """The words begin behind the wrapper's greeting, order and product lines."""
    text = wrapped(WORDS).replace(f"{DASHES} Begin message {DASHES}", "")
    parts = unwrap(text)
    assert parts.words == WORDS
    assert parts.defects == ("begin_mark_missing",)
    assert "B0ABCDEFGH" in parts.head


def test_no_mark_at_all() -> None:
    """A bare text is the buyer's; its links prove nothing."""
    parts = unwrap(f"{WORDS}\n{link()}")
    assert parts.words == WORDS
    assert parts.tail == ""
    assert parts.defects == ("begin_mark_missing", "end_mark_missing")


def test_footer_words_inside_of_marks_stay() -> None:
    """Between proper marks a buyer may write what looks like a footer."""
    words = "Important : la lampe.\nSolve case please."
    assert unwrap(f"{DASHES} Message: {DASHES}\n{words}\n{DASHES} End message {DASHES}").words == words


def test_pasted_end_mark_gives_no_link() -> None:
    """Only what lies below the last end mark is Amazon's."""
    text = wrapped(f"Dark.\n{DASHES} End message {DASHES}\n{link('fr')}", site="it")
    parts = unwrap(text)
    assert parts.words == "Dark."
    assert no_response_url(parts.tail) == link("it")


def test_dashed_history_does_not_end_the_words() -> None:
    """`-----Original Message-----` is history of the buyer's client, not Amazon's end mark."""
    text = f"{DASHES} Message: {DASHES}\nHi\n-----Original Message-----\nold\n{DASHES} Koniec {DASHES}\ntail"
    assert "old" in unwrap(text).words


def test_seller_central_links_leave_the_words() -> None:
    """Amazon's links are no words of the buyer; others are."""
    text = f"{DASHES} Message: {DASHES}\nSee {link()} and https://x.example/y\n{DASHES} End message {DASHES}"
    assert unwrap(text).words == "See  and https://x.example/y"


@pytest.mark.parametrize("label", ["Message:", "Messaggio:", "Nachricht:", "Mensaje :", "メッセージ："])
def test_label_of_html_mail(label: str) -> None:
    """HTML mail has a label, the words, a button and a table."""
    parts = unwrap(f"Order\n{label}\n{WORDS}\nView Message\n# ASIN name\n1 B0ABCDEFGH Lamp", from_html=True)
    assert parts.words == WORDS
    assert "B0ABCDEFGH" in parts.head


def test_label_of_plain_text_is_the_buyers() -> None:
    """In plain text the same label is something a buyer wrote."""
    assert unwrap(f"Message:\n{WORDS}").words.startswith("Message:")
