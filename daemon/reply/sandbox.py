"""The sandbox of templates: the small part of Jinja2 that a reply needs, and nothing that can run away.

Promises: a template is text, facts, conditions, a few filters, and macros of a `_macros` file; no loop, no
attribute, no arithmetic, no assignment. What is left could still grow by calls, so that each rendering has
a budget of calls and of characters. Together they bound time and memory whatever the file says; Jinja2's
own sandbox lies below that, and a buyer's words are only ever values.

Errors: those of Jinja2; `ForbiddenError` (one of them) for what is not allowed here.
"""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import jinja2
from jinja2 import meta, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

TEMPLATE_SUFFIX = ".txt.j2"
LONGEST = 65_536
"""Characters of a template file, and of a rendered text."""
MOST_CALLS = 50
FILTERS = frozenset({"capitalize", "default", "d", "lower", "title", "trim", "upper"})
"""None of them makes a text longer than its arguments."""

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.CondExpr,
    nodes.Name,
    nodes.Const,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Macro,
    nodes.FromImport,
    nodes.Call,
    nodes.Keyword,
    nodes.Filter,
    nodes.Test,
)
_INNER = frozenset({"self", "super", "loop", "caller", "varargs", "kwargs"})
"""Names that Jinja2 itself puts into a template."""
_WORDS = {"For": "a loop", "Getattr": "an attribute", "Getitem": "an index", "Assign": "an assignment"}


class ForbiddenError(TemplateSyntaxError):
    """The template uses something that no reply needs."""


@dataclass(slots=True)
class _Budget:
    calls: int = MOST_CALLS
    characters: int = LONGEST


_budget: ContextVar[_Budget | None] = ContextVar("template_budget", default=None)


@contextmanager
def budget() -> Iterator[None]:
    """The limits of one rendering."""
    token = _budget.set(_Budget())
    try:
        yield
    finally:
        _budget.reset(token)


def _spend(value: object) -> object:
    """Count what an expression writes; called for every `{{ }}`, inside macros too."""
    left = _budget.get()
    if left is not None:
        left.characters -= len(str(value))
        if left.characters < 0:
            raise SecurityError(f"the text grew beyond {LONGEST} characters")
    return value


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox without its operators and globals, and with a budget."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # text/plain only; HTML is never rendered here
            keep_trailing_newline=False,
            auto_reload=False,  # a reload makes all of it anew
            finalize=_spend,
        )
        # `range` can loop for hours, and no reply needs any of the others
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> NoReturn:  # noqa: ARG002
        """Refuse every operator: some can ask for gigabytes."""
        raise SecurityError(f"the operator {operator} is not allowed in a template")

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  Jinja2's own
        """Call a macro while the budget lasts."""
        left = _budget.get()
        if left is not None:
            left.calls -= 1
            if left.calls < 0:
                raise SecurityError(f"more than {MOST_CALLS} macro calls")
        return super().call(context, obj, *args, **kwargs)


class Loader(jinja2.BaseLoader):
    """The templates of the folders as they were when it was made; the first folder wins."""

    def __init__(self, folders: list[Path], known: frozenset[str]) -> None:
        self._known = known
        self._files: dict[str, tuple[Path, bytes | OSError]] = {}
        for folder in folders:
            for file in folder.rglob(f"*{TEMPLATE_SUFFIX}"):
                self._files.setdefault(file.relative_to(folder).as_posix(), (file, _bytes(file)))

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def names(self) -> list[str]:
        """All templates, as `language/name.txt.j2`."""
        return list(self._files)

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002  Jinja2's own signature
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        """The text, its file, and whether it is still current: always."""
        if template not in self._files:
            raise jinja2.TemplateNotFound(template)
        file, content = self._files[template]
        if isinstance(content, OSError):
            raise content
        return content.decode(), str(file), lambda: True

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  Jinja2's own name
    ) -> jinja2.Template:
        """Check the source, then compile it; runs once for each file."""
        source, filename, _ = self.get_source(environment, name)
        check_source(environment, source, name, filename, self._known)
        return super().load(environment, name, globals)


def _bytes(file: Path) -> bytes | OSError:
    """A file that cannot be read is told of when it is asked for."""
    try:
        return file.read_bytes()
    except OSError as error:
        return error


def check_source(
    environment: jinja2.Environment, source: str, name: str, filename: str, known: frozenset[str]
) -> None:
    """Raise `ForbiddenError` at the first thing in `source` that is not allowed or not known."""

    def refuse(what: str, line: int) -> NoReturn:
        raise ForbiddenError(what, line, name, filename)

    if len(source) > LONGEST:
        refuse(f"the file has {len(source)} characters, {LONGEST} are allowed", 1)
    tree = environment.parse(source, name, filename)
    for node in tree.find_all(nodes.Node):
        _check_node(node, refuse)
    unknown = sorted(meta.find_undeclared_variables(tree) - known)
    if unknown:
        lines = [node.lineno for node in tree.find_all(nodes.Name) if node.name == unknown[0]]
        refuse(f"'{unknown[0]}' is undefined: no fact has this name", min(lines, default=1))


def _check_node(node: nodes.Node, refuse: Callable[[str, int], NoReturn]) -> None:
    kind = type(node).__name__
    if not isinstance(node, _ALLOWED):
        refuse(f"{_WORDS.get(kind, f'{kind} of Jinja2')} is not allowed in a template", node.lineno)
    if isinstance(node, nodes.Name) and node.name in _INNER:
        refuse(f"'{node.name}' is not allowed in a template", node.lineno)
    if isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name):
        refuse("only macros can be called", node.lineno)
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        refuse(f"the filter '{node.name}' is not allowed in a template", node.lineno)
    if isinstance(node, nodes.FromImport) and not (
        isinstance(node.template, nodes.Const) and str(node.template.value).endswith("/_macros.txt.j2")
    ):
        refuse("only a _macros.txt.j2 file can be imported", node.lineno)
