"""Write the invented mails and their golden readings, or show what would change.

    python -m tests.golden            show which golden files differ from what the code reads now
    python -m tests.golden --write    write the .eml files that the samples describe, and all golden files

A golden file is only worth what a person read in it: look at each difference before it is committed.
"""

import json
import sys
from pathlib import Path

from daemon.mail.inspect import as_json
from daemon.mail.message import parse
from daemon.mail.understanding import ReadingContext, understand
from tests import sample_buyers, sample_others
from tests.sample_builder import SHOP

FOLDER = Path(__file__).parent / "data" / "mail"
READER = ReadingContext(own_addresses=frozenset({SHOP}), authserv_id="mx.shop.example")


def reading(raw: bytes) -> str:
    """The golden text of one mail."""
    message = parse(raw)
    seen = as_json(message, understand(message, READER))
    return json.dumps(seen, ensure_ascii=False, indent=1) + "\n"


def samples() -> dict[str, bytes]:
    """All described mails by name."""
    return dict([*sample_buyers.samples(), *sample_others.samples()])


def main() -> int:
    """Compare or write; 1 when something differs and nothing is written."""
    write, different = "--write" in sys.argv[1:], 0
    if write:
        for name, raw in samples().items():
            (FOLDER / f"{name}.eml").write_bytes(raw)
    for path in sorted(FOLDER.glob("*.eml")):
        golden = path.with_suffix(".json")
        now = reading(path.read_bytes())
        if not golden.exists() or golden.read_text("utf-8") != now:
            different += 1
            sys.stdout.write(f"{path.stem}\n")
            if write:
                golden.write_text(now, "utf-8")
    return int(bool(different) and not write)


if __name__ == "__main__":
    sys.exit(main())
