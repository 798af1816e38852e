"""Invented buyers' mails for the benchmarks: multipart/alternative, 3.5 KB on average, no two alike."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from tests.sample_builder import mail, multipart, part, relay, wrapped

CORPUS = Path(__file__).parents[1] / "classifier" / "corpus"
SITES = {"en": "com", "de": "de", "fr": "fr", "es": "es", "it": "it"}
ROWS = '<tr><td style="font-family: Arial, sans-serif; color: #333333">{}</td></tr>\n'


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Language and words of everything in the corpus that asks for an answer."""
    rows = (
        json.loads(line)
        for language in SITES
        for file in sorted(CORPUS.glob(f"{language}-*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    )
    return tuple((row["lang"], row["text"]) for row in rows if row["label"] != "no_reply_needed")


def buyer_mail(number: int) -> bytes:
    """One mail as Amazon relays it; every number is another buyer with another order."""
    language, words = texts()[number * 7 % len(texts())]
    site, order = SITES[language], f"302-{number:07}-7654321"
    text = wrapped(words, language, site=site, order=order)
    markup = (
        f"<html><body><table>{''.join(ROWS.format(line) for line in text.splitlines())}</table></body></html>"
    )
    address = relay(site, "Anna", alias=f"q7d2k9x4m{number:06d}")
    headers: dict[str, str | None] = {
        "From": address,
        "Reply-To": address,
        "DKIM-Signature": f"v=1; d=amazon.{site}; s=abc;\n h=Date:From:To; bh={'a' * 44}; b={'b' * 180}",
        "Date": format_datetime(datetime.now(UTC) - timedelta(minutes=5)),
        "Subject": f"Inquiry from Amazon customer Anna (Order: {order})",
        "X-Space-Notification-Type": "BBC_MESSAGE_SENT_TO_MERCHANT",
    }
    parts = multipart(part("text/plain", text), part("text/html", markup), kind="multipart/alternative")
    return mail(f"bench-{number}", headers, parts).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def buyer_mails(count: int) -> Iterator[bytes]:
    """That many of them."""
    return (buyer_mail(number) for number in range(count))
