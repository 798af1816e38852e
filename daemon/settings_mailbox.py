"""One mailbox's settings, built from its tables: servers, secrets that are read when needed, tokens.

Promises: nothing is read or asked here; IMAP and SMTP of a mailbox share one source of tokens.

Errors: those of the secrets and tokens, when they are asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from daemon.desk.mailbox import Mailbox, SendingRules
from daemon.mail.kinds import ReadingContext
from daemon.ports.credentials import Secret, read_secret
from daemon.ports.imap import ImapServer
from daemon.ports.oauth import renew
from daemon.ports.oauth_client import OAuthClient
from daemon.ports.smtp import SmtpServer
from daemon.ports.token_store import FileStore, KeyringStore, TokenStore
from daemon.ports.tokens import TokenSource
from daemon.settings_file import MailboxTable
from daemon.settings_servers import OauthTable, Server


@dataclass(frozen=True, slots=True)
class Access:
    """How a mailbox gets its tokens: the client, and the place of the grant."""

    client: OAuthClient
    store: TokenStore


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """One mailbox with its servers; `access` and `tokens` are there where a server wants tokens.

    Two of them are never equal, since they know how to ask for secrets; what was written, `table`, may be.
    """

    table: MailboxTable
    mailbox: Mailbox
    imap: ImapServer
    smtp: SmtpServer
    reading: ReadingContext
    access: Access | None = None
    tokens: TokenSource | None = None


def mailbox_settings(
    path: Path, state_dir: Path, table: MailboxTable, environ: Mapping[str, str]
) -> MailboxSettings:
    """Build the settings of one `[[mailbox]]`."""

    def reader(secret: Secret, key: str) -> Callable[[], str]:
        where = f"{path}: mailbox {table.name!r}, {key}"
        return lambda: read_secret(secret, environ=environ, where=where)

    access = tokens = None
    if "xoauth2" in {table.imap.auth, table.smtp.auth}:
        where = f"{path}: mailbox {table.name!r}, oauth"
        access = _access(table.oauth, table.name, state_dir, where, reader)
        tokens = TokenSource(access.store, partial(renew, access.client), mailbox=table.name, where=where)
    return MailboxSettings(
        table=table,
        mailbox=Mailbox(
            name=table.name,
            address=table.address,
            brand=table.brand,
            signature=table.signature,
            layout=table.layout,
            folders=table.folders,
            approval=table.approval,
            sending=SendingRules(table.smtp.per_minute, table.smtp.sent_copy, table.smtp.receipt_alert),
        ),
        imap=ImapServer(**_server(table.imap, "imap", tokens, reader)),
        smtp=SmtpServer(**_server(table.smtp, "smtp", tokens, reader)),
        reading=ReadingContext(
            own_addresses=frozenset({table.address.lower()}),
            marketplaces=tuple(table.marketplaces),
            authserv_id=table.authserv_id,
            authserv_topmost=table.authserv_topmost,
            allowed_senders=frozenset(address.lower() for address in table.allowed_senders),
        ),
        access=access,
        tokens=tokens,
    )


_Reader = Callable[[Secret, str], Callable[[], str]]


def _server(table: Server, key: str, tokens: TokenSource | None, reader: _Reader) -> dict[str, Any]:
    """What ImapServer and SmtpServer have in common."""
    common = {
        "host": table.host,
        "port": table.port,
        "security": table.security,
        "username": table.username,
        "ca_file": table.ca_file,
    }
    if table.auth == "xoauth2" and tokens is not None:
        return {**common, "password": tokens.token, "renew": tokens.renew}
    # a table without a password does not come this far
    return {**common, "password": reader(table.password, f"{key}.password") if table.password else None}


def _access(table: OauthTable, name: str, state_dir: Path, where: str, reader: _Reader) -> Access:
    client = OAuthClient(
        provider=table.provider or "google",  # a table without them does not come this far
        client_id=table.client_id or "",
        where=where,
        client_secret=reader(table.client_secret, "oauth.client_secret") if table.client_secret else None,
        authority=table.authority,
        authorize_url=table.authorize_url,
        token_url=table.token_url,
        scopes=tuple(table.scopes),
        ca_file=table.ca_file,
    )
    file = state_dir / "tokens" / f"{name}.json"
    return Access(client, KeyringStore(name, file) if table.store == "keyring" else FileStore(file))
