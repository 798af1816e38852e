"""What a full look costs when nothing has changed and many drafts wait.

The drafts lie in the queue as the daemon itself put them there; the look compares ledger and folders copy by
copy. The daemon's own figures of its cycles are taken, so that start and connect do not count.
"""

import re

from benchmarks.kit import Figures, Options, World, run_measured, show, world
from benchmarks.mails import buyer_mails

DRAFTS = 1_000
LOOKS = 5
ALLOWED = 1.0
"""Seconds for a full look at 1,000 drafts that are as they were."""
_CYCLE = re.compile(r"event=cycle .*\bfull=true\b.*\bseconds=([\d.]+)")


def run(options: Options) -> Figures:  # noqa: ARG001  the same for all sizes
    """Let drafts wait, look again and again; print the table and return seconds."""
    with world() as here:
        here.house.fill("INBOX", list(buyer_mails(DRAFTS)))
        first = _cycle(here, "--since", "2d")
        waiting = len(here.house.drafts())
        looks = sorted(_cycle(here) for _ in range(LOOKS))
        unchanged = len(here.house.drafts())
    if waiting != unchanged or waiting < DRAFTS * 0.8:
        raise RuntimeError(f"{waiting} drafts, then {unchanged}: that is no look without news")
    median = looks[LOOKS // 2]
    show(
        f"Full look at {waiting} waiting drafts, in s",
        ("what", "seconds"),
        [
            ("the first, which writes them", first),
            ("without news, median", median),
            ("its slowest", looks[-1]),
        ],
    )
    missed = [f"reconcile: {median:.2f} s, allowed {ALLOWED:g}"] if median > ALLOWED else []
    return {"drafts": waiting, "reconcile_s": median, "reconcile_slowest_s": looks[-1], "missed": missed}


def _cycle(here: World, *arguments: str) -> float:
    """One full cycle of a fresh daemon, in its own words."""
    log = here.root / "bench.log"
    spent = run_measured([*here.daemon(), "--once", *arguments], log)
    if spent.status:
        raise RuntimeError(log.read_text()[-2_000:])
    return float(_CYCLE.findall(log.read_text())[-1])
