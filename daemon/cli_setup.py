"""The commands of the first hour: `init`, `login`, `check`, `units`; arguments only, as in `daemon.cli`.

Errors: those of the commands.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

AUTH = ("password", "xoauth2")


def add_setup(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse has no public name for this type
    """`init`, `login`, `check` and `units`."""
    _add_init(commands, common)

    login = commands.add_parser("login", parents=[common], help="OAuth 2.0 for a mailbox")
    login.add_argument("name", metavar="NAME", help="the mailbox, by its name in the configuration")
    login.add_argument(
        "--port", type=int, default=8765, metavar="N", help="where the browser comes back to (%(default)s)"
    )
    login.set_defaults(act=_login)

    check = commands.add_parser("check", parents=[common], help="prove configuration, servers and model")
    check.add_argument("--ask", action="store_true", help="also ask about the settings of Seller Central")
    check.add_argument("--send", action="store_true", help="also send a mail from each mailbox to itself")
    check.set_defaults(act=_check)

    units = commands.add_parser("units", parents=[common], help="systemd units for a service of your own")
    units.add_argument(
        "--to", type=Path, metavar="FOLDER", help="where they go (by default ~/.config/systemd/user)"
    )
    units.set_defaults(act=_units)


def _add_init(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401  as above
    init = commands.add_parser("init", parents=[common], help="write a configuration by asking")
    init.add_argument(
        "--yes", action="store_true", help="ask nothing: options answer, and defaults for the rest"
    )
    init.add_argument("--force", action="store_true", help="replace a configuration that is there")
    init.add_argument(
        "--no-test", action="store_true", help="write without testing the answers on the servers"
    )
    init.add_argument("--no-dns", action="store_true", help="do not look for the servers in the DNS")
    for name, meaning in (
        ("address", "the mailbox's address, a sender that Seller Central has approved"),
        ("name", "a short name for it, in logs and commands"),
        ("provider", "such as gmail, microsoft365; own for a server of your own"),
        ("imap", "the mailbox's server: HOST, HOST:PORT or HOST:PORT/starttls"),
        ("smtp", "the server that sends, in the same way"),
        ("username", "by default the address"),
        ("client-id", "the application that you registered at the provider, for xoauth2"),
        ("brand", "the shop's name"),
        ("signature", "the name under a reply"),
        ("alert-to", "who gets alerts by mail"),
        ("state-dir", "where ledger and model lie"),
        ("ca-file", "authorities to trust in place of the system's"),
    ):
        init.add_argument(f"--{name}", metavar="TEXT", help=meaning)
    init.add_argument("--auth", choices=AUTH, help="how to log in")
    init.add_argument(
        "--secrets",
        choices=("credential", "file"),
        help="whether the configuration names systemd credentials or files",
    )
    init.add_argument("--password-stdin", action="store_true", help="the password is one line on stdin")
    init.add_argument("--client-secret-stdin", action="store_true", help="the client's secret, the same way")
    init.set_defaults(act=_init)


def _init(args: argparse.Namespace) -> int:
    from daemon.commands.init import init, read_line  # noqa: PLC0415  each command loads what it needs
    from daemon.ports.discovery import Names  # noqa: PLC0415  as above
    from daemon.setup.answers import Given  # noqa: PLC0415  as above
    from daemon.setup.asking import Asker  # noqa: PLC0415  as above

    given = Given(
        address=args.address,
        name=args.name,
        provider=args.provider,
        imap=args.imap,
        smtp=args.smtp,
        username=args.username,
        auth=args.auth,
        client_id=args.client_id,
        client_secret=read_line("--client-secret-stdin") if args.client_secret_stdin else None,
        password=read_line("--password-stdin") if args.password_stdin else None,
        brand=args.brand,
        signature=args.signature,
        alert_to=args.alert_to,
        state_dir=args.state_dir,
        ca_file=args.ca_file,
        secrets=args.secrets,
        force=args.force,
        test=not args.no_test,
    )
    scripted = args.yes or not sys.stdin.isatty()
    return init(
        args.config, given, Asker(scripted=scripted), None if args.no_dns else Names(), as_json=args.json
    )


def _login(args: argparse.Namespace) -> int:
    from daemon.commands.login import login  # noqa: PLC0415  as above

    return login(args.config, args.name, port=args.port, as_json=args.json)


def _check(args: argparse.Namespace) -> int:
    from daemon.commands.check import check  # noqa: PLC0415  as above

    return check(args.config, as_json=args.json, asking=args.ask, send=args.send)


def _units(args: argparse.Namespace) -> int:
    from daemon.commands.units import units  # noqa: PLC0415  as above

    return units(args.config, args.to, as_json=args.json)
