"""Files of labels: one JSON object a line, as `firstreply labels export` writes them.

Promises: a bad line is told with its number, its field and a remedy, and the others are read. A line names
its message by `content_hash` or `message_id`, or brings its `text`.

Errors: `ConfigurationError` for a file that cannot be read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from daemon.desk.playbook import Scenario
from daemon.errors import ConfigurationError
from daemon.ports.ledger.labels import CORRECTION_WEIGHT, LabelSource

LONGEST_TEXT = 20_000
"""Characters; the ledger keeps no more of a message either."""
_REMEDIES = {
    "enum": "Write one of them",
    "extra_forbidden": "Remove it, or correct its spelling",
    "json_invalid": "Write one JSON object on each line",
    "missing": "Add it",
    "timezone_aware": 'Write a time with its zone, such as "2026-11-01T09:30:00Z"',
    "datetime_from_date_parsing": 'Write a time with its zone, such as "2026-11-01T09:30:00Z"',
}


class LabelLine(BaseModel):
    """One line. `at` is when the label was given, `who` by whom; both are added where they are left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: Scenario
    content_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    message_id: str | None = None
    mailbox: str | None = None
    source: LabelSource = LabelSource.IMPORT
    who: Annotated[str, Field(max_length=320)] | None = None
    at: AwareDatetime | None = None
    weight: Annotated[float, Field(ge=0, le=10, strict=False)] = CORRECTION_WEIGHT
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] | None = None
    subject: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""

    @model_validator(mode="after")
    def _about_something(self) -> "LabelLine":
        if not (self.content_hash or self.message_id or self.text.strip()):
            raise ValueError("names no message. Add its message_id, its content_hash or its text")
        return self


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was skipped; `line` counts from 1."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class LabelFile:
    """What a file holds, each good line with its number."""

    good: tuple[tuple[int, LabelLine], ...]
    bad: tuple[BadLine, ...]


def read_labels(path: Path, now: datetime) -> LabelFile:
    """Read a file of labels; a label from the future is refused, since it would overrule all to come."""
    try:
        with path.open("rb") as file:
            return _read(file, now)
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read ({error.strerror})",
            where=str(path),
            remedy="Name a file that `firstreply labels export` wrote, or one of that form",
        ) from error


def _read(lines: Iterable[bytes], now: datetime) -> LabelFile:
    good: list[tuple[int, LabelLine]] = []
    bad: list[BadLine] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            label = LabelLine.model_validate_json(line)
        except ValidationError as error:
            bad.append(BadLine(number, _problem(error)))
            continue
        if label.at is not None and label.at > now:
            bad.append(BadLine(number, "at: lies in the future. Correct the time, or leave it out"))
        else:
            good.append((number, label))
    return LabelFile(tuple(good), tuple(bad))


def _problem(error: ValidationError) -> str:
    """The first finding as `field: problem. Remedy`, without the value, which may be a buyer's words."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    words = first["msg"].removeprefix("Value error, ")
    remedy = _REMEDIES.get(first["type"], "" if first["type"] == "value_error" else "Correct the value")
    return ". ".join(part for part in (f"{field}: {words}" if field else words, remedy) if part)
