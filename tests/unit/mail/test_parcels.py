"""Carriers and tracking numbers."""

import pytest

from daemon.mail.parcels import carriers, tracking_numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("it is 1Z999AA10123456784 here", "1Z999AA10123456784"),
        ("TBA123456789012", "TBA123456789012"),
        ("RR123456789DE", "RR123456789DE"),
        ("00340434161094000000", "00340434161094000000"),
        ("Tracking number: 9400 1000 0000", "940010000000"),
        ("tracking no is 4711-0815-22", "4711081522"),
        ("Sendungsnummer 12345678901234", "12345678901234"),
        ("numéro de suivi : 6A12345678901", "6A12345678901"),
        ("número de seguimiento 1234567890", "1234567890"),
        ("código de rastreio AA123456789BR", "AA123456789BR"),
        ("追跡番号：1234-5678-9012", "123456789012"),
    ],
)
def test_tracking_number(text: str, number: str) -> None:
    """By its own shape, or beside a word for tracking; without spaces and dashes."""
    assert tracking_numbers(text) == (number,)


@pytest.mark.parametrize(
    "text",
    [
        "order 302-1234567-7654321",
        "tracking 302-1234567-7654321",
        "serial 1234567890",
        "tracking says delivered on Monday",
        "",
    ],
)
def test_no_tracking_number(text: str) -> None:
    """Order ids, other numbers and plain words are none."""
    assert tracking_numbers(text) == ()


def test_carriers() -> None:
    """Whole names only, once each, small letters."""
    assert carriers("DHL and dhl, Royal Mail, groups, ヤマト") == ("dhl", "royal mail", "ヤマト")
