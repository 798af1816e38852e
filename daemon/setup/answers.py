"""The questions of `firstreply init`, and the keys of the file that the answers become.

Promises: everything that is asked can be answered by an option; no secret is among the keys.

Errors: `ConfigurationError` for answers of a script that are missing or cannot be right.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.desk.mailbox import ADDRESS
from daemon.errors import ConfigurationError
from daemon.ports.discovery import Endpoint, Names
from daemon.ports.security import LOOPBACK_HOSTS, Security
from daemon.setup.asking import Asker
from daemon.setup.choosing import NOTHING, choose
from daemon.setup.providers import OWN, PROVIDERS, Provider
from daemon.setup.writing import Value

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Given:
    """What the options said; None where they said nothing."""

    address: str | None = None
    name: str | None = None
    provider: str | None = None
    imap: str | None = None
    smtp: str | None = None
    username: str | None = None
    auth: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    password: str | None = None
    brand: str | None = None
    signature: str | None = None
    alert_to: str | None = None
    state_dir: str | None = None
    ca_file: str | None = None
    secrets: str | None = None
    force: bool = False
    test: bool = True


def collect(
    path: Path, given: Given, ask: Asker, names: Names | None
) -> tuple[dict[str, Value], dict[str, str]]:
    """The keys of the file, and the secrets by their names."""
    address = ask.valid(lambda: ask.text("Address of the mailbox", "--address", given.address), _no_address)
    provider = _provider(address, given, ask, names)
    default = re.sub(r"[^a-z0-9-]+", "-", address.partition("@")[2].partition(".")[0].lower()).strip("-")
    name = ask.valid(
        lambda: ask.text("A short name for it", "--name", given.name, default or "shop"), _no_name
    )
    username = ask.text("User name", "--username", given.username, address)
    auth = ask.one_of("Log in by", given.auth, provider.auth)
    values: dict[str, Value] = {"mailbox.name": name, "mailbox.address": address}
    secrets: dict[str, str] = {}
    for key, server in (("imap", provider.imap), ("smtp", provider.smtp)):
        values |= {
            f"mailbox.{key}.host": server.host,
            f"mailbox.{key}.port": server.port,
            f"mailbox.{key}.security": server.security.value,
            f"mailbox.{key}.username": username,
        }
        if given.ca_file:
            values[f"mailbox.{key}.ca_file"] = given.ca_file
    store = given.secrets or ("credential" if path.parent == Path("/etc/firstreply") else "file")
    if auth == "xoauth2":
        values |= _client(provider, given, ask)
        if provider.oauth == "google" or given.client_secret:
            secrets[f"{name}-client"] = ask.secret(
                "Client secret", "--client-secret-stdin", given.client_secret
            )
            values["mailbox.oauth.client_secret"] = place(path, store, f"{name}-client")
    else:
        secrets[name] = ask.secret("Password", "--password-stdin", given.password)
        for key in ("imap", "smtp"):
            values[f"mailbox.{key}.password"] = place(path, store, name)
    return values | _shop(given, ask, provider), secrets


def _shop(given: Given, ask: Asker, provider: Provider) -> dict[str, Value]:
    """What is asked of the shop itself, and what the provider's own habits decide."""
    values: dict[str, Value] = {
        "mailbox.brand": ask.text("Name of the shop", "--brand", given.brand, ""),
        "mailbox.signature": ask.text("Name under a reply", "--signature", given.signature, ""),
    }
    alert_to = ask.text("Who gets alerts by mail (empty: nobody)", "--alert-to", given.alert_to, "")
    if alert_to:
        values["deadlines.alert_to"] = [alert_to]
    if provider.authserv_id:
        values["mailbox.authserv_id"] = provider.authserv_id
    if provider.topmost:
        values["mailbox.authserv_topmost"] = True
    if given.state_dir:
        folder = Path(given.state_dir).absolute()
        values |= {"state_dir": str(folder), "ledger": f"sqlite:///{folder}/ledger.db"}
    return values


def _client(provider: Provider, given: Given, ask: Asker) -> dict[str, Value]:
    return {
        "mailbox.imap.auth": "xoauth2",
        "mailbox.smtp.auth": "xoauth2",
        "mailbox.oauth.provider": provider.oauth or "google",
        "mailbox.oauth.client_id": ask.text("Client id (docs/login.md)", "--client-id", given.client_id),
    }


def _provider(address: str, given: Given, ask: Asker, names: Names | None) -> Provider:
    """The provider with the servers that will be used."""
    slugs = [OWN, *(each.slug for each in PROVIDERS)]
    if given.provider not in {None, *slugs}:
        raise ConfigurationError(
            f"there is no preset {given.provider!r}",
            where="--provider",
            remedy=f"Write one of: {', '.join(slugs)}",
        )
    published = NOTHING if names is None else names.published(address.rpartition("@")[2])
    choice = choose(address, given.provider, published)
    ask.say(f"{choice.provider.title}: {choice.reason}.")
    if given.imap is None and given.smtp is None and not ask.confirm(_question(choice.provider)):
        choice = choose(address, ask.one_of("Provider", None, slugs), published)
    provider = choice.provider
    for remark in provider.remarks:
        ask.say(f"  {remark}")
    imap, smtp = given.imap or _spoken(provider.imap), given.smtp or _spoken(provider.smtp)
    if provider.slug == OWN:
        form = "(HOST, HOST:PORT or HOST:PORT/starttls)"
        imap = ask.valid(lambda: ask.text(f"IMAP server {form}", "--imap", given.imap, imap), no_server)
        smtp = ask.valid(lambda: ask.text(f"SMTP server {form}", "--smtp", given.smtp, smtp), no_server)
    return replace(provider, imap=server_of(imap, 993), smtp=server_of(smtp, 465))


def _question(provider: Provider) -> str:
    return f"IMAP {_spoken(provider.imap)}, SMTP {_spoken(provider.smtp)}: right?"


def _spoken(server: Endpoint) -> str:
    return f"{server.host}:{server.port}" + ("" if server.security is Security.TLS else f"/{server.security}")


def server_of(text: str, port: int) -> Endpoint:
    """`HOST`, `HOST:PORT`, `HOST:PORT/SECURITY`."""
    where, _, security = text.partition("/")
    host, _, number = where.partition(":")
    usual = Security.STARTTLS if number in {"143", "587"} else Security.TLS
    return Endpoint(host, int(number or port), Security(security) if security else usual)


def no_server(text: str) -> str | None:
    """What is wrong with a server as people write it."""
    match = re.fullmatch(r"([A-Za-z0-9._-]+)(:[0-9]{1,5})?(/(tls|starttls|none))?", text)
    if match is None:
        return "write HOST, HOST:PORT or HOST:PORT/starttls"
    return (
        "in the clear only to this very machine"
        if match[4] == "none" and match[1] not in LOOPBACK_HOSTS
        else None
    )


def _no_address(text: str) -> str | None:
    return (
        None if ADDRESS.fullmatch(text) else "this is no plain e-mail address, such as support@shop.example"
    )


def _no_name(text: str) -> str | None:
    return None if _NAME.fullmatch(text) else "only a-z, 0-9, dot, dash and underscore, such as us-store"


def place(path: Path, store: str, name: str) -> Value:
    """How the configuration at `path` names a secret."""
    return {"credential": name} if store == "credential" else {"file": str(folder(path, store) / name)}


def folder(path: Path, store: str) -> Path:
    """The folder of the secrets beside the configuration."""
    return path.resolve().parent / ("credentials" if store == "credential" else "secrets")
