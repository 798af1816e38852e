"""Folders: what the server calls them, which ones serve as Sent, Drafts and Trash, creating the missing.

Functions over a `Session`, and pure ones that decide. Errors: ConfigurationError for names that cannot
be right, TemporaryError for the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from daemon.desk.profile import ORDINARY, Profile
from daemon.errors import ConfigurationError, PermanentError
from daemon.ports.imap_errors import refusal
from daemon.ports.imap_session import Command, Session
from daemon.ports.imap_values import FolderNames
from daemon.ports.imap_wire import code_of, folder_name, names, responses, values

SPECIAL_USE = {"drafts": "\\drafts", "sent": "\\sent", "trash": "\\trash", "archive": "\\archive"}
"""RFC 6154 attributes of the folders that we look for instead of naming them."""
GUESSES = {
    "drafts": "Drafts|Draft|INBOX.Drafts|Entwürfe|Brouillons|Borradores|Bozze|下書き|草稿箱|草稿",
    "sent": "Sent|Sent Items|Sent Messages|Sent Mail|Gesendet|Gesendete Elemente|Gesendete Objekte|Envoyés"
    "|Éléments envoyés|Messages envoyés|Enviados|Elementos enviados|Inviata|Posta inviata"
    "|送信済み|送信済みアイテム|已发送|已发送邮件",
    "trash": "Trash|Deleted Items|Deleted Messages|Deleted|Bin|Papierkorb|Gelöschte Elemente|Corbeille"
    "|Éléments supprimés|Papelera|Elementos eliminados|Cestino|Posta eliminata|ゴミ箱|削除済みアイテム"
    "|已删除|已删除邮件|废纸篓",
    "archive": "Archive|Archives|Archiv|Archivio|Archivo|アーカイブ|存档|归档",
}
DISTINCT = ("inbox", "approval", "approved", "rejected", "reclassify", "no_reply_needed")
CLOSED = frozenset({"\\noselect", "\\nonexistent"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as LIST tells it; `attributes` in lower case."""

    name: str
    attributes: frozenset[str]
    delimiter: str | None

    @property
    def selectable(self) -> bool:
        """Whether it can hold messages."""
        return not self.attributes & CLOSED


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """How the server nests: the prefix of personal folders, and its delimiter (None: it does not)."""

    prefix: str
    delimiter: str | None

    def place(self, wanted: str) -> str:
        """The server's name for a configured one, in which `/` means hierarchy.

        The delimiter inside a part of the name would nest by mistake and becomes `_`. A name that begins
        with the server's prefix is the server's own.
        """
        if wanted.upper() == "INBOX":
            return "INBOX"
        start = len(self.prefix)
        if start and wanted[:start].upper() == self.prefix.upper() and wanted[start:]:
            return self.prefix + wanted[start:]
        parts = [part for part in wanted.split("/") if part]
        if not self.delimiter:
            return self.prefix + "/".join(parts)
        own = self.prefix.removesuffix(self.delimiter)
        if own and parts[0].upper() == own.upper() and len(parts) > 1:
            parts = parts[1:]
        return self.prefix + self.delimiter.join(self._part(part) for part in parts)

    def child(self, parent: str, name: str) -> str:
        """The server's name of `name` inside `parent`."""
        return f"{parent}{self.delimiter or '/'}{self._part(name)}"

    def _part(self, part: str) -> str:
        return part if not self.delimiter or self.delimiter == "/" else part.replace(self.delimiter, "_")


def listing(session: Session, pattern: str = "*") -> list[Listed]:
    """All folders that match, with their special uses."""
    special = {"SPECIAL-USE", "LIST-EXTENDED"} <= session.capabilities
    returning = ("RETURN (SPECIAL-USE)",) if special else ()
    data = session.ask("LIST", '""', session.argument(pattern), *returning, wants="LIST")
    found: list[Listed] = []
    for response in responses(data):
        match values(response):
            case [list() as attributes, bytes() as delimiter, name, *_]:
                parting = None if delimiter.upper() == b"NIL" else delimiter.decode("utf-8", "replace")
                lowered = frozenset(word.lower() for word in names(attributes))
                found.append(Listed(session.heard_name(name), lowered, parting))
            case _:
                continue  # an empty line says "nothing"
    return found


