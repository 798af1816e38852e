"""The command `firstreply`: arguments in, an exit status out.

Promises: exit status 0 done, 1 the answer is "no", 2 wrong usage, 75 temporary failure, 78 configuration
error with file, key and remedy. Each command imports what it needs when it runs, so that `status` and
`--help` start without the mail libraries, and only `train` and `evaluate` load scikit-learn.

Errors: none; every error of the tree becomes a sentence on stderr and a status.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classifier import cli as classifier_cli
from daemon.cli_ledger import add_ledger_commands
from daemon.cli_setup import add_setup
from daemon.cli_words import CommandParser
from daemon.errors import ConfigurationError, FirstreplyError, PermanentError

DONE, NO, TEMPORARY, CONFIGURATION = 0, 1, 75, 78
CONFIG = "the configuration file; by default $FIRSTREPLY_CONFIG, else /etc/firstreply/firstreply.toml"


class _Version(argparse.Action):
    """Told when asked: looking it up would slow down every other command."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it, and end."""
        from daemon.ports.ledger.store import newest_version  # noqa: PLC0415  each command loads what it needs
        from daemon.shipped import version  # noqa: PLC0415  as above

        print(f"firstreply {version()} (ledger {newest_version()})")  # noqa: T201  the command's answer
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """All commands and options."""
    top = CommandParser(prog="firstreply", epilog="Manual: man firstreply, and the folder docs.")
    top.add_argument("--version", action=_Version, nargs=0, help="the version, and that of its ledger")
    common = CommandParser(add_help=False)
    common.add_argument("--config", metavar="FILE", help=CONFIG)
    common.add_argument("--json", action="store_true", help="answer in JSON")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", parents=[common], help="the daemon")
    run.add_argument("--once", action="store_true", help="one full cycle for every mailbox, then end")
    run.add_argument("--since", metavar="7d", help="also take in mail from before the first run")
    run.set_defaults(act=_run)

    add_setup(commands, common)

    inspect = commands.add_parser("inspect", parents=[common], help="what is understood of a mail")
    inspect.add_argument("--explain", action="store_true", help="the words that carried the decision")
    inspect.add_argument("files", nargs="+", metavar="FILE.eml", help="a mail as a mail client saves it")
    inspect.set_defaults(act=_inspect)

    lint = commands.add_parser("lint", parents=[common], help="the policy guard on a reply")
    lint.add_argument("file", nargs="?", default="-", metavar="FILE.eml|-", help="a reply; - is stdin")
    lint.add_argument("--text", action="store_true", help="the input is a bare text, no mail")
    lint.add_argument("--order", metavar="ID", help="the conversation's order id")
    lint.add_argument("--to", metavar="ADDRESS", help="the conversation's relay address")
    lint.set_defaults(act=_lint)

    add_ledger_commands(commands, common)

    _add_files(commands, common)

    _add_labels(commands, common)

    demo = commands.add_parser("demo", help="the main job on embedded servers")
    demo.add_argument("--serve", action="store_true", help="keep running, for a mail client of your own")
    demo.set_defaults(act=_demo, config=None, json=False)

    completion = commands.add_parser("completion", help="completion of commands and options for a shell")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="%(choices)s")
    completion.set_defaults(act=_completion)

    classifier_cli.add_arguments(commands)
    for name in ("train", "evaluate", "classify"):
        command = commands.choices[name]
        command.add_argument("--config", metavar="FILE", help=CONFIG)
        command.add_argument("--json", action="store_true", help="answer in JSON")
        command.set_defaults(act=_classifier)
    return top


