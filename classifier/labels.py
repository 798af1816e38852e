"""The eleven labels: what a buyer can want, in the order of the playbook.

Promises: the order is part of the model file's format; a new label goes to the end.
"""

from typing import Final

LABELS: Final[tuple[str, ...]] = (
    "product_issue",
    "delivery_issue",
    "usage_question",
    "presale_question",
    "return_request",
    "order_change",
    "negative_review",
    "a_to_z_claim",
    "satisfied",
    "other",
    "no_reply_needed",
)

CAUSES: Final[tuple[str, ...]] = ("quality", "delivery", "misuse", "malicious")
"""Why a review is bad; only texts labelled `negative_review` have one."""
