"""The acts of upkeep on the ledger, for the test that looks at all acts."""

from collections.abc import Callable
from datetime import timedelta

from daemon.ports.ledger.store import Claim
from tests.ledger_kit import NOW, Desk


def expire(desk: Desk) -> Callable[[Claim], object]:
    """Old words of a conversation that is over."""
    desk.ledger.clocks.excuse(desk.claim, desk.message(), NOW)
    return lambda claim: desk.ledger.privacy.expire(claim, NOW + timedelta(days=1))


def done(desk: Desk) -> Callable[[Claim], object]:
    """A task that is done once more."""
    desk.ledger.upkeep.done(desk.claim, "audit", NOW)
    return lambda claim: desk.ledger.upkeep.done(claim, "audit", NOW + timedelta(hours=1))


UPKEEP_ACTS = (expire, done)
