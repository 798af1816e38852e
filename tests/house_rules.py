"""The rules of the house as functions over sources, so that a test can hold real and bad code against them.

`Sources` maps a dotted module name to its text. Each rule returns its findings, one sentence each; an empty
list means that the rule holds. Imports are read from the syntax tree, those inside functions too.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Sources = Mapping[str, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef

FLOORS: tuple[tuple[str, ...], ...] = (
    ("daemon.errors", "daemon.mail", "daemon.desk"),
    ("daemon.ports", "daemon.reply"),
    ("daemon.stages",),
)
"""Floor 0 to 2; everything else in `daemon` is floor 3."""

PARSING = frozenset({"inscriptis", "lingua", "lxml", "mailparser", "mailparser_reply"})
"""What floor 0 may use beside the standard library, and `daemon.mail` only."""

OUTSIDE = frozenset(
    {
        *("asyncio", "ctypes", "fcntl", "ftplib", "glob", "http", "imaplib", "io", "logging", "mmap", "os"),
        *(
            "multiprocessing",
            "pathlib",
            "random",
            "secrets",
            "select",
            "selectors",
            "shutil",
            "signal",
            "smtplib",
        ),
        *("socket", "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time"),
        *("urllib", "warnings"),
    }
)
"""What floor 0 must not touch: files, network, processes, clocks, chance, logs."""

CLOCKS = "now|utcnow|today|time|monotonic|perf_counter|time_ns|localtime|gmtime"
MAY_CLASSIFY = ("daemon.guessing", "daemon.commands", "daemon.cli", "daemon.demo")


def sources(*packages: str) -> dict[str, str]:
    """The modules of these packages; frozen migrations are none."""
    found = {}
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "versions" not in parts:
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found[name] = path.read_text(encoding="utf-8")
    return found


@cache
def parsed(source: str) -> ast.Module:
    """The syntax tree of a module; ten rules look at each."""
    return ast.parse(source)


def within(module: str, package: str) -> bool:
    """Whether a module is a package or lies in it."""
    return module == package or module.startswith(package + ".")


def floor(module: str) -> int:
    """The floor a module of `daemon` lies on."""
    return next(
        (level for level, names in enumerate(FLOORS) if any(within(module, name) for name in names)), 3
    )


def imports(module: str, source: str, known: Sources) -> Iterator[str]:
    """What one module imports, anywhere in its text; `from a import b` means `a.b` where that is a module."""
    package = module if any(other.startswith(module + ".") for other in known) else module.rpartition(".")[0]
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            inner = {f"{base}.{alias.name}" for alias in node.names}
            yield from (inner & set(known)) or {base}


def floors_broken(code: Sources) -> list[str]:
    """Imports that point upward, or sideways on floor 0 to more than it may use."""
    findings = []
    for module, source in code.items():
        if not within(module, "daemon"):
            continue
        for imported in imports(module, source, code):
            if within(imported, "daemon") and imported != "daemon" and floor(imported) > floor(module):
                findings.append(
                    f"{module} (floor {floor(module)}) imports {imported} (floor {floor(imported)})"
                )
            top = imported.split(".")[0]
            parser = within(module, "daemon.mail") and top in PARSING
            if floor(module) == 0 and top not in {"daemon", *sys.stdlib_module_names} and not parser:
                findings.append(f"{module} (floor 0) imports {imported}")
    return findings


def purity_broken(code: Sources) -> list[str]:
    """What floor 0 must not do: touch the outside, or ask for the time."""
    findings = []
    for module, source in code.items():
        if not (within(module, "daemon") and floor(module) == 0):
            continue
        tree = parsed(source)
        pure_paths = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "pathlib"
            and all(alias.name.startswith("Pure") for alias in node.names)
            for node in ast.walk(tree)
        )
        findings += [
            f"{module} imports {imported}"
            for imported in imports(module, source, code)
            if imported.split(".")[0] in OUTSIDE and not (imported == "pathlib" and pure_paths)
        ]
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if re.fullmatch(rf"(?:.*\.)?(?:datetime|date|time)\.(?:{CLOCKS})|open|print|input", called):
                findings.append(f"{module} calls {called} in line {node.lineno}")
    return findings


def classifier_borders_broken(code: Sources) -> list[str]:
    """The classifier knows nothing of the daemon, and few in the daemon know it."""
    findings = []
    for module, source in code.items():
        for imported in imports(module, source, code):
            if within(module, "classifier") and within(imported, "daemon"):
                findings.append(f"{module} imports {imported}")
            allowed = any(within(module, name) for name in MAY_CLASSIFY)
            if within(module, "daemon") and within(imported, "classifier") and not allowed:
                findings.append(f"{module} imports {imported}")
    return findings


def cycles(code: Sources) -> list[str]:
    """Cycles between modules, each once, as the way around it; a package's `__init__` counts as a module."""
    edges = {
        module: sorted({name for name in imports(module, source, code) if name in code and name != module})
        for module, source in code.items()
    }
    found: list[str] = []
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> None:
        if module in way:
            found.append(" -> ".join([*way[way.index(module) :], module]))
            return
        if module in done:
            return
        for imported in edges[module]:
            visit(imported, [*way, module])
        done.add(module)

    for module in edges:
        visit(module, [])
    return found


