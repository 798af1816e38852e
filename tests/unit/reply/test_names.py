"""No name is better than a wrong one."""

import pytest

from daemon.reply.names import LONGEST, usable_name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Anna", "Anna"),
        ("  Anna   Schmidt ", "Anna Schmidt"),
        ("anna", "Anna"),
        ("ANNA-LENA", "Anna-Lena"),
        ("MARTINA", "Martina"),
        ("José María", "José María"),
        ("Jean-Luc d’Été", "Jean-Luc d’Été"),
        ("Sinéad O'Brien", "Sinéad O'Brien"),
        ("J. Smith", "J. Smith"),
        ("Anna - Amazon Marketplace", "Anna"),
        ("Anna - Marketplace d'Amazon.fr", "Anna"),
        ("Marie–Marketplace Amazon", "Marie"),
        ("李雷", "李雷"),
        ("李", "李"),
        ("山田 太郎", "山田 太郎"),
        ("サラ・コナー", "サラ・コナー"),
        ("Παῦλος", "Παῦλος"),
        ("Müller", "Müller"),
        ("ALI BABA KHAN", ""),
        ("Mu\u0308ller", "Müller"),
    ],
)
def test_names_that_greet_well(raw: str, name: str) -> None:
    """Names of people in any script are kept, with the capitals of a letter."""
    assert usable_name(raw) == name


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        "anna92",
        "Anna@example",
        "anna_schmidt",
        "Amazon Customer",
        "Amazon",
        "amazon.de",
        "Kunde",
        "Kundenservice",
        "Einkauf",
        "Guest",
        "Cliente",
        "お客様",
        "深圳某某有限公司",
        "株式会社サンプル",
        "BMW",
        "IKEA",
        "MCDONALD",
        "anna schmidt",
        "Acme GmbH",
        "Acme Ltd.",
        "Muster e.K.",
        "Rossi S.r.l.",
        "Dupont SARL",
        "A",
        "A. B.",
        "J.R.",
        "Dr <script>",
        "[[tracking number]]",
        "{{ buyer_name }}",
        "Anna\u202eannA",
        "Anna\x00",
        "Anna, Bob & Eve",
        "Anna 😊",
        "http://shop.example",
        "Anna Berta Carla Dora Emma",
        "x" * (LONGEST + 1),
        "Anna's Shop",
        "n/a",
    ],
)
def test_what_is_no_name(raw: str) -> None:
    """Companies, roles, user names, abbreviations and signs are dropped."""
    assert usable_name(raw) == ""


def test_line_breaks_never_reach_a_greeting() -> None:
    """A break inside a name is a space, so that no second line can be forged."""
    assert usable_name("Anna\r\nSchmidt") == "Anna Schmidt"
