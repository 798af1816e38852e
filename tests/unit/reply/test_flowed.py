"""format=flowed: texts survive wrapping, quoting and the clients that wrap them anew."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daemon.reply.flowed import WIDTH, flow, own_words, quote, unflow, unquoted

SIGNS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r")
WORDS = st.text(SIGNS.filter(lambda sign: sign != " "), min_size=1, max_size=90)
SPACES = st.sampled_from([" ", "  ", "   "])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line of words, perhaps quoted, perhaps indented, with no space at its end."""
    words = draw(st.lists(WORDS, max_size=14))
    text = "".join(word + draw(SPACES) for word in words).rstrip(" ")
    start = draw(st.sampled_from(["", "", "> ", ">> ", " ", "   ", "From ", "-- "]))
    return (start + text).rstrip(" ") if start + text != "-- " else "-- "


TEXTS = st.lists(
    lines().filter(lambda line: not line.startswith(">") or line.lstrip(">")[:1] in {"", " "})
).map("\n".join)


@settings(max_examples=40)
@given(TEXTS)
@example("-- " + "x" * 100)
@example("> -- " + "x" * 100)
@example("Best\n-- \nAnna")
@example("a\u3000")
@example(" " + "x" * 100)
@example("x " * 60 + ">y " * 30 + "z")
@example("word " * 14 + "-- and on with many more words until the line must be broken once again, here")
def test_unflowing_gives_the_text_back(text: str) -> None:
    """For every text without spaces at its lines' ends, in any script, with quotes, indents, separators."""
    assert unflow(flow(text)) == text


@settings(max_examples=20)
@given(TEXTS)
def test_flowing_twice_is_flowing_once(text: str) -> None:
    """What a client does with our wrapped text changes nothing that we compare."""
    once = unflow(flow(text))
    assert unflow(flow(once)) == once


@given(st.lists(st.text("abcdefg", min_size=1, max_size=20), min_size=1).map(" ".join), st.integers(0, 3))
def test_wrapped_lines_keep_the_width(text: str, depth: int) -> None:
    """Where there are spaces to break at, quoted or not; all lines of a paragraph but the last end in one."""
    mark = ">" * depth + " " if depth else ""
    pieces = flow(mark + text).split("\n")
    assert all(len(piece) <= WIDTH for piece in pieces)
    assert all(piece.endswith(" ") and piece.startswith(mark) for piece in pieces[:-1])


def test_a_word_longer_than_a_line_stays_whole() -> None:
    """A link or a tracking number is never cut."""
    text = "See " + "x" * 200 + " for more"
    assert "x" * 200 in flow(text)
    assert unflow(flow(text)) == text


def test_another_clients_wrapping_gives_the_same_text() -> None:
    """The same paragraph broken elsewhere, and with a stuffed line (RFC 3676, sections 4.2 and 4.4)."""
    ours = "One two three four.\n > not quoted\nFrom here on."
    for theirs in (
        "One two \nthree four.\n  > not quoted\n From here on.",
        "One \ntwo three \nfour.\n  > not quoted\nFrom here on.",
    ):
        assert unflow(theirs) == ours


def test_a_paragraph_ends_where_the_quote_depth_changes() -> None:
    """Text and quote never flow into each other (RFC 3676, section 4.5)."""
    assert unflow("> quoted \nnot quoted") == "> quoted\nnot quoted"
    assert unflow(">> deep \n> less deep") == ">> deep\n> less deep"


def test_the_signature_separator_is_a_line_of_its_own() -> None:
    """Dash, dash, space is no flowed line (RFC 3676, section 4.3)."""
    assert flow("Best\n-- \nAnna") == "Best\n-- \nAnna"
    assert unflow("Best\n-- \nAnna") == "Best\n-- \nAnna"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a\nb", "> a\n> b"),
        ("> a\n>> b", ">> a\n>>> b"),
        ("a\n\nb", "> a\n>\n> b"),
        ("", ">"),
        (" a", ">  a"),
    ],
)
def test_quoting_goes_one_level_deeper(text: str, quoted: str) -> None:
    """Without spaces at the ends of lines."""
    assert quote(text) == quoted


@settings(max_examples=20)
@given(TEXTS, TEXTS)
def test_own_words_hold_nothing_of_the_buyers(own: str, theirs: str) -> None:
    """The line that introduces the quote goes with the quote; what the writer said stays."""
    answer = "\n".join(line for line in own.split("\n") if not line.lstrip().startswith(">")).strip()
    text = f"{answer}\n\nJane wrote on 2 March 2026 at 10:00 UTC:\n{quote(theirs)}"
    assert own_words(text) == answer.strip()
    assert unquoted(text).startswith(answer.strip())


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Jane wrote on 2 March 2026 at 10:00 UTC:\n> Hello", ""),
        ("Am 2. März 2026 um 10:00 schrieb Jane:\n> Hallo\n\nGuten Tag", "Guten Tag"),
        ("You wrote that it is broken:\nI am sorry.", "You wrote that it is broken:\nI am sorry."),
        ("> Does it fit?\nYes.\n> And in red?\nNo.", "Yes.\nNo."),
    ],
)
def test_own_words_of_usual_answers(text: str, own: str) -> None:
    """Above, below and between the quotes; a sentence that only sounds like an introduction stays."""
    assert own_words(text) == own


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    """Whatever a client saved."""
    assert isinstance(unflow(text), str)
    assert own_words(unflow(flow(text))) == own_words(unflow(flow(text))).strip()
