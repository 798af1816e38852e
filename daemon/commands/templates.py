"""`firstreply templates check`: every template in every language, before a buyer's mail asks for it.

Promises: needs no server and no ledger; without a configuration the shipped templates are looked at.

Errors: `ConfigurationError` of the configuration file.
"""

from dataclasses import asdict

from rich.console import Console

from daemon.commands.look import print_json
from daemon.reloading import template_folders
from daemon.reply.template_check import check_templates
from daemon.settings import find, load
from daemon.shipped import shipped


def check(config: str | None, *, as_json: bool) -> int:
    """Print what is wrong; 1 when something is."""
    path = find(config)
    if config or path.exists():
        settings = load(path)
        problems = check_templates(
            template_folders(settings), settings.playbook.templates, settings.playbook.severities
        )
    else:
        problems = check_templates([shipped("templates")])
    if as_json:
        print_json({"problems": [asdict(item) for item in problems]})
        return int(bool(problems))
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for item in problems:
        console.print(str(item))
    if not problems:
        console.print("every template renders in every language, with all facts and with none")
    return int(bool(problems))
