"""`firstreply inspect`: a mail and what is understood of it, as JSON values of a fixed shape."""

from typing import Any

from daemon.mail.message import Message
from daemon.mail.understanding import Understanding


def as_json(message: Message, understanding: Understanding) -> dict[str, Any]:
    """All of the promised keys but `scenario`, which only the classifier knows; further keys may be added."""
    seen, relay = understanding, understanding.relay
    return {
        "kind": str(seen.kind),
        "reason": seen.reason,
        "notice": str(seen.notice) if seen.notice else None,
        "message_id": message.message_id,
        "from": message.from_address,
        "reply_to": message.reply_to_address,
        "relay": {
            "address": relay.address,
            "alias": relay.alias,
            "case": relay.case,
            "marketplace": relay.marketplace,
        }
        if relay
        else None,
        "order_ids": list(seen.order_ids),
        "asins": list(seen.asins),
        "product": seen.product,
        "quantity": seen.quantity,
        "buyer_name": seen.buyer_name,
        "language": seen.language,
        "subject": message.subject,
        "text": seen.text,
        "topic": seen.topic,
        "attachments": [
            {"name": file.name, "type": file.type, "bytes": file.size} for file in seen.attachments
        ],
        "no_response_url": seen.no_response_url,
        "reply_within_days": seen.reply_within_days,
        "amounts": [{"value": str(sum_.value), "currency": sum_.currency} for sum_ in seen.amounts],
        "return_rows": [
            {
                "item": row.item,
                "asin": row.asin,
                "sku": row.sku,
                "quantity": row.quantity,
                "reason": row.reason,
                "comment": row.comment,
                "carrier": row.carrier,
                "tracking_number": row.tracking_number,
            }
            for row in seen.return_rows
        ],
        "authorised_by_amazon": seen.authorised_by_amazon,
        "tracking_numbers": list(seen.tracking_numbers),
        "carriers": list(seen.carriers),
        "suspicious": seen.suspicious,
        "verified": seen.verified,
        "references": list(message.references),
        "tokens": list(seen.tokens),
        "defects": list(seen.defects),
    }
