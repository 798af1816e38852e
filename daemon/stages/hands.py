"""The folders that people's hands touch, and what each of them means.

Promises: one place that knows which folders are looked at and in which role. In the layout "drafts" the
account's own Drafts folder is the queue, and has that role only.

Errors: `ConfigurationError` for a layout that a server cannot have.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from daemon.desk.gesture_model import Role
from daemon.desk.mailbox import Mailbox
from daemon.desk.playbook import Scenario
from daemon.desk.profile import Profile
from daemon.errors import ConfigurationError
from daemon.ports.imap import FolderNames
from daemon.stages.context import Context


def spoken(scenario: Scenario) -> str:
    """A scenario as a folder's name says it: "Product issue"."""
    return scenario.value.replace("_", " ").capitalize()


def corrections(names: FolderNames, child: Callable[[str, str], str]) -> dict[str, Scenario]:
    """The folders that say which scenario a mail is; `child` makes the server's name of one in another."""
    named = [scenario for scenario in Scenario if scenario is not Scenario.NO_REPLY_NEEDED]
    below = {child(names.reclassify, spoken(scenario)): scenario for scenario in named}
    return {**below, names.no_reply_needed: Scenario.NO_REPLY_NEEDED}


def wanted(mailbox: Mailbox, profile: Profile) -> dict[str, str | None]:
    """The folders' configured names, for a server to resolve; None where it knows the folder itself."""
    names: dict[str, str | None] = asdict(mailbox.folders)
    if mailbox.layout == "drafts":
        if profile.labels:
            # Gmail gives no draft another label than DRAFT: nobody could move one into Approved
            raise ConfigurationError(
                "Gmail's drafts cannot be moved into another folder",
                where="mailbox.layout",
                remedy='Write layout = "folders".',
            )
        names["approval"] = None  # the account's own Drafts folder is the queue
    return names


def roles(names: FolderNames, corrected: Mapping[str, Scenario]) -> dict[str, Role]:
    """Every folder in which a copy of a draft may lie, with its role; where two fall together, the first."""
    found: dict[str, Role] = {}
    for name, role in (
        (names.sent, Role.SENT),
        (names.approval, Role.QUEUE),
        (names.approved, Role.APPROVED),
        (names.rejected, Role.REJECTED),
        (names.drafts, Role.DRAFTS),
        (names.trash, Role.TRASH),
        (names.archive, Role.ARCHIVE),
        *((folder, Role.RECLASSIFY) for folder in corrected),
    ):
        if name is not None:
            found.setdefault(name, role)
    return found


def watched(names: FolderNames, corrected: Mapping[str, Scenario]) -> list[str]:
    """The folders whose STATUS tells that people or mail servers did something."""
    return [names.inbox, *roles(names, corrected)]


def note_folder(context: Context) -> str:
    """Where notes to the agent go: into the queue, unless that is a folder whose mails open as drafts."""
    names = context.folders
    return names.inbox if names.approval == names.drafts else names.approval
