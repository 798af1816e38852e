"""Who vouches for a sender: Authentication-Results (RFC 8601) of the one service that the mailbox trusts.

Without a configured service nothing is verified. A fail is believed whoever wrote it, since nobody gains by
calling his own mail forged; a pass only from the trusted service. A missing field, softfail, none and
temperror are no fail.
"""

import re
from dataclasses import dataclass

from daemon.mail.kinds import ReadingContext
from daemon.mail.message import Message

_COMMENT = re.compile(r"\([^()]{0,500}\)")
_METHOD = re.compile(r"(?:^|[;\s])(dmarc|dkim|spf)\s*=\s*([a-z]{2,12})", re.IGNORECASE)
_HEADER_FROM = re.compile(r"header\.from=([a-z0-9.-]{1,253})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`failed`: an explicit fail; `verified`: DMARC passed for the domain of From, said by whom we trust."""

    failed: bool = False
    verified: bool = False


def judge(message: Message, reader: ReadingContext) -> Verdict:
    """What the trusted Authentication-Results say about `message`."""
    fields = [_COMMENT.sub(" ", value) for value in message.headers.get("authentication-results", ())]
    trusted = _trusted(fields, reader)
    if reader.authserv_id is None and not reader.authserv_topmost:
        return Verdict(failed=any(_fails(field) for field in fields))
    failed = any(_fails(field) for field in trusted)
    return Verdict(failed, not failed and any(_passes(field, message.from_address) for field in trusted))


def _trusted(fields: list[str], reader: ReadingContext) -> list[str]:
    if reader.authserv_id is not None:
        wanted = reader.authserv_id.casefold()
        return [field for field in fields if _service(field) == wanted]
    return fields[:1] if reader.authserv_topmost else []


def _service(field: str) -> str:
    words = field.partition(";")[0].split()
    return words[0].casefold() if words else ""


def _results(field: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for method, result in _METHOD.findall(field):
        found.setdefault(method.lower(), set()).add(result.lower())
    return found


def _fails(field: str) -> bool:
    """DMARC decides where it passed or failed, else DKIM, else SPF (which forwarding breaks)."""
    results = _results(field)
    for method in ("dmarc", "dkim", "spf"):
        if "pass" in results.get(method, ()):
            return False
        if "fail" in results.get(method, ()):
            return True
    return False


def _passes(field: str, address: str) -> bool:
    domain, named = address.rpartition("@")[2], _HEADER_FROM.search(field)
    aligned = named is not None and (domain == named[1].lower() or domain.endswith(f".{named[1].lower()}"))
    return aligned and "pass" in _results(field).get("dmarc", ())
