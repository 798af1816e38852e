"""Cleaning and decoding: one visible line, safe text, charsets by an allow-list."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mail.clean import clean_header, clean_text, codec_for, decode_bytes, decode_header_value


@given(st.text(max_size=400))
def test_header_is_one_visible_line(value: str) -> None:
    """Nothing ends the line, hides or turns text, whatever comes in; cleaning twice changes nothing."""
    line = clean_header(value)
    assert len(line) <= 200
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(letter) for letter in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    assert clean_header(line) == line


@given(st.text(max_size=400))
def test_text_has_plain_line_ends(value: str) -> None:
    """Only `\\n` ends lines, no three in a row, no control or turning character."""  # noqa: D301 -- one escape
    text = clean_text(value)
    assert "\n\n\n" not in text
    assert not {letter for letter in text if unicodedata.category(letter) in {"Cc", "Cs"}} - {"\n"}
    assert not set(text) & set("\u202e\u2066\u200b\u2028")


def test_examples() -> None:
    """The example of the guard, and spaces of all kinds."""
    assert clean_header("a\r\nBcc: v@e\u2028\u202eb\x85c\x0b\ud800") == "a Bcc: v@e b c"
    assert clean_text("a\u00a0b\r\nc \n\n\n\nd\x00") == "a b\nc\n\nd"
    assert clean_header("x" * 300, 10) == "x" * 10


@pytest.mark.parametrize(
    "name",
    [
        "utf-8",
        "UTF8",
        "us-ascii",
        "ISO-8859-15",
        "windows-1252",
        '"iso-2022-jp"',
        "Shift_JIS",
        "gb2312",
        "koi8-r",
    ],
)
def test_known_charsets(name: str) -> None:
    """Names as mails write them have a codec."""
    codec = codec_for(name)
    assert codec is not None
    assert b"a".decode(codec) == "a"


@pytest.mark.parametrize(
    "name", ["utf-7", "idna", "punycode", "unicode_escape", "zlib", "rot13", "x", "", None, "a" * 99, "\x00"]
)
def test_other_charsets_are_not_used(name: str | None) -> None:
    """Unknown and dangerous codecs are never looked up."""
    assert codec_for(name) is None


@pytest.mark.parametrize(
    ("payload", "charset", "text", "exact"),
    [
        ("ü".encode(), "utf-8", "ü", True),
        ("ü".encode(), None, "ü", True),
        ("ü".encode(), "us-ascii", "ü", False),
        (b"\xfc", None, "ü", False),
        (b"\x80", "iso-8859-1", "€", True),
        (b"\xff", "utf-8", "\ufffd", False),
        (b"+ACI-", "utf-7", "+ACI-", False),
    ],
)
def test_decoding(payload: bytes, charset: str | None, text: str, exact: bool) -> None:
    """By name, else as UTF-8, else as Windows-1252; guesses are marked."""
    assert decode_bytes(payload, charset) == (text, exact)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?= an =?utf-8?b?4oKs?=", "Grüße an €"),
        ("=?utf-8?b?w?=", "=?utf-8?b?w?="),
        ("=?zlib?q?abc?=", "abc"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("gr\udcc3\udcbc", "grü"),
        ("gr\udcfc", "grü"),
        ("ü", "ü"),
    ],
)
def test_header_values(raw: str, text: str) -> None:
    """Encoded words, raw bytes, broken ones."""
    assert decode_header_value(raw) == text


@given(st.text(max_size=200), st.binary(max_size=200))
def test_nothing_raises(text: str, payload: bytes) -> None:
    """Any header and any bytes under any charset name give text."""
    assert isinstance(decode_header_value(text), str)
    assert isinstance(decode_header_value("=?" + text + "?="), str)
    assert isinstance(decode_bytes(payload, text)[0], str)
