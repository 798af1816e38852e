"""Authentication-Results: who is believed, what is a fail, what is proof."""

import pytest

from daemon.mail.authentication import Verdict, judge
from daemon.mail.kinds import ReadingContext
from daemon.mail.message import Message, parse

OURS = ReadingContext(authserv_id="mx.shop.example")
TOPMOST = ReadingContext(authserv_topmost=True)
NOBODY = ReadingContext()


def mail(*fields: str, sender: str = "x@marketplace.amazon.de") -> Message:
    """A mail with these Authentication-Results, topmost first."""
    lines = [f"Authentication-Results: {field}" for field in fields]
    return parse("\n".join([*lines, f"From: {sender}", "", "hi"]).encode())


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        ("dmarc=fail", True),
        ("dkim=fail", True),
        ("spf=fail", True),
        ("dkim=pass; dmarc=fail (p=reject)", True),
        ("dkim=fail; dmarc=pass", False),
        ("dkim=fail; dkim=pass", False),
        ("spf=fail; dkim=pass", False),
        ("spf=softfail", False),
        ("dmarc=none; dkim=none; spf=neutral", False),
        ("dmarc=temperror", False),
        ("dkim=none (no signature; dmarc=fail)", False),
        ("none", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("reader", [OURS, TOPMOST, NOBODY])
def test_what_is_a_fail(result: str, failed: bool, reader: ReadingContext) -> None:
    """An explicit fail that no stronger pass outweighs; softfail, none and comments are no fail."""
    assert judge(mail(f"mx.shop.example; {result}"), reader).failed is failed


def test_missing_field_is_neither() -> None:
    """No field: not failed, not verified."""
    assert judge(mail(), OURS) == Verdict(failed=False, verified=False)


@pytest.mark.parametrize(
    ("field", "reader", "verified"),
    [
        ("mx.shop.example; dmarc=pass header.from=marketplace.amazon.de", OURS, True),
        ("MX.shop.example; dmarc=pass header.from=amazon.de", OURS, True),
        ("mx.evil.example; dmarc=pass header.from=marketplace.amazon.de", OURS, False),
        ("mx.shop.example.evil; dmarc=pass header.from=marketplace.amazon.de", OURS, False),
        ("mx.shop.example; dmarc=pass header.from=evil.example", OURS, False),
        ("mx.shop.example; dmarc=pass header.from=azon.de", OURS, False),
        ("mx.shop.example; dkim=pass header.d=amazon.de", OURS, False),
        ("mx.shop.example; dmarc=pass header.from=marketplace.amazon.de", NOBODY, False),
        ("spf=pass; dmarc=pass action=none header.from=marketplace.amazon.de", TOPMOST, True),
    ],
)
def test_what_is_verified(field: str, reader: ReadingContext, verified: bool) -> None:
    """Only DMARC for the domain of From, from the one service that is trusted."""
    assert judge(mail(field), reader).verified is verified


def test_only_the_trusted_service_counts() -> None:
    """A sender can write fields of other services, and below the topmost."""
    forged = "mx.evil.example; dmarc=pass header.from=marketplace.amazon.de"
    assert not judge(mail("spf=none", forged), TOPMOST).verified
    assert not judge(mail(forged, "mx.shop.example; dmarc=fail"), OURS).verified
    assert judge(mail(forged, "mx.shop.example; dmarc=fail"), OURS).failed
    assert not judge(mail("mx.other.example; dmarc=fail"), OURS).failed
