"""`firstreply login NAME`: a person grants firstreply the use of a mailbox, once (OAuth 2.0).

Promises: only the grant is kept, in the place that `[mailbox.oauth] store` names; a running daemon finds it
by itself. Nothing that is printed is a secret.

Errors: `ConfigurationError` and `TemporaryError` of the configuration and the provider.
"""

import json
import sys
from datetime import UTC, datetime

from daemon.errors import ConfigurationError
from daemon.ports.oauth import log_in
from daemon.ports.token_store import Grant
from daemon.settings import Settings, by_hand, find, load
from daemon.settings_mailbox import Access


def login(config: str | None, name: str, *, port: int, as_json: bool) -> int:
    """Log a mailbox in; instructions go to stderr, the answer to stdout."""
    path = find(config)
    settings = load(path, by_hand(path))
    access, username = _access(settings, name)

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  what the person has to do

    fresh = log_in(access.client, say, username=username, port=port)
    grant = Grant(fresh.refresh_token or "", datetime.now(UTC).isoformat(timespec="seconds"))
    with access.store.exclusive():
        access.store.save(grant)
    told = {"mailbox": name, "granted_at": grant.granted_at}
    text = f"{name} is logged in; a running daemon goes on by itself within a minute."
    print(json.dumps(told) if as_json else text)  # noqa: T201  the command's answer
    return 0


def _access(settings: Settings, name: str) -> tuple[Access, str]:
    boxes = {box.mailbox.name: box for box in settings.mailboxes}
    box = boxes.get(name)
    if box is None:
        raise ConfigurationError(
            f"there is no mailbox {name!r}",
            where=str(settings.path),
            remedy=f"Name one of: {', '.join(sorted(boxes))}",
        )
    if box.access is None:
        raise ConfigurationError(
            "it logs in by password",
            where=f"{settings.path}: mailbox {name!r}",
            remedy='Write auth = "xoauth2" and [mailbox.oauth] first',
        )
    return box.access, box.imap.username if box.imap.renew else box.smtp.username or ""
