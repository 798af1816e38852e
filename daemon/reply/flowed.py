"""format=flowed (RFC 3676): text that every client can wrap anew and that we can compare after it did.

Promises: `unflow(flow(text)) == text` for texts without spaces at the ends of lines and with a space after
quote marks, as `quote` writes them; quote depth and the signature separator survive. Nothing here knows of
mail headers.

Errors: none.
"""

import re
from itertools import chain

from daemon.reply.phrases import is_attribution

WIDTH = 72
SEPARATOR = "-- "
"""What stands above a signature (RFC 3676, section 4.3): no flowed line, though it ends in a space."""
_QUOTE = re.compile(r">+")


def flow(text: str) -> str:
    """Wrap long lines at spaces; a line that goes on ends with one space (RFC 3676, section 4.2)."""
    return "\n".join(piece for line in text.split("\n") for piece in _flow_line(line))


def _flow_line(line: str) -> list[str]:
    if line == SEPARATOR:
        return [line]
    line = line.rstrip(" ")
    quoted = _QUOTE.match(line)
    mark = quoted[0] + " " if quoted else ""
    rest = line[len(quoted[0]) :].removeprefix(" ") if quoted else _stuffed(line)
    pieces = []
    while len(mark) + len(rest) > WIDTH:
        cut = _cut(rest, WIDTH - len(mark))
        if cut is None:
            break
        pieces.append(mark + rest[: cut + 1])
        rest = rest[cut + 1 :]
        if not mark:
            rest = _stuffed(rest)
    return [*pieces, (mark + rest).rstrip(" ")]


def _cut(rest: str, room: int) -> int | None:
    """The space to break after: the last that fits, else the first there is; None where none will do."""
    fitting, longer = range(min(room, len(rest)) - 1, 0, -1), range(max(room, 1), len(rest))
    spaces = (at for at in chain(fitting, longer) if rest[at] == " ")
    # neither a piece of spaces only nor one that would be read as the signature's separator
    return next((at for at in spaces if rest[:at].strip(" ") not in {"", "--"}), None)


def _stuffed(line: str) -> str:
    """Space-stuffing (RFC 3676, section 4.4): lines that begin with a space, `>` or `From `."""
    return " " + line if line.startswith((" ", ">", "From ")) else line


def unflow(text: str) -> str:
    """Join the soft line breaks of a flowed text and take the stuffing away."""
    lines: list[str] = []
    open_mark: str | None = None
    for line in text.split("\n"):
        quoted = _QUOTE.match(line)
        mark = quoted[0] if quoted else ""
        content = line[len(mark) :].removeprefix(" ")
        soft = content.endswith(" ") and content != SEPARATOR
        if open_mark == mark and content != SEPARATOR:
            lines[-1] += content
        else:
            lines.append((mark + " " + content) if mark else content)
        open_mark = mark if soft else None
    return "\n".join(line if line == SEPARATOR else line.rstrip(" ") for line in lines)


def quote(text: str) -> str:
    """The text one level deeper."""
    return "\n".join(
        (">" + line if line.startswith(">") else "> " + line).rstrip(" ") for line in text.split("\n")
    )


def unquoted(text: str) -> str:
    """The text without quoted lines: what may leave the house as ours, and what the guard looks at."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()


def own_words(text: str) -> str:
    """What the writer of a reply said: without quoted lines and without the line that introduces them."""
    kept: list[str] = []
    for line in text.split("\n"):
        if not line.startswith(">"):
            kept.append(line)
        elif kept and is_attribution(kept[-1]):
            kept.pop()
    return "\n".join(kept).strip()
