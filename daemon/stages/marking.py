r"""Marking: a buyer's mail carries a keyword or a star in the inbox while its clock is warned about.

Promises: only mails of buyers are marked, where intake found them; a draft never is. A star that a person
set before stays when the buyer has been answered. A folder that keeps no keywords is left as it is.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

from collections import defaultdict
from collections.abc import Iterable

from daemon.ports.ledger.marking import Original
from daemon.stages.context import Context
from daemon.stages.filing import still_there

KEYWORD = "FirstreplyDue"
FLAGS = {"keyword": KEYWORD, "flagged": "\\Flagged"}


def marking(context: Context) -> int:
    """Mark what is due and take away what no longer is; returns how many mails were marked."""
    marks = context.ledger.marks
    for (folder, uidvalidity), mails in _by_folder(marks.stale(context.claim)).items():
        if still_there(context, folder, uidvalidity):
            for flag in sorted({mail.flag for mail in mails if mail.flag}):
                uids = [mail.uid for mail in mails if mail.flag == flag]
                context.imap.remove_flags(folder, uids, [flag])
        marks.cleared(context.claim, [mail.message_id for mail in mails])
    wanted = FLAGS.get(context.alerting.mark)
    if wanted is None:
        return 0
    found = _by_folder(marks.unmarked(context.claim)).items()
    return sum(_mark(context, folder, uidvalidity, mails, wanted) for (folder, uidvalidity), mails in found)


def _mark(context: Context, folder: str, uidvalidity: int, mails: list[Original], flag: str) -> int:
    if not still_there(context, folder, uidvalidity):
        return 0
    present = context.imap.flags(folder, [mail.uid for mail in mails])
    ours = {
        mail.message_id: flag if flag not in present.get(mail.uid, {flag}) else ""
        for mail in mails
        if mail.flag is None
    }
    context.ledger.marks.mark(context.claim, ours)
    # one without a decision of this pass was about to be marked when an earlier pass broke off
    uids = [mail.uid for mail in mails if mail.uid in present and ours.get(mail.message_id, flag)]
    if uids:
        context.imap.add_flags(folder, uids, [flag])
    context.ledger.marks.marked(context.claim, [mail.message_id for mail in mails], context.now())
    return len(uids)


def _by_folder(mails: Iterable[Original]) -> dict[tuple[str, int], list[Original]]:
    found: dict[tuple[str, int], list[Original]] = defaultdict(list)
    for mail in mails:
        found[mail.folder, mail.uidvalidity].append(mail)
    return found