# ---- budgets ---------------------------------------------------------------------------------


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions and methods, nested ones too."""
    yield from (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def length(function: Function) -> int:
    """Lines of a function, with its decorators' none."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def too_long(code: Sources, *, file: int = 300, function: int = 60) -> list[str]:
    """Files and functions over the budget."""
    findings = []
    for module, source in code.items():
        lines = len(source.splitlines())
        if lines > file:
            findings.append(f"{module} has {lines} lines")
        findings += [
            f"{module}.{each.name} has {length(each)} lines"
            for each in functions(parsed(source))
            if length(each) > function
        ]
    return findings


def share_of_short_functions(code: Sources, limit: int = 45) -> float:
    """The share of functions of at most `limit` lines."""
    lengths = [length(each) for source in code.values() for each in functions(parsed(source))]
    return sum(lines <= limit for lines in lengths) / len(lengths) if lengths else 1.0


def undocumented_modules(code: Sources) -> list[str]:
    """Modules without a docstring."""
    return [
        module for module, source in code.items() if source.strip() and not ast.get_docstring(parsed(source))
    ]


def unannotated(code: Sources) -> list[str]:
    """Functions that do not say what they return."""
    return [
        f"{module}.{each.name} in line {each.lineno}"
        for module, source in code.items()
        for each in functions(parsed(source))
        if each.returns is None
    ]


def public_names(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Public classes, functions and methods of a module, and whether each has a docstring."""

    def inside(body: list[ast.stmt], above: str) -> Iterator[tuple[str, bool]]:
        for node in body:
            if isinstance(
                node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
            ) and not node.name.startswith("_"):
                yield above + node.name, ast.get_docstring(node) is not None
                if isinstance(node, ast.ClassDef):
                    yield from inside(node.body, f"{above}{node.name}.")

    yield from inside(tree.body, "")


def documented_share(code: Sources) -> float:
    """The share of public names that have a docstring."""
    told = [has for source in code.values() for _, has in public_names(parsed(source))]
    return sum(told) / len(told) if told else 1.0


def swallowing(code: Sources) -> dict[str, int]:
    """Broad excepts by module: those for Exception or wider that do not raise at their end."""
    found: dict[str, int] = {}
    for module, source in code.items():
        for node in ast.walk(parsed(source)):
            if (
                isinstance(node, ast.ExceptHandler)
                and _broad(node.type)
                and not isinstance(node.body[-1], ast.Raise)
            ):
                found[module] = found.get(module, 0) + 1
    return found


def _broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_broad(each) for each in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"})
