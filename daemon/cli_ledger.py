"""The commands that look into the ledger or keep it; mounted by `cli.py`.

Errors: those of the commands, which `cli.py` turns into sentences.
"""

import argparse
from pathlib import Path
from typing import Any


def add_ledger_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse has no public name for this type
    """`status`, `worklist`, `cases`, `report`, `evidence`, `trace`, `forget`, `backup`."""
    status = commands.add_parser("status", parents=[common], help="daemon, mailboxes, clocks, last errors")
    status.set_defaults(act=_status)

    worklist = commands.add_parser("worklist", parents=[common], help="open conversations by nearest limit")
    worklist.add_argument("--watch", action="store_true", help="keep it on the screen, always current")
    worklist.set_defaults(act=_worklist)

    cases = commands.add_parser("cases", parents=[common], help="claims, bad reviews, promises")
    said = cases.add_mutually_exclusive_group()
    said.add_argument("--answered", type=int, metavar="N", help="case N has been answered")
    said.add_argument("--appealed", type=int, metavar="N", help="the decision on case N was appealed")
    said.add_argument("--closed", type=int, metavar="N", help="case N is over")
    cases.set_defaults(act=_cases)

    report = commands.add_parser("report", parents=[common], help="first-response figures")
    report.add_argument("--from", dest="start", metavar="D", help="first day, such as 2026-11-01")
    report.add_argument("--to", dest="end", metavar="D", help="last day (included)")
    report.add_argument(
        "--format",
        choices=("text", "json", "csv", "html"),
        default="text",
        help="text is for people, html a page with plots",
    )
    report.add_argument("--output", metavar="FILE", help="write there instead of to the terminal")
    report.set_defaults(act=_report)

    evidence = commands.add_parser("evidence", parents=[common], help="everything about an order, in a zip")
    evidence.add_argument("order", metavar="ORDER_ID", help="such as 302-1234567-7654321")
    evidence.add_argument("--output", metavar="FILE.zip", required=True, help="the zip to write")
    evidence.add_argument("--offline", action="store_true", help="from the ledger alone, without the mailbox")
    evidence.set_defaults(act=_evidence)

    forget = commands.add_parser(
        "forget", parents=[common], help="take a buyer or an order out of the ledger"
    )
    forget.add_argument("who", metavar="ORDER_ID|ADDRESS", help="an order, or a buyer's relay address")
    forget.set_defaults(act=_forget)

    trace = commands.add_parser("trace", parents=[common], help="all that happened to a message, in order")
    trace.add_argument(
        "which",
        metavar="MESSAGE-ID|ORDER_ID|TOKEN|N",
        help="of the buyer's mail, the draft, the answer, a note; a number as in the log: message=17",
    )
    trace.set_defaults(act=_trace)

    backup = commands.add_parser("backup", parents=[common], help="a checked copy of the ledger")
    backup.add_argument(
        "--to", type=Path, metavar="FOLDER", help="where to; by default the folder backups below state_dir"
    )
    backup.add_argument(
        "--keep", type=int, default=14, metavar="N", help="how many backups stay there (%(default)s)"
    )
    backup.set_defaults(act=_backup)


def _status(args: argparse.Namespace) -> int:
    from daemon.commands.status import status  # noqa: PLC0415  each command loads what it needs

    return status(args.config, as_json=args.json)


def _cases(args: argparse.Namespace) -> int:
    from daemon.commands.cases import cases  # noqa: PLC0415  as above

    acts = {"answered": args.answered, "appealed": args.appealed, "closed": args.closed}
    said = next(((what, number) for what, number in acts.items() if number is not None), None)
    return cases(args.config, as_json=args.json, said=said)


def _worklist(args: argparse.Namespace) -> int:
    from daemon.commands.worklist import worklist  # noqa: PLC0415  as above

    return worklist(args.config, as_json=args.json, watch=args.watch)


def _report(args: argparse.Namespace) -> int:
    from daemon.commands.report import report  # noqa: PLC0415  as above

    shape = "json" if args.json else args.format
    return report(args.config, start=args.start, end=args.end, shape=shape, output=args.output)


def _evidence(args: argparse.Namespace) -> int:
    from daemon.commands.evidence import evidence  # noqa: PLC0415  as above

    return evidence(args.config, args.order, output=args.output, offline=args.offline, as_json=args.json)


def _forget(args: argparse.Namespace) -> int:
    from daemon.commands.forget import forget  # noqa: PLC0415  as above

    return forget(args.config, args.who, as_json=args.json)


def _trace(args: argparse.Namespace) -> int:
    from daemon.commands.trace import trace  # noqa: PLC0415  as above

    return trace(args.config, args.which, as_json=args.json)


def _backup(args: argparse.Namespace) -> int:
    from daemon.commands.backup import backup  # noqa: PLC0415  as above

    return backup(args.config, to=args.to, keep=args.keep, as_json=args.json)
