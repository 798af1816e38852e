r"""A server that behaves like Gmail as far as it matters to us: labels on one store, in front of a Dovecot.

Faithful (Google's help and IMAP pages, reports of client authors): each mail is in `\All` beside its labels,
under UIDs of its own; `\Deleted` in a label takes the label away at once and archives; Trash takes all
labels away, and what is deleted there is gone; COPY and APPEND of a mail that is there already, by Message-ID
and Date, Trash included, find it instead of making a second one; in the same label the new one replaces it;
COPYUID stands in the tagged reply; SEARCH HEADER is blind for References and fields of one's own; special
folders have names in the owner's language and may be hidden; the web page moves whole conversations.

Not faithful: flags are kept by folder, not by mail; starred and important are folders in which nothing lies;
the web's own drafts, limits, throttling and X-GM-LABELS are absent; what SMTP takes is filed by the test.
"""

import re
import threading
from collections.abc import Iterable
from email import message_from_bytes
from typing import Self

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from imapclient.imap_utf7 import decode as from_utf7

from tests.commanded import APPEND, CAPABILITIES, QUOTED, CommandProxy, blinded
from tests.dovecot import HOST, PASSWORD, Dovecot

ALL, TRASH, SENT = "[Gmail]/Alle Nachrichten", "[Gmail]/Papierkorb", "[Gmail]/Gesendet"
DRAFTS = "[Gmail]/Entwürfe"
SPECIAL = {
    f'"{name}"': use
    for name, use in (
        *((ALL, r"\All"), (TRASH, r"\Trash"), (SENT, r"\Sent"), (DRAFTS, r"\Drafts")),
        *(("[Gmail]/Spam", r"\Junk"), ("[Gmail]/Markiert", r"\Flagged"), ("[Gmail]/Wichtig", r"\Important")),
    )
}
OFFERS = (
    b"IMAP4rev1 UNSELECT IDLE NAMESPACE ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE ESEARCH "
    b"LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584"
)
_CHANGES = re.compile(
    rb"(?is)(?P<tag>\S+) (?:"
    rb"UID (?P<act>COPY|MOVE) (?P<uids>[\d,:*]+) (?P<target>" + QUOTED + rb")\r\n"
    rb"|UID STORE (?P<gone>[\d,:*]+) \+FLAGS\S* \(?\\Deleted\)?\r\n"
    rb"|(?:UID )?EXPUNGE\b.*)"
)
_IDS = re.compile(rb"<[^>]+>")
Key = tuple[str, str]


def _folder(argument: bytes) -> str:
    return str(from_utf7(argument.strip(b'"')))


def _key(raw: bytes) -> Key:
    """By what a mail is known again."""
    mail = message_from_bytes(raw)
    return str(mail["Message-ID"]), str(mail["Date"] or "")


