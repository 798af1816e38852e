"""Mails a second through the whole of reading, beside the standard library parsing the same mails.

    python -m benchmarks read [--seconds 2]

The mails are typical ones of about 6 KB (multipart/alternative, quoted-printable, an Amazon wrapper), each a
little different so that nothing is served from a cache. One core. `read` is parse and understand together;
the others only parse, and `mail-parser` is there as the library that one would take instead.
"""

import argparse
import email
import email.policy
import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import mailparser

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.kit import Figures, Options, show  # noqa: E402 -- the path must be set before
from daemon.mail.message import parse  # noqa: E402 -- the path must be set before
from daemon.mail.understanding import ReadingContext, understand  # noqa: E402 -- the same
from tests.sample_builder import mail, multipart, part, relay, wrapped  # noqa: E402 -- the same

READER = ReadingContext(own_addresses=frozenset({"support@shop.example"}), authserv_id="mx.shop.example")
TEXTS = (
    (
        "de",
        "de",
        "Guten Tag, die Lampe kam gestern kaputt an, der Schirm hat einen Riss. Bitte um Ersatz. Danke!",
    ),
    (
        "fr",
        "fr",
        "Bonjour, le colis est indiqué comme livré mais je n'ai rien reçu. Pouvez-vous vérifier ? Merci",
    ),
    (
        "it",
        "it",
        "Buongiorno, la lampada non si accende. Come posso restituirla e avere il rimborso? Grazie, Anna",
    ),
    ("com", "en", "Hello, how do I pair the lamp with my phone? The manual does not say. Regards, Anna"),
    ("es", "es", "Hola, el pedido llegó sin tornillos. ¿Me pueden enviar los que faltan? Gracias, Anna"),
)
TARGET = 300


def typical(number: int) -> bytes:
    """One mail of about 6 KB, as Amazon relays a buyer's question."""
    site, language, words = TEXTS[number % len(TEXTS)]
    order = f"302-{number:07}-7654321"
    text = wrapped(f"{words} ({number})", language, site=site, order=order)
    cell = '<tr><td style="font-family: Arial, sans-serif; color: #333333">{}</td></tr>\n'
    rows = "".join(cell.format(line) for line in text.splitlines())
    markup = f"<html><body><table>{rows}</table>{'<div style=margin:0>&nbsp;</div>' * 70}</body></html>"
    headers: dict[str, str | None] = {
        "Return-Path": "<20261123-bounces@bounces.amazon.example>",
        "Received": "from a1.smtp-out.amazonses.example by mx.shop.example; Mon, 23 Nov 2026 10:00:00 +0000",
        "Authentication-Results": f"mx.shop.example; dmarc=pass header.from=marketplace.amazon.{site}",
        "DKIM-Signature": f"v=1; d=amazon.{site}; s=abc;\n h=Date:From:To; bh={'a' * 44}; b={'b' * 360}",
        "From": relay(site),
        "Reply-To": relay(site),
        "Subject": f"Inquiry from Amazon customer Anna (Order: {order})",
        "X-Space-Notification-Type": "BBC_MESSAGE_SENT_TO_MERCHANT",
    }
    parts = multipart(part("text/plain", text), part("text/html", markup), kind="multipart/alternative")
    return mail(f"bench-{number}", headers, parts).replace(b"\n", b"\r\n")


def rate(read: Callable[[bytes], object], mails: Sequence[bytes], seconds: float) -> float:
    """Mails a second of CPU time, the best of three runs."""
    best = 0.0
    for _ in range(3):
        done, began = 0, time.process_time()
        while time.process_time() - began < seconds / 3:
            for raw in mails:
                read(raw)
            done += len(mails)
        best = max(best, done / (time.process_time() - began))
    return best


READERS: dict[str, Callable[[bytes], object]] = {
    "read (parse + understand)": lambda raw: understand(parse(raw), READER),
    "parse alone": parse,
    "stdlib compat32, parse": email.message_from_bytes,
    "stdlib policy.default, parse": lambda raw: email.message_from_bytes(raw, policy=email.policy.default),
    "mail-parser, parse": mailparser.parse_from_bytes,
}


def run(options: Options) -> Figures:
    """Measure and print; the target is missed when the whole of reading is below it."""
    mails = [typical(number) for number in range(100)]
    understand(parse(mails[0]), READER)  # load the language model
    gc.freeze()
    size = sum(map(len, mails)) / len(mails) / 1000
    rates = {name: rate(read, mails, options.seconds) for name, read in READERS.items()}
    gc.unfreeze()
    whole = next(iter(rates.values()))
    rows = [(name, each, 1000 / each, each / whole) for name, each in rates.items()]
    title = f"Reading: {len(mails)} mails of {size:.1f} KB, one core (target: {TARGET} a second)"
    show(title, ("what", "mails/s", "ms", "x of read"), rows)
    missed = [f"read: {whole:.0f} mails/s, below {TARGET}"] if whole < TARGET else []
    return {**rates, "missed": missed}


def main() -> int:
    """Measure and print; 1 when the whole of reading is below the target."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds for each reader")
    return int(bool(run(Options(seconds=parser.parse_args().seconds))["missed"]))


if __name__ == "__main__":
    sys.exit(main())
