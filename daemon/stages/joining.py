"""Joining: the conversations of one batch of buyer messages, those begun within the batch included.

Promises: looks the ledger up once for the batch; decides by `desk.conversation` alone. A conversation
that the batch begins has a negative number until the ledger gives it a real one.

Errors: those of the ledger.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from daemon.desk.conversation import ConversationKey, Known, KnownConversation, belongs_to
from daemon.desk.link import LinkKind, links_in
from daemon.mail.message import Message
from daemon.mail.understanding import Understanding
from daemon.ports.ledger.intake_rows import Joining
from daemon.stages.context import Context


class Joiner:
    """What is known of the buyers of one batch; grows while the batch is decided."""

    def __init__(self, context: Context, seen: Sequence[Understanding]) -> None:
        aliases = {item.relay.alias for item in seen if item.relay is not None}
        rows = context.ledger.intake.conversations(context.claim, aliases) if aliases else []
        self._known: dict[int, KnownConversation] = {}
        self._of_alias: dict[str, set[int]] = defaultdict(set)
        self._of_mail: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            self._keep(row.conversation, row.message_ids)
        self._tokens = self._conversations_of_tokens(context, seen)

    @staticmethod
    def _conversations_of_tokens(context: Context, seen: Sequence[Understanding]) -> dict[str, int]:
        """Which conversation each of our own ids among the references belongs to; forged ones are absent."""
        links = {
            text: link.token
            for item in seen
            for text in item.tokens
            for link in links_in(context.link_key, [text])
            if link.kind is LinkKind.DRAFT
        }
        if not links:
            return {}
        drafts = context.ledger.drafts.by_token(context.claim, set(links.values()))
        return {text: drafts[token].conversation_id for text, token in links.items() if token in drafts}

    def join(self, message: Message, seen: Understanding, received_at: datetime) -> Joining:
        """Decide for one buyer message, and remember the decision for the rest of the batch."""
        referred = {message.in_reply_to, *message.references} - {""}
        known = Known(
            by_token=self._those({self._tokens[text] for text in seen.tokens if text in self._tokens}),
            by_reference=self._those({key for text in referred for key in self._of_mail.get(text, ())}),
            by_alias=self._those(self._of_alias.get(seen.relay.alias, set()) if seen.relay else set()),
        )
        found = belongs_to(seen, known, received_at)
        key = found.key or ConversationKey("", "", None)
        if found.conversation is None:
            number = -1 - len(self._known)
            conversation = KnownConversation(number, key, received_at)
        else:
            order_id = found.adopts_order or found.conversation.key.order_id
            conversation = replace(
                found.conversation,
                key=replace(found.conversation.key, order_id=order_id),
                last_message_at=max(found.conversation.last_message_at, received_at),
            )
        self._keep(conversation, [message.message_id])
        return Joining(conversation.id, conversation.key, found.adopts_order)

    def _keep(self, conversation: KnownConversation, mails: Iterable[str]) -> None:
        self._known[conversation.id] = conversation
        self._of_alias[conversation.key.alias].add(conversation.id)
        for header_id in mails:
            self._of_mail[header_id].add(conversation.id)

    def _those(self, numbers: set[int]) -> tuple[KnownConversation, ...]:
        return tuple(self._known[number] for number in numbers if number in self._known)
