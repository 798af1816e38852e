"""What became of the drafts of each template: which one a seller should improve.

Promises: what was sent is compared with our own first revision, quotes and signatures left out. A copy that
cannot be read counts as edited beyond recognition.

Errors: none of its own.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from daemon.desk.likeness import Outcome, likeness, outcome_of
from daemon.ports.ledger.answers import SentDraft
from daemon.reply.copies import UnreadableCopyError, read_copy


def template_outcomes(drafts: Iterable[SentDraft]) -> dict[str, dict[str, Any]]:
    """By `language/template`: how many were sent, with which outcomes, and the mean likeness."""
    shares: dict[str, list[float]] = defaultdict(list)
    for draft in drafts:
        shares[f"{draft.language}/{draft.template}"].append(_share(draft))
    return {name: _figures(found) for name, found in sorted(shares.items())}


def _share(draft: SentDraft) -> float:
    if draft.ours is None or draft.sent is None:
        return 1.0
    try:
        return likeness(read_copy(draft.ours).own_words, read_copy(draft.sent).own_words)
    except UnreadableCopyError:
        return 0.0


def _figures(shares: list[float]) -> dict[str, Any]:
    outcomes = [outcome_of(share) for share in shares]
    return {
        "sent": len(shares),
        **{outcome.value: outcomes.count(outcome) for outcome in Outcome},
        "likeness": round(sum(shares) / len(shares), 4),
    }
