"""What a mail service does otherwise than the standards say, told by what its server says of itself.

Promises: pure. A profile is for what no capability names; whatever a capability tells is asked of that.

Errors: none.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    r"""One server's ways.

    `labels`: its folders are labels on one store of mails (Gmail). Each mail lies in the folder with the use
    `\All` as well, and taking it out of another folder only archives it. `finds_every_field`: SEARCH HEADER
    finds whatever a header holds; Gmail's and Exchange's find nothing by References. `files_sent`: it
    keeps a copy of what it sends.
    """

    labels: bool = False
    finds_every_field: bool = True
    files_sent: bool = False


ORDINARY = Profile()


def profile_of(capabilities: Collection[str], greeting: str) -> Profile:
    """The profile of a server with these capabilities (in upper case) and this greeting."""
    if "X-GM-EXT-1" in capabilities:
        return Profile(labels=True, finds_every_field=False, files_sent=True)
    if "microsoft exchange" in greeting.lower():
        return Profile(finds_every_field=False, files_sent=True)
    return ORDINARY