def _add_labels(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse has no public name for this type
    """`labels list`, `labels export`, `labels import`."""
    labels = commands.add_parser("labels", help="who said what a message is")
    kinds = labels.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = kinds.add_parser("list", parents=[common], help="all labels, the newest last")
    listing.set_defaults(act=_labels_list)
    exporting = kinds.add_parser("export", parents=[common], help="all labels as JSON Lines")
    exporting.add_argument(
        "--output", type=Path, metavar="FILE.jsonl", help="write there instead of to stdout"
    )
    exporting.set_defaults(act=_labels_export)
    for command in (listing, exporting):
        command.add_argument("--with-text", action="store_true", help="also the buyers' subjects and words")
    importing = kinds.add_parser("import", parents=[common], help="labels of such files")
    importing.add_argument(
        "files", nargs="+", type=Path, metavar="FILE.jsonl", help="labels as written by export"
    )
    importing.add_argument("--who", metavar="NAME", help="who gave the labels; by default you")
    importing.set_defaults(act=_labels_import)


def _add_files(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401  as above
    """The commands about the seller's own files."""
    importing = commands.add_parser("import", help="take in the seller's own files")
    kinds = importing.add_subparsers(dest="what", required=True, metavar="WHAT")
    orders = kinds.add_parser("orders", parents=[common], help="order reports and shipment files")
    orders.add_argument(
        "files", nargs="+", metavar="FILE", help="tab-separated or CSV, with a line of titles"
    )
    orders.set_defaults(act=_import_orders)

    templates = commands.add_parser("templates", help="look at all templates")
    looks = templates.add_subparsers(dest="what", required=True, metavar="WHAT")
    rendering = looks.add_parser("check", parents=[common], help="render each in every language")
    rendering.set_defaults(act=_templates_check)

    knowledge = commands.add_parser("knowledge", help="the answers to buyers' questions")
    acts = knowledge.add_subparsers(dest="what", required=True, metavar="WHAT")
    promotion = acts.add_parser("promote", parents=[common], help="make a sent answer one of them")
    promotion.add_argument("which", metavar="ORDER|DRAFT", help="an order id, or a draft's number in the log")
    promotion.add_argument("--title", required=True, help="the question, in the buyers' words")
    promotion.add_argument(
        "--scenario",
        choices=("usage_question", "presale_question"),
        default="",
        help="for whose drafts; by default the mail's own",
    )
    product = promotion.add_mutually_exclusive_group()
    product.add_argument("--asin", default="", help="the product; by default the mail's own")
    product.add_argument("--any-product", action="store_true", help="it holds for every product")
    promotion.set_defaults(act=_knowledge_promote)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    args = parser().parse_args(arguments)
    try:
        return int(args.act(args))
    except ConfigurationError as error:
        print(f"firstreply: {error}", file=sys.stderr)  # noqa: T201  the command's answer
        return CONFIGURATION
    except PermanentError as error:
        print(f"firstreply: {error}", file=sys.stderr)  # noqa: T201  the command's answer
        return NO
    except FirstreplyError as error:
        print(f"firstreply: {error}", file=sys.stderr)  # noqa: T201  the command's answer
        return TEMPORARY


def _classifier(args: argparse.Namespace) -> int:
    from daemon.commands.teach import with_settings  # noqa: PLC0415  each command loads what it needs

    return int(args.run(with_settings(args)))


def _run(args: argparse.Namespace) -> int:
    from daemon.commands.run import run  # noqa: PLC0415  each command loads what it needs

    return run(args.config, once=args.once, since=args.since)


def _inspect(args: argparse.Namespace) -> int:
    from daemon.commands.inspect import inspect  # noqa: PLC0415  as above

    files = [Path(name) for name in args.files]
    return inspect(args.config, files, explain=args.explain, as_json=args.json)


def _lint(args: argparse.Namespace) -> int:
    from daemon.commands.lint import lint  # noqa: PLC0415  as above

    return lint(args.config, args.file, bare_text=args.text, order=args.order, to=args.to, as_json_=args.json)


def _import_orders(args: argparse.Namespace) -> int:
    from daemon.commands.orders import import_orders  # noqa: PLC0415  as above

    return import_orders(args.config, [Path(name) for name in args.files], as_json=args.json)


def _labels_list(args: argparse.Namespace) -> int:
    from daemon.commands.labels import list_labels  # noqa: PLC0415  as above

    return list_labels(args.config, with_text=args.with_text, as_json=args.json)


def _labels_export(args: argparse.Namespace) -> int:
    from daemon.commands.labels import export_labels  # noqa: PLC0415  as above

    return export_labels(args.config, args.output, with_text=args.with_text)


def _labels_import(args: argparse.Namespace) -> int:
    from daemon.commands.labels import import_labels  # noqa: PLC0415  as above

    return import_labels(args.config, args.files, who=args.who, as_json=args.json)


def _templates_check(args: argparse.Namespace) -> int:
    from daemon.commands.templates import check  # noqa: PLC0415  as above

    return check(args.config, as_json=args.json)


def _knowledge_promote(args: argparse.Namespace) -> int:
    from daemon.commands.knowledge import Wish, promote  # noqa: PLC0415  as above

    wish = Wish(args.which, args.title, args.scenario, args.asin, args.any_product)
    return promote(args.config, wish, as_json=args.json)


def _demo(args: argparse.Namespace) -> int:
    from daemon.demo.run import demo  # noqa: PLC0415  as above

    return demo(serve=args.serve)


def _completion(args: argparse.Namespace) -> int:
    from daemon.commands.completion import completion  # noqa: PLC0415  as above

    return completion(parser(), args.shell)
