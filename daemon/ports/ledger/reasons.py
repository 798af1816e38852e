"""The reasons that stand in the log of decisions, beside those of `desk` and `mail` and of the notes.

Promises: data only; `docs/states.md` lists every one, and a test compares.

Errors: none.
"""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "agent_says_not_sent": "A person looked and says that a draft in doubt was not sent.",
    "agent_says_sent": "A person looked and says that the buyer has a draft that was in doubt.",
    "accepted": "The mail server took the delivery (250 to the final dot).",
    "appended": "The draft's copy lies in the queue.",
    "approved_anew": "A person approved anew, so that the delivery prepared before will never be made.",
    "approved_copy_replaced": "Another text lies in Approved than the one approved before.",
    "backlog_wanted": "The mark was lowered by --since.",
    "came_back": "A message was moved out of the inbox and back: the same message under another UID.",
    "clock_carried_on": "A buyer message that came after the answer waits on a clock of its own.",
    "clock_merged": "The messages of a clock joined another one of their conversation.",
    "clock_joined": "A further buyer message joined the open response clock.",
    "clock_started": "A buyer message opened a response clock.",
    "content_leaves": "The text is out and the final dot may follow.",
    "crashed_three_times": "The daemon ended three times while it read this mail.",
    "ledger_restored": "Sent holds answers that this ledger does not know: it was put back from a backup.",
    "follow_up_due": "The day that our answer named has come: a draft that asks for the parcel.",
    "filed": "Sent, the answered flag and an empty Approved are done.",
    "first_run_mark": "The first look at the inbox: older mail stays what it is.",
    "gone_before_read": "The mail left the inbox before it was read.",
    "no_reply_needed": "A person said that this message needs no answer.",
    "prepared": "The delivery was written with all its bytes.",
    "reclassified": "A person said what a message is: its clock has the limits of that scenario.",
    "reading_failed": "The mail could not be read.",
    "facts_missing_so_holding": "A holding draft, since facts are missing and the limit is near.",
    "limit_near": "A draft with gaps was composed anew, since the limit is near.",
    "scenario_draft": "A draft from the scenario's template.",
    "field_too_long": "Shunted unread: one header field is too long for any parser.",
    "header_too_big": "Shunted unread: the header is larger than 128 KiB.",
    "too_big": "Shunted unread: the mail is larger than 25 MB.",
    "too_many_encoded_words": "Shunted unread: more than 200 encoded words in the header.",
    "too_many_header_lines": "Shunted unread: more than 1,500 header lines.",
    "too_many_parts": "Shunted unread: more parts than any real mail has.",
    "too_much_nesting": "Shunted unread: parts within parts beyond what parsers bear.",
    "thawed": "The mailbox is worked again: the drafts are back, or a person said to go on.",
    "uidvalidity_changed": "The server renumbered the folder; rows were re-keyed by content.",
    "unsure_so_holding": "A holding draft, since the scenario is unsure.",
    "warned_1": "The clock passed the first warning mark.",
    "warned_2": "The clock passed the second warning mark.",
    "warned_3": "The clock passed the third warning mark.",
    "warned_4": "The clock passed its nearest limit.",
}
