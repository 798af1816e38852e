"""No rule takes more than linear time, and no content makes the guard raise."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.desk.policy import Outgoing, Severity, examine

SMALL, LARGE = 40_000, 80_000
UNITS = [
    *(
        "a",
        "0",
        "1 ",
        "12.",
        "@",
        "a@",
        "a@a.",
        "a.a.",
        "a-",
        "(at) ",
        "a at b dot ",
        ".com",
        "www.a.",
        "https://a",
    ),
    *("<", "<img", "[[", "{a", "%a", "\n ", "\n\n", "!?", "。", "\u200b", "é", "😀", "★", "_", '"'),
    *(
        "review ",
        "change review ",
        "change, review we ",
        "what is a review of the ",
        "thank you ",
        "if happy ",
    ),
    *(
        "five stars we give ",
        "pay $5 review ",
        "take the review ",
        "please cancel ",
        "claim withdraw ",
        "call us ",
    ),
    *(
        "our other ",
        "not a b c d paypal ",
        "amazon has closed ",
        "+49 ",
        "DE89 3704 ",
        "302-1234567-7654321 ",
    ),
    *(
        "我们评价后修改",
        "レビューを",
        "变更を",
        "五星",
        "请取消",
        "キャンセル",
        "お",
        "1z",
        "order x ",
        "dhl.de ",
    ),
]


def seconds(unit: str, size: int) -> float:
    """CPU time for a text of `size` characters made of one unit."""
    text = (unit * (size // len(unit) + 1))[:size]
    began = time.process_time()
    examine(Outgoing(text=text, known_personal_data=("Musterweg 12, 12345 Berlin",)))
    return time.process_time() - began


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    """Twice the text takes less than three times as long; the best of three looks, since machines stutter."""
    ratios = []
    for _ in range(3):
        small, large = seconds(unit, SMALL), seconds(unit, LARGE)
        ratios.append(large / small)
        if ratios[-1] < 3 or large < 0.05:
            break
    assert min(ratios) < 3 or large < 0.05
    assert large < 20


WORDS = st.sampled_from(
    [
        *(
            "review",
            "change",
            "remove",
            "your",
            "our",
            "you",
            "we",
            "please",
            "could",
            "refund",
            "gift",
            "if",
            "happy",
        ),
        *(
            "not",
            "5",
            "stars",
            "leave",
            "take",
            "down",
            "back",
            "Bewertung",
            "ändern",
            "Sie",
            "avis",
            "d'",
            "modifier",
        ),
        *(
            "reseña",
            "cambiar",
            "recensione",
            "レビュー",
            "を",
            "削除",
            "してください",
            "评价",
            "把",
            "修改",
            "了",
            "五星",
            "期",
        ),
        *(
            "call",
            "us",
            "@",
            "a.de",
            "+49",
            "030",
            "1234567",
            "cancel",
            "order",
            "claim",
            "withdraw",
            "PayPal",
            "IBAN",
        ),
        *(
            "[[",
            "]]",
            "{x}",
            ".",
            ",",
            ";",
            "?",
            "!",
            " ",
            "\n",
            "😊",
            "free",
            "https://",
            "amazon.de/dp/",
            "Amazon",
        ),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(WORDS, max_size=60).map(" ".join),
    st.lists(WORDS, max_size=60).map("".join),
)
NAMES = st.one_of(st.none(), st.text(max_size=40))


@settings(max_examples=400, deadline=None)
@given(
    text=TEXTS,
    subject=TEXTS,
    html=st.one_of(st.none(), TEXTS),
    name=NAMES,
    data=st.lists(st.text(max_size=30), max_size=3),
)
def test_no_content_makes_the_guard_raise(
    text: str, subject: str, html: str | None, name: str | None, data: list[str]
) -> None:
    """Any text in any field; each finding names a rule, and its excerpt is one short line."""
    outgoing = Outgoing(
        subject=subject,
        text=text,
        html=html,
        attachments=((name or "", "x/y", 1),),
        recipient=name,
        relay=name,
        sender=name,
        approved_senders=tuple(data),
        order_id=name,
        buyer_language=name,
        reply_language=subject[:5],
        known_personal_data=tuple(data),
    )
    for finding in examine(outgoing):
        assert finding.severity in set(Severity)
        assert "\n" not in finding.excerpt


@given(text=TEXTS)
@settings(max_examples=100, deadline=None)
def test_examining_twice_gives_the_same(text: str) -> None:
    """Nothing is remembered from one reply to the next."""
    assert examine(Outgoing(text=text)) == examine(Outgoing(text=text))
