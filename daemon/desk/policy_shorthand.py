"""The shorthand in which the guard's phrases are written, and the patterns made of it.

Phrases are folded like the text they are compared with and separated by ` / `; line ends count as blanks.
Inside a phrase a blank stands for one to three blanks, `~20` for up to 20 characters within one sentence, `<`
and `>` for the edges of a Latin word; everything else is a regular expression without unbounded repetition.

Promises: patterns made here take time linear in the text.

Errors: none leave this module.
"""

import re
from collections.abc import Sequence

_GAP = re.compile(r"~(\d+)")
_EDGES = {"<": "(?<![0-9a-zß-ɏ])", ">": "(?![0-9a-zß-ɏ])"}


def phrases(text: str) -> tuple[str, ...]:
    """The single phrases of a block of text."""
    return tuple(" ".join(text.split()).split(" / "))


def compiled(entries: Sequence[str]) -> re.Pattern[str]:
    """One pattern of many phrases.

    Phrases that begin at the edge of a word share one look behind: that is several times faster.
    """
    edged = [_expanded(entry[1:]) for entry in entries if entry.startswith("<")]
    others = [_expanded(entry) for entry in entries if not entry.startswith("<")]
    alternatives = [f"{_EDGES['<']}(?:{'|'.join(edged)})"] if edged else []
    return re.compile("|".join(alternatives + others))


def _expanded(phrase: str) -> str:
    gaps = _GAP.sub(lambda match: f"[^.!?。！？;\\n]{{0,{match[1]}}}?", phrase)
    edges = re.sub("[<>]", lambda match: _EDGES[match[0]], gaps)
    return edges.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}")
