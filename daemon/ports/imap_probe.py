"""What an account may do on its server: rights, quota, and a trial in a folder of its own.

Functions over a `Session`; nothing that is in the account is touched.

Errors: those of the IMAP port.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from daemon.ports.imap_session import Session
from daemon.ports.imap_wire import number, responses, values

RIGHTS: Mapping[str, str] = MappingProxyType(
    {"l": "see", "r": "read", "s": "mark as read", "w": "mark", "i": "add", "t": "delete", "e": "expunge"}
)
"""The rights that we need here or there (RFC 4314 section 2.1), in words."""


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit: `resource` such as STORAGE (in KiB) or MESSAGE."""

    resource: str
    used: int
    limit: int

    @property
    def share(self) -> float:
        """How much of it is used."""
        return self.used / self.limit if self.limit else 0.0


def quotas(session: Session, folder: str) -> tuple[Quota, ...]:
    """The limits that hold for a folder (RFC 9208); none where the server tells of none."""
    if "QUOTA" not in session.capabilities:
        return ()
    found: list[Quota] = []
    for response in responses(session.ask("GETQUOTAROOT", session.argument(folder), wants="QUOTA")):
        match values(response):
            case [_, list() as triples, *_]:
                for at in range(0, len(triples) - 2, 3):
                    name, used, limit = triples[at : at + 3]
                    if isinstance(name, bytes):
                        found.append(
                            Quota(name.decode("ascii", "replace"), number(used) or 0, number(limit) or 0)
                        )
            case _:
                continue
    return tuple(found)


def rights(session: Session, folder: str) -> frozenset[str] | None:
    """The rights on a folder (RFC 4314 MYRIGHTS); None where the server has no ACL."""
    if "ACL" not in session.capabilities:
        return None
    for response in responses(session.ask("MYRIGHTS", session.argument(folder), wants="MYRIGHTS")):
        match values(response):
            case [_, bytes() as letters, *_]:
                return frozenset(letters.decode("ascii", "replace"))
            case _:
                continue
    return None


def delete(session: Session, folder: str, instead: str) -> None:
    """Delete a folder that we made; `instead` is selected first, since a selected one must not go."""
    session.select(instead)
    session.ask("DELETE", session.argument(folder), changing=True)
    session.exchange(("UNSUBSCRIBE", session.argument(folder)))
