"""`make bench`: runs all benchmarks, or those named, one after the other; each prints its own table.

Errors: none; a target that a run did not reach is named at the end, and with `--strict` is exit status 1.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.kit import Figures, Options, use_memory

PREFIX = "bench_"


def names() -> list[str]:
    """All benchmarks that there are."""
    return sorted(file.stem.removeprefix(PREFIX) for file in Path(__file__).parent.glob(f"{PREFIX}*.py"))


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of: {', '.join(names())}")
    parser.add_argument("--messages", type=int, default=usual.messages, help="of the backlog (%(default)s)")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="CPU of each small measurement")
    parser.add_argument("--full", action="store_true", help="with the large sizes: 100,000 messages to poll")
    parser.add_argument("--disk", action="store_true", help="mails and ledger on disk instead of RAM")
    parser.add_argument("--strict", action="store_true", help="exit status 1 when a target is missed")
    parser.add_argument("--output", type=Path, metavar="FILE.json", help="also write all figures there")
    args = parser.parse_args(given)
    unknown = sorted(set(args.names) - set(names()))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    return args


def main(given: Sequence[str] | None = None) -> int:
    """Run them; 1 with `--strict` when a target is missed."""
    args = _arguments(given)
    options = Options(messages=args.messages, full=args.full, seconds=args.seconds)
    if not args.disk:
        use_memory()
    figures: dict[str, Figures] = {}
    for name in args.names or names():
        run: Callable[[Options], Figures] = importlib.import_module(f"benchmarks.{PREFIX}{name}").run
        figures[name] = run(options)
    missed = [text for each in figures.values() for text in _missed(each)]
    console = Console(highlight=False)
    for text in missed:
        console.print(f"missed: {text}", markup=False, style="yellow")
    if args.output:
        args.output.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return int(bool(missed) and args.strict)


def _missed(figures: Figures) -> list[str]:
    texts = figures.get("missed", [])
    return texts if isinstance(texts, list) else []


if __name__ == "__main__":
    sys.exit(main())
