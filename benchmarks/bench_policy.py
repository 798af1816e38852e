"""Milliseconds for the policy guard per reply, and for texts of 100 and 200 KB.

    python -m benchmarks policy [--seconds 2]

The replies are the good ones of `tests/data/policy/clean_replies.toml`, and the sentences of the examples
packed into texts of about 600 characters; each is a little different so that nothing is served from a cache.
One core, CPU time. The target is 1 ms for a good reply.
"""

import argparse
import itertools
import statistics
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.kit import Figures, Options, show  # noqa: E402 -- the path must be set before
from daemon.desk.policy import Outgoing, examine  # noqa: E402 -- the path must be set before
from tests.unit.desk.policy_cases import DATA, paraphrases  # noqa: E402 -- the same

TARGET_MS = 1.0
LENGTH = 600
ORDER = "302-1234567-7654321"


def outgoing(text: str, number: int) -> Outgoing:
    """One reply with its whole context, told from the others by its number."""
    return Outgoing(
        subject=f"Re: order {ORDER}",
        text=f"{text}\n({number})",
        recipient="abc123def456ghi@marketplace.amazon.de",
        relay="abc123def456ghi@marketplace.amazon.de",
        sender="support@shop.example",
        approved_senders=("support@shop.example",),
        order_id=ORDER,
        known_personal_data=("Musterweg 12, 12345 Berlin", "0301234567"),
    )


def good_replies() -> list[str]:
    """Whole replies as agents write them, in seven languages."""
    return [row["text"] for row in tomllib.loads((DATA / "clean_replies.toml").read_text("utf-8"))["reply"]]


def bad_replies() -> list[str]:
    """The examples of all text rules, packed: the worst that the guard meets."""
    texts: list[str] = []
    packed = ""
    for case in paraphrases():
        packed = f"{packed} {case.outgoing.text}"
        if len(packed) >= LENGTH:
            texts.append(packed[:LENGTH])
            packed = ""
    return texts


def milliseconds(texts: Sequence[str], seconds: float) -> list[float]:
    """CPU time of single examinations, until `seconds` have been spent."""
    spent: list[float] = []
    for number in itertools.count():
        reply = outgoing(texts[number % len(texts)], number)
        began = time.process_time()
        examine(reply)
        spent.append((time.process_time() - began) * 1000)
        if sum(spent) >= seconds * 1000:
            return spent
    return spent


def row(name: str, spent: list[float]) -> tuple[str, float, float, int]:
    """One line of the table: median and 95th part in ms, and how many replies they are of."""
    return name, statistics.median(spent), statistics.quantiles(spent, n=20)[-1], len(spent)


def run(options: Options) -> Figures:
    """Measure and print; the target is missed when a usual reply takes longer."""
    good = row("good replies", milliseconds(good_replies(), options.seconds))
    rows = [good, row("600 characters of breaches", milliseconds(bad_replies(), options.seconds))]
    mixed = " ".join(case.outgoing.text for case in paraphrases())
    for size in (100_000, 200_000):
        began = time.process_time()
        examine(Outgoing(text=(mixed * (size // len(mixed) + 1))[:size]))
        spent = (time.process_time() - began) * 1000
        rows.append((f"{size // 1000} KB of breaches", spent, spent, 1))
    show("Policy guard, one core", ("what", "ms median", "ms p95", "replies"), rows)
    figures: Figures = {f"{name}, ms": median for name, median, *_ in rows}
    missed = [f"policy: {good[1]:.2f} ms a reply, {TARGET_MS:g} allowed"] if good[1] >= TARGET_MS else []
    return {**figures, "missed": missed}


def main() -> int:
    """Run, print, and fail when a usual reply takes longer than the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    return int(bool(run(Options(seconds=parser.parse_args().seconds))["missed"]))


if __name__ == "__main__":
    sys.exit(main())
