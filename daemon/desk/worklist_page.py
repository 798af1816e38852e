"""The worklist as simple HTML: readable on a phone, in light and in dark, with nothing loaded from anywhere.

Promises: pure; every word that came from outside is escaped, and a link is written only when it is https.

Errors: none.
"""

from html import escape

from daemon.desk.worklist import SHOWN, SPELLED_OUT, Entry, Worklist

_HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title></head>'
    '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.4; max-width: 40em">'
)
_LATE, _DUE = "#c62828", "#2e7d32"


def page(worklist: Worklist) -> str:
    """The whole page."""
    parts = [
        _HEAD.format(title=escape(worklist.subject)),
        f"<h1 style='font-size: 1.2em'>{escape(worklist.subject)}</h1>",
    ]
    parts += [f"<p style='color: {_LATE}'><b>{escape(each)}</b></p>" for each in worklist.alerts]
    parts += [_block(entry, number) for number, entry in enumerate(worklist.entries[:SHOWN], 1)]
    if worklist.waiting > SHOWN:
        parts.append(f"<p>... and {worklist.waiting - SHOWN} more: <code>firstreply worklist</code></p>")
    if worklist.asides:
        parts.append("<h2 style='font-size: 1.1em'>Mails that could not be read</h2><ul>")
        parts += [f"<li>{escape(each)}</li>" for each in worklist.asides]
        parts.append("</ul>")
    return "\n".join(parts) + "</body></html>\n"


def _block(entry: Entry, number: int) -> str:
    colour = _LATE if entry.overdue else _DUE
    parts = [
        f"<div style='border-left: 5px solid {colour}; padding-left: 0.6em; margin: 0 0 1em 0'>",
        f"<b>{number}. {escape(entry.headline)}</b>",
        *(f"<br>{escape(each)}" for each in entry.lines),
    ]
    if number <= SPELLED_OUT:
        if entry.steps:
            steps = "".join(f"<li>{escape(step)}</li>" for step in entry.steps)
            parts.append(f"<ul style='margin: 0.3em 0; padding-left: 1.2em'>{steps}</ul>")
        if entry.link and entry.link.startswith("https://"):
            parts.append(f'<div><a href="{escape(entry.link)}">No response needed</a></div>')
    return "".join(parts) + "</div>"
