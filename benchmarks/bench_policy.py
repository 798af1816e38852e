"""Milliseconds for the policy guard per reply, and for texts of 100 and 200 KB.

    python benchmarks/bench_policy.py [--seconds 2]

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


def report(name: str, spent: list[float]) -> float:
    """Print one line and return the median."""
    median = statistics.median(spent)
    slow = statistics.quantiles(spent, n=20)[-1]
    sys.stdout.write(f"{name:<28} {median:7.3f} ms median {slow:7.3f} ms p95 {len(spent):7} replies\n")
    return median


def main() -> int:
    """Run, print, and fail when a usual reply takes longer than the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    seconds = parser.parse_args().seconds
    good = report("good replies", milliseconds(good_replies(), seconds))
    report("600 characters of breaches", milliseconds(bad_replies(), seconds))
    mixed = " ".join(case.outgoing.text for case in paraphrases())
    for size in (100_000, 200_000):
        began = time.process_time()
        examine(Outgoing(text=(mixed * (size // len(mixed) + 1))[:size]))
        sys.stdout.write(
            f"{size // 1000} KB of breaches {'':<10} {(time.process_time() - began) * 1000:9.0f} ms\n"
        )
    return 0 if good < TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
