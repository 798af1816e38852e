r"""What Exchange Online does otherwise, laid over a Dovecot by a proxy that reads whole commands.

Faithful (published logs, MS-STANXIMAP, reports of client authors): greeting and capabilities, and BAD to what
they do not offer; no special use in LIST, names in the owner's language; PERMANENTFLAGS without `\*`, NO to
a keyword; SEARCH HEADER is blind for References and fields of one's own; what is appended is made anew: other
order, folding, charset and encoding, `format=flowed` and all X- fields lost; what SMTP takes is filed under
another Message-ID and Date, with References left alone.

Not faithful: mail that is delivered keeps its bytes, and so does what has attachments; throttling is absent;
that lines stay wrapped where `format=flowed` was lost is a guess at the worse of two cases.
"""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.commanded import APPEND, CAPABILITIES, CommandProxy, blinded
from tests.dovecot import Dovecot

SENT, TRASH, DRAFTS, ARCHIVE = "Gesendete Elemente", "Gelöschte Elemente", "Entwürfe", "Archiv"
SPECIAL = {f'"{SENT}"': r"\Sent", f'"{TRASH}"': r"\Trash", DRAFTS: r"\Drafts", ARCHIVE: r"\Archive"}
OFFERS = (
    b"IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE "
    b"NAMESPACE LITERAL+"
)
KEPT = ("From", "To", "Cc", "Subject", "References", "In-Reply-To", "Message-ID", "Date")
_UNKNOWN = re.compile(
    rb"(?i)(\S+) (?:ENABLE|NOTIFY|GETMETADATA|GETQUOTAROOT|MYRIGHTS|STATUS [^\r]*HIGHESTMODSEQ"
    rb"|UID SEARCH RETURN|LIST [^\r]*RETURN|UID FETCH [^\r]*(?:MODSEQ|CHANGEDSINCE))"
)
_KEYWORD = re.compile(rb"(?i)(\S+) UID STORE \S+ [+-]?FLAGS\S* \(?(?:\\\w+ )*[^\\( ]")


def remade(raw: bytes, **changed: str) -> bytes:
    """A mail as it comes back: the same words, and little else the same."""
    was = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(was, EmailMessage)
    if was.is_multipart():
        return raw
    now = EmailMessage(policy.SMTP.clone(max_line_length=200))
    for name in KEPT:
        if value := changed.get(name) or was[name]:
            now[name] = str(value)
    text = "\n".join(line.rstrip() for line in str(was.get_content()).split("\n"))
    latin = all(ord(letter) < 256 for letter in text)
    now.set_content(text, charset="iso-8859-1" if latin else "utf-8", cte="base64")
    now["Thread-Topic"] = str(was["Subject"])
    now["X-MS-Has-Attach"] = ""
    return now.as_bytes()


def filed(raw: bytes) -> bytes:
    """The copy in Sent of what SMTP took."""
    dated = {"Message-ID": "<AM9PR01MB0001@AM9PR01MB0001.eurprd01.prod.outlook.com>"}
    return remade(raw, **dated, Date="Mon, 2 Mar 2026 10:00:00 +0000")


class Exchange(CommandProxy):
    """One server with any accounts; `heard` has what was asked for although it is not offered."""

    def __init__(self) -> None:
        self.dovecot = Dovecot(special=SPECIAL).start()
        self.heard: list[bytes] = []
        super().__init__(self.dovecot.port)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self.dovecot.stop()

    def hear(self, command: bytes, selected: str) -> tuple[bytes, bytes]:  # noqa: ARG002  as the base has it
        """Refuse what is not offered, and make anew what is appended."""
        if asked := _UNKNOWN.match(command):
            self.heard.append(command)
            return b"", asked[1] + b" BAD Command Argument Error. 12\r\n"
        if asked := _KEYWORD.match(command):
            self.heard.append(command)
            return b"", asked[1] + b" NO STORE failed.\r\n"
        appended = APPEND.fullmatch(command)
        if appended is None or appended["into"].strip(b'"').upper() == b"INBOX":
            return blinded(command), b""
        raw = remade(appended["raw"])
        start = b"%s APPEND %s%s" % (appended["tag"], appended["into"], appended["how"])
        return b"%s {%d+}\r\n%s\r\n" % (start, len(raw), raw), b""

    def tell(self, said: bytes) -> bytes:
        """Its greeting, its capabilities, its flags."""
        said = re.sub(rb"\\(?:Drafts|Sent|Trash|Archive)\b ?", b"", said)
        flags = rb"[PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)]"
        said = re.sub(rb"\[PERMANENTFLAGS \([^)]+\)\]", flags, said)
        greeting = b"The Microsoft Exchange IMAP4 service is ready. [TABCDEF==]"
        said = re.sub(rb"\[CAPABILITY [^\]]*\] Dovecot[^\r]*ready\.", greeting, said)
        return CAPABILITIES.sub(rb"\1CAPABILITY " + OFFERS + rb"\2", said)
