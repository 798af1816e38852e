"""What only a person can see: the settings of Seller Central, as a list to tick off.

Errors: none.
"""

from collections.abc import Callable, Iterator, Sequence

from daemon.checking.finding import Finding

_OPTIONS = "Settings > Notification preferences"
TICKS: Sequence[tuple[str, str, str]] = (
    ("sender", "{address} is an approved sender", "Settings > Messaging permissions"),
    ("buyer messages", "Buyer Messages go to {address}", f"{_OPTIONS} > Messaging"),
    (
        "copies",
        "Confirmation Notifications go to {address}: they prove that an answer arrived",
        f"{_OPTIONS} > Messaging",
    ),
    ("failures", "Delivery Failures go to {address}", f"{_OPTIONS} > Messaging"),
    ("opt-out", "Buyer Opt-out goes to {address}", f"{_OPTIONS} > Messaging"),
    ("returns and claims", "Return and Claim Notifications go to {address}", _OPTIONS),
)
"""What, in which words, and where in Seller Central it is set."""


def ticks(mailbox: str, address: str, ask: Callable[[str], bool] | None) -> Iterator[Finding]:
    """The list for one mailbox; `ask` lets a person say of each whether it is so."""
    for what, words, where in TICKS:
        subject, said = f"{mailbox}: Seller Central, {what}", words.format(address=address)
        if ask is None:
            yield Finding("tick", subject, said, where)
        elif ask(f"{said}? ({where})"):
            yield Finding("ok", subject, said)
        else:
            yield Finding("problem", subject, f"not so: {said}", f"Set it in Seller Central: {where}")
