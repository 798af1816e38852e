"""Linking: which draft a mail in one of our own folders is a copy of.

Promises: the identities are asked in the order of their rank: the place the ledger knows, our id inside
References, our id as Message-ID, the token header. Every link's MAC is verified; a bare token must
belong to a draft of this mailbox. Identities that name different drafts are no link at all.

Errors: `TemporaryError` of the IMAP port.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from daemon.desk.link import TOKEN_HEADER, Link, LinkKind, links_in
from daemon.ports.ledger.draft_rows import DraftRow, Place
from daemon.stages.context import Context

FIELDS = ("Message-ID", "References", TOKEN_HEADER, "To", "Cc", "Bcc")
_IDS = re.compile(r"<[!-;=?-~]{1,250}>")
_TOKEN = re.compile(r"[a-z2-7]{24}")


@dataclass(frozen=True, slots=True)
class Linked:
    """A mail in our folders; `draft` is None when no draft, or more than one, claims it.

    `raw` holds the header fields only, unless whole copies were asked for; it is empty for a copy that
    is too large to be read. `own_delivery` says that the mail is one that the daemon itself sent.
    `addressees` are To, Cc and Bcc as they stand there, in lower case.
    """

    place: Place
    raw: bytes
    link: Link | None
    draft: DraftRow | None
    own_delivery: bool
    addressees: str


@dataclass(frozen=True, slots=True)
class _Ids:
    message_id: str
    references: tuple[str, ...]
    token: str
    addressees: str


def _ids(header: bytes) -> _Ids:
    """The three identities of a mail out of its header block, read by lines, never by a parser."""
    text = header.split(b"\r\n\r\n", 1)[0][:65_536].decode("ascii", "replace")
    unfolded = re.sub(r"\r?\n[ \t]+", " ", text)
    values: dict[str, str] = {}
    for line in unfolded.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            values.setdefault(name.strip().lower(), value.strip())
    own = _IDS.search(values.get("message-id", ""))
    token = values.get(TOKEN_HEADER.lower(), "").lower()
    return _Ids(
        own[0] if own else "",
        tuple(_IDS.findall(values.get("references", ""))),
        token if _TOKEN.fullmatch(token) else "",
        " ".join(values.get(field, "") for field in ("to", "cc", "bcc")).lower(),
    )


def linked_headers(context: Context, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[Linked]:
    """Link mails by their header fields alone."""
    if not uids:
        return []
    blocks = context.imap.headers(folder, uids, FIELDS)
    return _link(context, [(Place(folder, uidvalidity, uid), blocks[uid]) for uid in sorted(blocks)])


def linked_copies(context: Context, folder: str, uidvalidity: int) -> list[Linked]:
    """Link what lies in a folder, our drafts as whole mails; those marked as deleted are not there."""
    context.imap.examine(folder, fresh=True)
    flags = context.imap.flags(folder, context.imap.uids(folder))
    live = [uid for uid, set_ in flags.items() if "\\Deleted" not in set_]
    linked = linked_headers(context, folder, uidvalidity, live)
    ours = [item.place.uid for item in linked if item.draft is not None]
    whole = {mail.uid: b"" if mail.truncated else mail.raw for mail in context.imap.fetch(folder, ours)}
    return [
        item if item.draft is None else replace(item, raw=whole[item.place.uid])
        for item in linked
        if item.draft is None or item.place.uid in whole
    ]


def _link(context: Context, mails: Iterable[tuple[Place, bytes]]) -> list[Linked]:
    read = [(place, raw, _ids(raw)) for place, raw in mails]
    named = [
        (place, raw, ids, links_in(context.link_key, [*ids.references, ids.message_id]))
        for place, raw, ids in read
    ]
    tokens = {link.token for *_, links in named for link in links if link.kind is LinkKind.DRAFT}
    tokens |= {ids.token for _, _, ids, _ in named if ids.token}
    drafts = context.ledger.drafts.by_token(context.claim, tokens) if tokens else {}
    return [_linked(context, place, raw, ids, links, drafts) for place, raw, ids, links in named]


def _linked(
    context: Context,
    place: Place,
    raw: bytes,
    ids: _Ids,
    links: tuple[Link, ...],
    drafts: dict[str, DraftRow],
) -> Linked:
    own = links_in(context.link_key, [ids.message_id])
    note = next((link for link in own if link.kind is LinkKind.NOTE), None)
    delivered = any(link.kind is LinkKind.DELIVERY for link in own)
    candidates = [link.token for link in links if link.kind is LinkKind.DRAFT]
    # earlier answers of this conversation stand further left in References: the last one is this draft's
    in_references = candidates[-1:] if candidates else []
    tokens = {*in_references, *([ids.token] if ids.token else [])}
    tokens |= {link.token for link in own if link.kind is LinkKind.DRAFT}
    found = {token: drafts[token] for token in tokens if token in drafts}
    draft = next(iter(found.values())) if len(found) == 1 and note is None else None
    return Linked(place, raw, note or (own[0] if own else None), draft, delivered, ids.addressees)
