"""What servers of other makes cannot do, taken away from a Dovecot by a proxy that hides and overhears.

Dovecot obeys commands that it does not offer, so switching an offer off proves little: the proxy also writes
down each command that a client sends all the same.
"""

import re
from collections.abc import Sequence

from tests.chaos import ChaosProxy

COMMANDS = {
    "MOVE": rb"UID MOVE|MOVE",
    "UIDPLUS": rb"UID EXPUNGE",
    "CONDSTORE": rb"STATUS [^\r]*HIGHESTMODSEQ|ENABLE CONDSTORE",
    "ESEARCH": rb"UID SEARCH RETURN",
    "IDLE": rb"IDLE",
    "SPECIAL-USE": rb"LIST [^\r]*SPECIAL-USE",
    "NAMESPACE": rb"NAMESPACE",
    "MULTIAPPEND": rb"",
    "LITERAL+": rb"",
    "ENABLE": rb"ENABLE",
    "UTF8=ACCEPT": rb"ENABLE [^\r]*UTF8",
    "IMAP4rev2": rb"ENABLE [^\r]*IMAP4REV2",
    "KEYWORDS": rb"UID STORE [^\r]*FirstreplyDue",
}
"""What may not be said to a server that does not offer the extension."""
_SAID = re.compile(
    rb"(?P<offers>\* CAPABILITY [^\r]*|\[CAPABILITY [^\]]*\])|(?P<places>\[(?:APPEND|COPY)UID [^\]]*\] ?)"
    rb"|(?P<uses>\\(?:Drafts|Sent|Trash|Junk|Archive)\b ?)"
    rb"|(?P<keeps>\[PERMANENTFLAGS \([^)]*\)\])"
)


def limit(proxy: ChaosProxy, absent: Sequence[str], offered: Sequence[str] = ()) -> None:
    """Let the server behind the proxy do without these extensions, and offer others that it does not have."""
    missing = {word.encode() for word in absent}

    def without(match: re.Match[bytes]) -> bytes:
        if match["offers"] is not None:
            closed = b"]" if match[0].endswith(b"]") else b""
            words = [word for word in match[0].removesuffix(b"]").split(b" ") if word not in missing]
            return b" ".join([*words, *(word.encode() for word in offered)]) + closed
        if match["keeps"] is not None:
            return match[0].replace(b" \\*", b"") if "KEYWORDS" in absent else match[0]
        hidden = "UIDPLUS" if match["places"] is not None else "SPECIAL-USE"
        return b"" if hidden in absent else match[0]

    proxy.rewrite = (_SAID.pattern, without)
    forbidden = [COMMANDS[word] for word in (*absent, *offered) if COMMANDS[word]]
    proxy.watch_for = rb"(?m)^\w+ (" + b"|".join(forbidden) + rb")\b" if forbidden else None
