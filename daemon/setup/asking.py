"""How `firstreply init` asks: a person at a terminal, or a script that has answered everything by options.

Errors: `ConfigurationError` when a script left something out.
"""

from collections.abc import Callable, Sequence
from typing import TextIO

from rich.console import Console
from rich.prompt import Confirm, Prompt

from daemon.errors import ConfigurationError


class Asker:
    """Asks a person; `stream` stands for the keyboard in tests. What is said goes to stderr."""

    def __init__(self, *, scripted: bool, stream: TextIO | None = None) -> None:
        self.scripted = scripted
        self._stream = stream
        self._answers: dict[str, str] = {}
        self._console = Console(stderr=True, soft_wrap=True, highlight=False)

    def say(self, text: str) -> None:
        """Tell something."""
        self._console.print(text, markup=False)

    def text(self, question: str, option: str, given: str | None, default: str | None = None) -> str:
        """A line of text; `given` is what the option said. What was answered before is suggested."""
        if given is not None:
            return given
        if self.scripted:
            if default is None:
                raise ConfigurationError("is needed", where=option, remedy=f"Write {option} VALUE")
            return default
        default = self._answers.get(option, default)
        answer = Prompt.ask(question, console=self._console, default=default, stream=self._stream) or ""
        self._answers[option] = answer
        return answer

    def one_of(self, question: str, given: str | None, choices: Sequence[str]) -> str:
        """One of some words; the first is the default."""
        if given is not None or self.scripted or len(choices) == 1:
            return given or choices[0]
        return Prompt.ask(
            question, console=self._console, choices=list(choices), default=choices[0], stream=self._stream
        )

    def secret(self, question: str, option: str, given: str | None) -> str:
        """A secret, which is not shown."""
        if given is not None:
            return given
        if self.scripted:
            raise ConfigurationError("is needed", where=option, remedy=f"Write {option}")
        hidden = self._stream is None  # only a terminal can hide what is typed
        return Prompt.ask(question, console=self._console, password=hidden, stream=self._stream) or ""

    def confirm(self, question: str) -> bool:
        """Yes or no; a script says yes."""
        return self.scripted or Confirm.ask(
            question, console=self._console, default=True, stream=self._stream
        )

    def valid(self, ask: Callable[[], str], check: Callable[[str], str | None]) -> str:
        """Ask until the answer is right; `check` says what is wrong with one. A script gets one try."""
        while True:
            answer = ask()
            problem = check(answer)
            if problem is None:
                return answer
            if self.scripted:
                raise ConfigurationError(problem, where=repr(answer), remedy="Correct that option")
            self.say(problem)
