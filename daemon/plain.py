"""Plain values as JSON, the same in every command and in the daemon's answers.

Errors: none.
"""

import json
from datetime import datetime


def as_json(value: object, timespec: str = "seconds") -> str:
    """One line, times in RFC 3339; what JSON does not know, as text."""

    def plain(item: object) -> str:
        if isinstance(item, datetime):
            return item.isoformat(timespec=timespec).replace("+00:00", "Z")
        return str(item)

    return json.dumps(value, ensure_ascii=False, default=plain)
