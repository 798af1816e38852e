"""Settings: two TOML files, read once into frozen values; no other module reads configuration.

Promises: `load` either returns settings in which everything has been checked that can be checked
without a network, or says what is wrong: each problem with its file, its key and a remedy.

Errors: `ConfigurationError` (exit 78).
"""

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from daemon.desk.alert import Alerting
from daemon.desk.digest import Digest
from daemon.desk.playbook import DEFAULT_PLAYS, Playbook, Scenario
from daemon.errors import ConfigurationError
from daemon.reply.library import Places
from daemon.settings_calendar import calendar_of, office_of
from daemon.settings_file import FirstreplyFile
from daemon.settings_mailbox import MailboxSettings, mailbox_settings
from daemon.settings_playbook import PlaybookFile, PlayTable
from daemon.settings_told import MetricsSettings, digest_of, metrics_of

DEFAULT_PATH = Path("/etc/firstreply/firstreply.toml")
Model = TypeVar("Model", bound=BaseModel)
ENVIRONMENT = "FIRSTREPLY_CONFIG"
_REMEDIES = {
    "missing": "Add it",
    "extra_forbidden": "Remove it, or correct its spelling",
}


@dataclass(frozen=True, slots=True)
class CycleSettings:
    """How often the daemon looks; `batch` counts messages."""

    poll: timedelta
    full_look: timedelta
    batch: int
    idle: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the daemon was told; each part gets its own slice of it."""

    path: Path
    state_dir: Path
    ledger: str
    templates: Path | None
    library: Places
    mailboxes: tuple[MailboxSettings, ...]
    playbook: Playbook
    threshold: float
    confirmation_weight: float
    warn_at: tuple[float, ...]
    alerting: Alerting
    zone: ZoneInfo
    digest: Digest
    keep_texts: timedelta
    metrics: MetricsSettings
    cycle: CycleSettings
    log_format: str
    log_level: str


def find(given: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: `--config`, else $FIRSTREPLY_CONFIG, else /etc/firstreply/firstreply.toml."""
    return Path(given or environ.get(ENVIRONMENT) or DEFAULT_PATH)


def by_hand(path: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a command that root runs: credentials are read where the unit gets them."""
    folder = path.parent / "credentials"
    there = os.access(folder, os.R_OK | os.X_OK)
    return ({"CREDENTIALS_DIRECTORY": str(folder)} if there else {}) | dict(environ)


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check `firstreply.toml`, and the playbook beside it when there is one."""
    file = _read(path, FirstreplyFile)
    playbook_path = _beside(path, "playbook", file.playbook, "playbook.toml")
    plays = PlaybookFile() if playbook_path is None else _read(playbook_path, PlaybookFile)
    playbook = _playbook(playbook_path or path, plays)
    return Settings(
        path=path,
        state_dir=Path(file.state_dir),
        ledger=file.ledger,
        templates=_beside(path, "templates", file.templates, "templates"),
        library=Places(
            catalogue=_beside(path, "catalogue", file.catalogue, "catalogue.csv"),
            manuals=_beside(path, "manuals", file.manuals, "manuals"),
            knowledge=_beside(path, "knowledge", file.knowledge, "knowledge"),
        ),
        mailboxes=tuple(
            mailbox_settings(path, Path(file.state_dir), table, environ) for table in file.mailbox
        ),
        playbook=playbook,
        threshold=file.classifier.threshold,
        confirmation_weight=file.classifier.confirmation_weight,
        warn_at=tuple(file.deadlines.warn_at),
        alerting=Alerting(
            tuple(file.deadlines.alert_to),
            file.deadlines.alert_every,
            office_of(path, file.deadlines.calendar, playbook),
            file.deadlines.mark,
            file.worklist.every if file.worklist.mail else None,
        ),
        zone=ZoneInfo(file.report.timezone),
        digest=digest_of(file.report),
        keep_texts=file.privacy.keep_texts,
        metrics=metrics_of(file.metrics),
        cycle=CycleSettings(
            timedelta(seconds=file.cycle.poll_seconds),
            file.cycle.full_look,
            file.cycle.batch,
            file.cycle.idle,
        ),
        log_format=file.log.format,
        log_level=file.log.level,
    )


def _beside(path: Path, key: str, given: str | None, usual: str) -> Path | None:
    """The file or folder that a key names, else the usual one beside this file, if there."""
    wanted = path.parent / (given or usual)
    if wanted.exists():
        return wanted
    if given:
        raise ConfigurationError(
            f"{wanted} does not exist",
            where=f"{path}: {key}",
            remedy="Correct the path, or remove the key",
        )
    return None


def prove_secrets(settings: Settings) -> None:
    """Read every secret once, so that a missing one is told at the start and not at the first mail."""
    for box in settings.mailboxes:
        if box.tokens is not None:
            box.tokens.prove()
        for server in (box.imap, box.smtp):
            if server.renew is None and server.password is not None:
                server.password()


def _read(path: Path, model: type[Model]) -> Model:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read ({error.strerror})",
            where=str(path),
            remedy=f"Write it (`firstreply init`), or name another with --config or ${ENVIRONMENT}",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"is no valid TOML ({error})", where=str(path), remedy="Correct that line"
        ) from error
    try:
        # as JSON, since only there strictness still lets a table become a dataclass
        return model.model_validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        problems = [_problem(path, model, detail) for detail in error.errors(include_url=False)]
        first, *others = problems
        raise ConfigurationError(
            first[1] + "".join(f"\n{where}: {problem}. {remedy}" for where, problem, remedy in others),
            where=first[0],
            remedy=first[2],
        ) from error


def _problem(path: Path, model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str, str]:
    """Where, what and what to do, for one of pydantic's findings."""
    key = ""
    for part in detail["loc"]:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    remedy = _REMEDIES.get(detail["type"], "Correct the value")
    problem = detail["msg"].removeprefix("Value error, ")
    if detail["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
        problem = "unknown key"
        near = difflib.get_close_matches(str(detail["loc"][-1]), _keys(model), n=1)
        remedy = f"Did you mean {near[0]}?" if near else _REMEDIES["extra_forbidden"]
    return f"{path}: {key or 'the file'}", problem, remedy


def _keys(model: type[BaseModel]) -> set[str]:
    """All keys that occur anywhere in the schema of a file."""
    schema: dict[str, Any] = model.model_json_schema(mode="serialization")
    tables = [schema, *schema.get("$defs", {}).values()]
    return {key for table in tables for key in table.get("properties", {})}


def _playbook(path: Path, file: PlaybookFile) -> Playbook:
    severities = dict(file.policy.__pydantic_extra__ or {})
    if severities:
        from daemon.desk.policy import check_severities  # noqa: PLC0415  its lexicon costs most commands nothing

        problems = check_severities(severities)
        if problems:
            raise ConfigurationError(
                "; ".join(problems), where=f"{path}: policy", remedy="Correct or remove these lines"
            )
    calendars = {name: calendar_of(path, name, table) for name, table in file.calendar.items()}
    plays = dict(DEFAULT_PLAYS)
    for scenario in Scenario:
        changes = _changes(file.play(scenario))
        plays[scenario] = replace(plays[scenario], **changes)
        named = plays[scenario].calendar
        if named and named not in calendars:
            raise ConfigurationError(
                f"there is no [calendar.{named}]",
                where=f"{path}: {scenario}.calendar",
                remedy="Add that table, or leave the key out to count all hours",
            )
    return Playbook(plays, severities, calendars, review_line=file.wording.review_line)


def _changes(table: PlayTable) -> dict[str, Any]:
    values = {name: getattr(table, name) for name in table.model_fields_set}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
