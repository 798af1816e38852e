"""Fuzz the whole of reading with atheris (coverage-guided): no input may raise, hang or lose its shape.

    python tests/fuzz/fuzz_mail.py -max_total_time=20            some seconds, as `make check` does
    python tests/fuzz/fuzz_mail.py -max_total_time=3600 CORPUS   longer, keeping what it finds in CORPUS

Other options are libFuzzer's own. The invented mails of tests/data/mail are read-only seeds; a crash is
written to `crash-*` in the working folder, and belongs into tests/data/mail as a new sample.
"""

import json
import os
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["daemon.mail"]):
    from daemon.mail.inspect import as_json
    from daemon.mail.kinds import Kind, ReadingContext
    from daemon.mail.message import parse
    from daemon.mail.understanding import REASONS, understand

READER = ReadingContext(own_addresses=frozenset({"support@shop.example"}), authserv_id="mx.shop.example")


class ShapeError(AssertionError):
    """A reading that breaks a promise of the floor; libFuzzer reports it as a crash."""


def read_one(raw: bytes) -> None:
    """Read `raw` and test what holds for every mail."""
    message = parse(raw)
    seen = understand(message, READER)
    if seen.reason not in REASONS or (seen.kind is Kind.BUYER_MESSAGE and seen.relay is None):
        raise ShapeError(seen.reason)
    if {"\n", "\r", "\x00"} & set(message.subject + message.from_name):
        raise ShapeError("a line end in a header value")
    json.dumps(as_json(message, seen), ensure_ascii=False).encode("utf-8")


def main() -> None:
    """Run libFuzzer over the seeds; a second on one input counts as a hang."""
    seeds = ROOT / "tests" / "data" / "mail"
    options = ["-timeout=5", "-rss_limit_mb=1500", "-max_len=20000", f"-artifact_prefix={os.curdir}/"]
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-")] or []
    given = [argument for argument in sys.argv[1:] if argument.startswith("-")]
    # libFuzzer writes new inputs into the first folder only, so the seeds come after a folder of its own
    atheris.Setup([sys.argv[0], *options, *given, *(folders or [_scratch()]), str(seeds)], read_one)
    atheris.Fuzz()


def _scratch() -> str:
    folder = ROOT / "var" / "fuzz_mail"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


if __name__ == "__main__":
    main()
