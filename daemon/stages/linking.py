"""Linking: which draft a mail in one of our own folders is a copy of.

Promises: the identities are asked in the order of their rank: the place the ledger knows, our id inside
References, our id as Message-ID, the token header, and, where a caller allows it, the buyer message that
is answered. Every link's MAC is verified; a bare token must belong to a draft of this mailbox. Identities
that name different drafts are no link at all.

Errors: `TemporaryError` of the IMAP port.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from daemon.desk.link import TOKEN_HEADER, Link, LinkKind, links_in
from daemon.ports.ledger.draft_rows import DraftRow, Place
from daemon.stages.context import Context

FIELDS = ("Message-ID", "References", "In-Reply-To", TOKEN_HEADER, "From", "To", "Cc", "Bcc")
RELAY = re.compile(r"[a-z0-9+._-]+@marketplace\.amazon\.[a-z.]{2,6}")
_IDS = re.compile(r"<[!-;=?-~]{1,250}>")
_TOKEN = re.compile(r"[a-z2-7]{24}")


@dataclass(frozen=True, slots=True)
class Linked:
    """A mail in our folders; `draft` is None when no draft, or more than one, claims it.

    `link` is an id of ours that names something else than a draft's copy: a note, a delivery.
    `own_delivery` says that the mail is one that the daemon itself sent. `addressees` are To, Cc and Bcc as
    they stand there, in lower case; `answers` are the ids in In-Reply-To. `buyer` is the alias of who wrote
    it, if a buyer did: then it is no copy of anything, whatever ids of ours it quotes.
    """

    place: Place
    link: Link | None
    draft: DraftRow | None
    own_delivery: bool
    addressees: str
    answers: tuple[str, ...]
    buyer: str


@dataclass(frozen=True, slots=True)
class Ids:
    """What the header of a mail says it is and answers."""

    message_id: str
    references: tuple[str, ...]
    token: str
    addressees: str
    answers: tuple[str, ...]
    buyer: str


def ids_of(header: bytes) -> Ids:
    """The three identities of a mail out of its header block, read by lines, never by a parser."""
    text = header.split(b"\r\n\r\n", 1)[0][:65_536].decode("ascii", "replace")
    unfolded = re.sub(r"\r?\n[ \t]+", " ", text)
    values: dict[str, str] = {}
    for line in unfolded.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            values.setdefault(name.strip().lower(), value.strip())
    own = _IDS.search(values.get("message-id", ""))
    buyer = RELAY.search(values.get("from", "").lower())
    token = values.get(TOKEN_HEADER.lower(), "").lower()
    return Ids(
        own[0] if own else "",
        tuple(_IDS.findall(values.get("references", ""))),
        token if _TOKEN.fullmatch(token) else "",
        " ".join(values.get(field, "") for field in ("to", "cc", "bcc")).lower(),
        tuple(_IDS.findall(values.get("in-reply-to", ""))),
        alias_of(buyer[0]) if buyer else "",
    )


def alias_of(relay: str) -> str:
    """The buyer's part of a relay address, without the case behind `+`."""
    return relay.partition("@")[0].partition("+")[0].lower()


def aliases_in(addressees: str) -> frozenset[str]:
    """The buyers among the addressees of a mail."""
    return frozenset(alias_of(found) for found in RELAY.findall(addressees))


def linked_headers(
    context: Context, folder: str, uidvalidity: int, uids: Sequence[int], *, by_original: bool = False
) -> list[Linked]:
    """Link mails by their header fields alone.

    `by_original`: a mail without an id of ours that answers a buyer message is a copy of that message's
    draft, if exactly one is open for it (a reply that an agent wrote from the buyer's mail).
    """
    if not uids:
        return []
    blocks = context.imap.headers(folder, uids, FIELDS)
    read = [(Place(folder, uidvalidity, uid), ids_of(blocks[uid])) for uid in sorted(blocks)]
    linked = _link(context, read)
    return _by_original(context, linked) if by_original else linked


def _link(context: Context, read: Sequence[tuple[Place, Ids]]) -> list[Linked]:
    unknown = _unknown_deliveries(context, [ids.message_id for _, ids in read])
    named = [
        (place, ids, links_in(context.link_key, [*ids.references, ids.message_id]))
        for place, ids in ((place, _disowned(ids, unknown)) for place, ids in read)
    ]
    tokens = {link.token for *_, links in named for link in links if link.kind is LinkKind.DRAFT}
    tokens |= {ids.token for _, ids, _ in named if ids.token}
    drafts = context.ledger.drafts.by_token(context.claim, tokens) if tokens else {}
    return [_linked(context, place, ids, links, drafts) for place, ids, links in named]


def _unknown_deliveries(context: Context, header_ids: Sequence[str]) -> frozenset[str]:
    """Deliveries of ours that the ledger does not know to have been sent: it was put back from a backup."""
    key = context.link_key
    ours = {
        text for text in header_ids if any(link.kind is LinkKind.DELIVERY for link in links_in(key, [text]))
    }
    return frozenset(ours - context.ledger.sent.taken(ours)) if ours else frozenset()


def _disowned(ids: Ids, unknown: frozenset[str]) -> Ids:
    """An answer that the ledger knows nothing of is one like any other."""
    return replace(ids, message_id="") if ids.message_id in unknown else ids


def _linked(
    context: Context, place: Place, ids: Ids, links: tuple[Link, ...], drafts: dict[str, DraftRow]
) -> Linked:
    if ids.buyer:
        return Linked(place, None, None, False, ids.addressees, ids.answers, ids.buyer)
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
    return Linked(place, note or (own[0] if own else None), draft, delivered, ids.addressees, ids.answers, "")


def _by_original(context: Context, linked: Sequence[Linked]) -> list[Linked]:
    """Give mails that only answer a buyer message their draft, where exactly one is open for it."""
    asked = {header_id for item in linked if _unclaimed(item) for header_id in item.answers}
    if not asked:
        return list(linked)
    drafts = context.ledger.copies.answering(context.claim, asked)
    result = []
    for item in linked:
        found = {row.draft_id: row for header_id in item.answers for row in drafts.get(header_id, ())}
        only = next(iter(found.values())) if len(found) == 1 and _unclaimed(item) else None
        result.append(item if only is None else replace(item, draft=only))
    return result


def _unclaimed(item: Linked) -> bool:
    return item.draft is None and item.link is None and not item.buyer
