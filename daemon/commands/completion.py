"""`firstreply completion SHELL`: the script that completes commands, options, choices and files in a shell.

Promises: made from the parser that is in use, so that it is never out of date; reads and writes no file.

Errors: none.
"""

import argparse

import shtab


def completion(parser: argparse.ArgumentParser, shell: str) -> int:
    """Write the script for bash, zsh or fish to stdout."""
    _mark_files(parser)
    print(shtab.complete(parser, shell))  # noqa: T201  the command's answer
    return 0


def _mark_files(parser: argparse.ArgumentParser) -> None:
    """Set the library's own mark on arguments that are files or folders: their placeholders say so."""
    for action in parser._actions:  # noqa: SLF001  argparse has no public way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  the same
            for command in action.choices.values():
                _mark_files(command)
        elif str(action.metavar).startswith("FILE"):
            vars(action)["complete"] = shtab.FILE
        elif action.metavar in {"FOLDER", "DIR"}:
            vars(action)["complete"] = shtab.DIRECTORY
