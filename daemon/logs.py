"""Logs: one line for each decision, with ids, states and reasons; to stderr, or to the journal with fields.

Where stderr leads to the journal, each value is a field of the entry: `journalctl FIRSTREPLY_MESSAGE=17`. The
line then has no time of its own, since the journal's stands before it.

Promises: `key=value` or JSON; no line break, no terminal escape, no address in full and no secret can get
into a line, whoever logs it: values are flattened and addresses shortened here, last of all. What a library
warns of (`library`) and what ends the program (`crashed`) are such lines, too, without the error's words.

Errors: none.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from daemon.ports.journald import Journal, journal

_ADDRESS = re.compile(r"""([^\s@…<>()\[\]{}"',;:=]{1,64})@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)""")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
LONGEST = 500
FRAMES = 8
"""How many places of a traceback are told, the innermost first."""


def shortened(text: str) -> str:
    """A value fit for a log line: one line, no escapes, addresses only hinted at."""
    if text.isascii() and text.isprintable() and "@" not in text:
        return text[:LONGEST]  # nearly every value: slugs and states
    return _ADDRESS.sub(_hint, _UNPRINTABLE.sub(" ", text))[:LONGEST]


def _hint(address: re.Match[str]) -> str:
    """At most three characters of the local part, and never more than half of it."""
    local = address[1]
    return f"{local[: min(3, len(local) // 2)]}…@{address[2]}"


def _clean(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if value is not None and not isinstance(value, (bool, int, float)):
            event[key] = shortened(str(value))
    return event


class _Entered:
    """The last processor where there is a journal; what it does not take goes on to stderr."""

    def __init__(self, to: Journal, renderer: structlog.typing.Processor) -> None:
        self._to, self._renderer = to, renderer

    def __call__(self, logger: object, name: str, event: MutableMapping[str, Any]) -> str:
        fields = dict(event)
        line = str(self._renderer(logger, name, event))
        if self._to.write(line, fields.pop("level", name), fields):
            raise structlog.DropEvent
        return line


class _Libraries(logging.Handler):
    """What libraries warn of, as a line of ours: its first line, since the others hold values."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        said, error = record.getMessage().partition("\n")[0], record.exc_info[1] if record.exc_info else None
        place = {} if error is None else _place(error)
        structlog.get_logger().log(record.levelno, "library", library=record.name, said=said, **place)


def _place(error: BaseException) -> dict[str, str]:
    """What kind of error it is and where it came from; its own words may be a buyer's."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = (f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}" for frame in reversed(frames))
    return {"kind": type(error).__name__, "at": " < ".join(places)}


def _crashed(error: BaseException | None, hook: str) -> None:
    if error is not None:
        structlog.get_logger().critical("crashed", by=hook, **_place(error))


def configure(form: str, level: str) -> None:
    """Set the program's logging up; `form` is "key_value" or "json"."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
        if form == "json"
        else structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "event", "mailbox"], bool_as_flag=False, drop_missing=True
        )
    )
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    last: list[structlog.typing.Processor] = [stamp, _clean, renderer]
    to = journal()
    if to is not None:
        last = [_clean, _Entered(to, renderer)]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _Libraries) for handler in root.handlers):
        root.addHandler(_Libraries(logging.WARNING))


def guard_crashes() -> None:
    """From now on also what ends the program, or a thread of it, is such a line, and no traceback."""
    sys.excepthook = lambda _kind, error, _trace: _crashed(error, "program")
    threading.excepthook = lambda told: _crashed(told.exc_value, told.thread.name if told.thread else "")