class Gmail(CommandProxy):
    """One account, `user`, on one server; `with Gmail("anna") as gmail:`."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.hidden: tuple[str, ...] = ()
        """Special folders that the owner does not let IMAP show."""
        self.dovecot = Dovecot(special=SPECIAL).start()  # before another port is taken
        self._lock = threading.Lock()
        super().__init__(self.dovecot.port)

    def __enter__(self) -> Self:
        self._open()
        return super().__enter__()

    def _open(self) -> None:
        self._store = IMAPClient(HOST, port=self.dovecot.port, ssl=False, timeout=60)
        self._store.login(self.user, PASSWORD)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._store.shutdown()
        self.dovecot.stop()

    def empty(self) -> None:
        """Forget all mail and all labels, and whatever came of the test before."""
        with self._lock:
            self._store.shutdown()
            self._open()
            for folder in self._folders():
                self._store.select_folder(folder)
                self._unlabel(folder, self._store.search("ALL"))
                self._store.unselect_folder()
                if not folder.startswith(("[Gmail]", "INBOX")):
                    self._store.delete_folder(folder)

    # ---- the web page ------------------------------------------------------------------------

    def web_move(self, raw: bytes, source: str, target: str) -> None:
        """Drag the conversation that a mail belongs to from one label to another."""
        with self._lock:
            for uid in self._conversation(raw):
                key = _key(self._raw(ALL, uid))
                self._label(ALL, uid, target)
                self._unlabel(source, self._find(source, key))

    def _conversation(self, raw: bytes) -> list[int]:
        self._store.select_folder(ALL)
        fields = "BODY[HEADER.FIELDS (MESSAGE-ID REFERENCES)]"
        found = self._store.fetch(self._store.search("ALL"), [fields.replace("BODY", "BODY.PEEK")])
        ids = {uid: {*_IDS.findall(data[fields.encode()])} for uid, data in found.items()}
        known = {_key(raw)[0].encode()}
        for _ in ids:  # as far as one mail leads to the other
            known |= {one for each in ids.values() if known & each for one in each}
        return [uid for uid, each in ids.items() if known & each]

    # ---- the store ---------------------------------------------------------------------------

    def _folders(self) -> list[str]:
        return [name for _, _, name in self._store.list_folders() if name != "[Gmail]"]

    def _find(self, folder: str, key: Key) -> list[int]:
        self._store.select_folder(folder)
        dated = ["HEADER", "Date", key[1]] if key[1] else []
        return list(self._store.search(["HEADER", "Message-ID", key[0], *dated]))

    def _raw(self, folder: str, uid: int) -> bytes:
        self._store.select_folder(folder)
        return bytes(self._store.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])

    def _unlabel(self, folder: str, uids: Iterable[int]) -> None:
        if wanted := list(uids):
            self._store.select_folder(folder)
            self._store.delete_messages(wanted, silent=True)
            self._store.uid_expunge(wanted)

    def _copy(self, source: str, uid: int, target: str) -> None:
        self._store.select_folder(source)
        self._store.copy([uid], target)

    def _append(self, folder: str, raw: bytes, flags: Iterable[bytes]) -> int:
        """A mail comes in; one that is there already gets the label, or gives way in the same one."""
        key = _key(raw)
        if here := self._find(folder, key):
            self._unlabel(folder, here)
            self._unlabel(ALL, self._find(ALL, key))
        for where in (ALL, TRASH):
            if known := self._find(where, key):
                return self._label(where, known[-1], folder)
        self._store.append(ALL, raw, list(flags))
        return self._label(ALL, self._find(ALL, key)[-1], folder)

    def _label(self, source: str, uid: int, target: str) -> int:
        """Give a mail a label; returns its UID there."""
        key = _key(self._raw(source, uid))
        if not self._find(target, key):
            self._copy(source, uid, target)
        if source == TRASH:
            if not self._find(ALL, key):
                self._copy(source, uid, ALL)
            self._unlabel(source, [uid])
        elif target == TRASH:
            for folder in self._folders():
                self._unlabel(folder, self._find(folder, key) if folder != TRASH else [])
        return self._find(target, key)[-1]

    # ---- what is said ------------------------------------------------------------------------

    def hear(self, command: bytes, selected: str) -> tuple[bytes, bytes]:
        """Do what changes anything with the store; leave all else to Dovecot."""
        asked = APPEND.fullmatch(command) or _CHANGES.fullmatch(command)
        if asked is None:
            return blinded(command), b""
        try:
            with self._lock:
                said = self._change(asked, _folder(selected.encode()))
        except IMAPClientError as error:
            if "doesn't exist" not in str(error):
                raise
            said = "NO [TRYCREATE] Folder doesn't exist. (Failure)"
        return b"", b"%s %s\r\n" % (asked["tag"], said.encode())

    def _change(self, asked: re.Match[bytes], selected: str) -> str:
        if asked.re is APPEND:
            folder = _folder(asked["into"])
            uid = self._append(folder, asked["raw"], re.findall(rb"\\\w+", asked["how"]))
            return f"OK [APPENDUID {self._validity(folder)} {uid}] (Success)"
        if not asked["uids"] and not asked["gone"]:
            return "OK Success"  # expunged long ago
        self._store.select_folder(selected)
        uids = self._store.search([b"UID", asked["uids"] or asked["gone"]])
        told = ""
        if asked["target"] and uids:
            target = _folder(asked["target"])
            there = [self._label(selected, uid, target) for uid in uids]
            lists = " ".join(",".join(map(str, each)) for each in (uids, there))
            told = f"[COPYUID {self._validity(target)} {lists}] "
        if selected != ALL and (asked["act"] or b"MOVE").upper() == b"MOVE":
            self._unlabel(selected, uids)
        return f"OK {told}(Success)"

    def _validity(self, folder: str) -> int:
        return int(self._store.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"])

    def tell(self, said: bytes) -> bytes:
        """Another greeting, other capabilities, and no word of what is hidden."""
        for name in self.hidden:
            said = re.sub(rb'\* LIST [^\r]* "?%s"?\r\n' % re.escape(name.encode()), b"", said)
        said = re.sub(rb"Dovecot[^\r]*ready\.", b"Gimap ready for requests", said)
        return CAPABILITIES.sub(rb"\1CAPABILITY " + OFFERS + rb"\2", said)