def hierarchy(session: Session) -> Hierarchy:
    """Ask how folders nest: NAMESPACE (RFC 2342) where there is one, else what LIST says of the root."""
    if "NAMESPACE" in session.capabilities:
        match values(session.ask("NAMESPACE", wants="NAMESPACE")[-1:]):
            case [[[bytes() as prefix, bytes() as delimiter, *_], *_], *_]:
                name = folder_name(prefix) if prefix else ""
                return Hierarchy(name, None if delimiter == b"NIL" else delimiter.decode("ascii", "replace"))
    listed = listing(session, "")
    return Hierarchy("", listed[0].delimiter if listed else None)


def resolve(
    wanted: Mapping[str, str | None], shape: Hierarchy, listed: Sequence[Listed], profile: Profile = ORDINARY
) -> FolderNames:
    """Choose the server's names; see `ImapConnection.resolve`."""
    present = {folder.name for folder in listed}
    chosen: dict[str, str | None] = {}
    for role in (field.name for field in fields(FolderNames)):
        name = wanted.get(role)
        if name:
            chosen[role] = name if name in present else shape.place(name)
        elif role in SPECIAL_USE:
            chosen[role] = _special(role, shape, listed, profile)
    if not chosen["sent"] and profile.labels:
        raise ConfigurationError(
            "the server hides the folder of its sent mail",
            where="folders.sent",
            remedy="Let Gmail show Sent Mail, All Mail and Trash: Settings, Labels, Show in IMAP.",
        )
    if not chosen["sent"] and (sent := shape.place("Sent")) not in present:
        chosen["sent"] = sent  # to be created: what was sent must not be kept nowhere
    if not wanted.get("approval"):
        chosen["approval"] = chosen["drafts"]  # layout "drafts": the account's own folder is the queue
    _require(chosen)
    return FolderNames(**{role: name or "" for role, name in chosen.items() if name or role in DISTINCT})


def _special(role: str, shape: Hierarchy, listed: Sequence[Listed], profile: Profile) -> str | None:
    open_ones = [folder for folder in listed if folder.selectable]
    use = "\\all" if profile.labels and role == "archive" else SPECIAL_USE[role]
    for folder in open_ones:
        if use in folder.attributes:
            return folder.name
    if profile.labels:
        return None  # a label that only happens to be called so
    by_name = {folder.name.casefold(): folder.name for folder in open_ones}
    for guess in GUESSES[role].split("|"):
        for name in (shape.place(guess), guess):
            if name.casefold() in by_name:
                return by_name[name.casefold()]
    return None


def _require(chosen: Mapping[str, str | None]) -> None:
    owner: dict[str, str] = {}
    for role in DISTINCT:
        name = chosen.get(role)
        if not name:
            raise ConfigurationError(
                "no folder is named, and the server shows none for it",
                where=f"folders.{role}",
                remedy="Write the folder's name into firstreply.toml.",
            )
        if name in owner:
            raise ConfigurationError(
                f"{name} is the folder of {owner[name]} already",
                where=f"folders.{role}",
                remedy="Give each of them a folder of its own: moving between them is what decides.",
            )
        owner[name] = role


def ensure(session: Session, folders: Iterable[str]) -> tuple[str, ...]:
    """Create what is missing and subscribe all; return what was created."""
    wanted = list(dict.fromkeys(folders))
    present = {folder.name for folder in listing(session) if folder.selectable}
    created = tuple(name for name in wanted if name not in present and create(session, name))
    subscribe(session, wanted)
    return created


def subscribe(session: Session, folders: Sequence[str]) -> None:
    """Subscribe all, so that mail clients show them; a server without subscriptions may refuse."""
    commands: list[Command] = [("SUBSCRIBE", session.argument(name)) for name in folders]
    if commands:
        session.exchange(*commands)


def create_for_use(session: Session, folder: str) -> None:
    """Create and subscribe the folder that a command just missed (TRYCREATE)."""
    create(session, folder)
    subscribe(session, [folder])


def create(session: Session, folder: str) -> bool:
    """Create a folder; False when it is there already. Raises ConfigurationError for a bad name."""
    reply = session.exchange(("CREATE", session.argument(folder))).replies[0]
    if reply.kind == "OK":
        return True
    if code_of(reply.text)[0] == "ALREADYEXISTS":
        return False
    error = refusal(f"CREATE {folder}", reply.kind, reply.text)
    if isinstance(error, PermanentError):
        raise ConfigurationError(
            f"the server cannot have a folder of this name ({reply.text[:200]})",
            where=f"folder {folder}",
            remedy="Choose another name in firstreply.toml.",
        ) from error
    raise error
