"""Exact percentiles of millions of durations in two grouped queries, without a list of them in memory.

The first query counts answers by scenario and minute. From the counts follows in which minute each wanted
rank lies, and the second query tells the exact values of those few minutes only.

Promises: nearest rank, as a person would count it off in a sorted list; None of nothing.

Errors: none of its own.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

EVERYTHING = ""
"""The group of all scenarios together."""


@dataclass(frozen=True, slots=True)
class Rank:
    """The `place`th smallest value of one minute of one group is the percentile of this share."""

    group: str
    share: float
    minute: int
    place: int


def wanted_ranks(counts: Mapping[tuple[str, int], int], shares: Sequence[float]) -> list[Rank]:
    """Where each share of each group lies; `counts` holds the answers by scenario and minute."""
    groups: dict[str, Counter[int]] = defaultdict(Counter)
    for (scenario, minute), number in counts.items():
        groups[scenario][minute] += number
        groups[EVERYTHING][minute] += number
    return [
        _rank(group, minutes, share) for group, minutes in sorted(groups.items()) for share in sorted(shares)
    ]


def _rank(group: str, minutes: Mapping[int, int], share: float) -> Rank:
    left = max(1, math.ceil(share * sum(minutes.values())))
    for minute, number in sorted(minutes.items()):
        if left <= number:
            return Rank(group, share, minute, left)
        left -= number
    raise ValueError("a share above one has no rank")


def pick(ranks: Iterable[Rank], values: Iterable[tuple[int, int, str, int]]) -> dict[str, dict[float, int]]:
    """The values at these ranks; `values` are (minute, microseconds, scenario, number), ascending."""
    waiting: dict[tuple[str, int], list[Rank]] = defaultdict(list)
    for rank in ranks:
        waiting[rank.group, rank.minute].append(rank)
    seen: Counter[tuple[str, int]] = Counter()
    found: dict[str, dict[float, int]] = defaultdict(dict)
    for minute, microseconds, scenario, number in values:
        for group in (scenario, EVERYTHING):
            key = (group, minute)
            if key not in waiting:
                continue
            seen[key] += number
            while waiting[key] and waiting[key][0].place <= seen[key]:
                found[group][waiting[key].pop(0).share] = microseconds
    return dict(found)
