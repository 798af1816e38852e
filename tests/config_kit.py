"""The least configuration: one mailbox whose servers nobody calls, and a ledger below a test's folder."""

from pathlib import Path

LEAST = """\
state_dir = "{root}/state"
ledger = "sqlite:///{root}/state/ledger.db"
[[mailbox]]
name = "shop"
address = "support@shop.example"
imap = {{ host = "h", username = "u", password = {{ env = "X" }} }}
smtp = {{ host = "h", username = "u", password = {{ env = "X" }} }}
"""


def write_config(root: Path) -> Path:
    """`firstreply.toml` in this folder, and the folder of its state."""
    (root / "state").mkdir()
    path = root / "firstreply.toml"
    path.write_text(LEAST.format(root=root), encoding="utf-8")
    return path
