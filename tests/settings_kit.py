"""Settings of one mailbox whose every part is as it should be, for tests that break one."""

from pathlib import Path

from daemon.settings import Settings, load
from tests.dovecot import PASSWORD

CONFIG = """\
state_dir = "{root}/state"
ledger = "sqlite:///{root}/state/ledger.db"
[[mailbox]]
name = "shop"
address = "support@shop.example"
brand = "Acme"
signature = "Anna"
  [mailbox.imap]
  host = "127.0.0.1"
  port = {imap}
  security = "none"
  username = "{user}"
  password = {{ file = "{root}/password" }}
  [mailbox.smtp]
  host = "127.0.0.1"
  port = {smtp}
  security = "none"
  username = "{user}"
  password = {{ file = "{root}/password" }}
"""


def settings_of(root: Path, *, port: int, user: str, smtp: int = 9) -> Settings:
    """Settings whose every part is as it should be."""
    (root / "state").mkdir(mode=0o700, exist_ok=True)
    secret, config = root / "password", root / "firstreply.toml"
    secret.write_text(PASSWORD)
    config.write_text(CONFIG.format(root=root, imap=port, user=user, smtp=smtp))
    for path in (secret, config):
        path.chmod(0o600)
    return load(config)
