"""format=flowed (RFC 3676): text that every client can wrap anew and that we can compare after it did.

Promises: `unflow(flow(text)) == text` for texts without trailing spaces; quote depth and the signature
separator survive. Nothing here knows of mail headers.

Errors: none.
"""

import re

WIDTH = 72
_QUOTE = re.compile(r">+")


def flow(text: str) -> str:
    """Wrap long lines at spaces; a line that goes on ends with one space (RFC 3676, section 4.2)."""
    return "\n".join(piece for line in text.split("\n") for piece in _flow_line(line.rstrip()))


def _flow_line(line: str) -> list[str]:
    quoted = _QUOTE.match(line)
    mark = quoted[0] + " " if quoted else ""
    rest = line[len(quoted[0]) :].removeprefix(" ") if quoted else _stuffed(line)
    pieces = []
    while len(mark) + len(rest) > WIDTH:
        cut = rest.rfind(" ", 1, WIDTH - len(mark))
        if cut <= 0:
            cut = rest.find(" ", WIDTH - len(mark))
        # a piece of spaces only, or the last one, must not end in a space
        if cut <= 0 or not rest[cut + 1 :].strip():
            break
        pieces.append(mark + rest[: cut + 1])
        rest = rest[cut + 1 :]
        if not mark:
            rest = _stuffed(rest)
    return [*pieces, (mark + rest).rstrip() if rest != "-- " else rest]


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
        soft = content.endswith(" ") and content != "-- "
        if open_mark == mark and lines:
            lines[-1] += content
        else:
            lines.append((mark + " " + content) if mark else content)
        open_mark = mark if soft else None
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)


def quote(text: str) -> str:
    """The text one level deeper."""
    return "\n".join(
        (">" + line if line.startswith(">") else "> " + line).rstrip() for line in text.split("\n")
    )


def own_words(text: str) -> str:
    """What the writer of a reply said: the text without quoted lines and the line that introduces them."""
    lines = text.split("\n")
    kept: list[str] = []
    for line in lines:
        if line.startswith(">"):
            if kept and kept[-1].rstrip().endswith(":") and "wrote" in kept[-1]:
                kept.pop()
            continue
        kept.append(line)
    return "\n".join(kept).strip()
