"""Fetching: new mail in parts that memory bears; one that the server does not hand over stops no other.

Promises: whatever fails while several mails are fetched, the next try fetches each alone, so that a damaged
one stands alone as well, and is left out with an alert when it has failed thrice.

Errors: those of the IMAP port, until a mail has failed so often.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from daemon.desk.alert import Alert, AlertKind
from daemon.errors import CrowdedError, FirstreplyError
from daemon.ports.imap import Fetched
from daemon.stages.context import Context


def fetch_new(context: Context, uidvalidity: int, uids: Sequence[int]) -> Iterator[list[Fetched]]:
    """Whole mails of the inbox, part by part."""
    inbox = context.folders.inbox
    for group in context.hurdles.groups(uidvalidity, uids, context.now()):
        with _counting_failures(context, uidvalidity, group):
            parts = context.imap.portions(inbox, group)
        for part in parts:
            with _counting_failures(context, uidvalidity, list(part)):
                mails = context.imap.fetch(inbox, list(part), known=part)
            context.hurdles.passed(uidvalidity, part)
            yield mails


@contextmanager
def _counting_failures(context: Context, uidvalidity: int, uids: Sequence[int]) -> Iterator[None]:
    try:
        yield
    except CrowdedError:
        raise  # it is about us, and no mail
    except FirstreplyError as error:
        for uid in context.hurdles.failed(uidvalidity, uids, context.now()):
            _tell(context, f"not_fetched:{uidvalidity}:{uid}", uid, str(error))
        raise


def _tell(context: Context, key: str, uid: int, error: str) -> None:
    context.log.warning("not_fetched", uid=uid, error=error)
    detail = f"UID {uid} of {context.folders.inbox}: {error}"
    alert = Alert(AlertKind.NOT_FETCHED, key, detail, subject_id=context.claim.mailbox_id)
    context.ledger.alerts.raise_(context.claim, [alert], context.now(), "intake")
