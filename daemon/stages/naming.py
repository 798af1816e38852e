"""Naming: by what the log lines about a thing are found again, which is the buyer message it is about.

Promises: every line about a draft, a delivery, a clock, a case or a receipt has its `message=`; one about
something that several messages share is written once for each of them.

Errors: those of the ledger.
"""

from collections.abc import Iterator, Mapping, Sequence

from daemon.stages.context import Context

Ids = Mapping[str, int]


def named(context: Context, subject: str, number: int) -> Iterator[Ids]:
    """The ids of each line about this thing; without a message where the ledger has forgotten it."""
    messages = context.ledger.about.messages(subject, [number])
    yield from named_by(messages, subject, number)


def named_by(messages: Mapping[int, Sequence[int]], subject: str, number: int) -> Iterator[Ids]:
    """The same, where `messages` of many things were looked up at once."""
    for message in messages.get(number, ()):
        yield {"message": message, subject: number}
    if number not in messages:
        yield {subject: number}
