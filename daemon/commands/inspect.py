"""`firstreply inspect`: what the daemon understands of a mail, one JSON line a file.

Promises: works without a configuration and without a model; nothing is fetched, opened or sent.

Errors: `PermanentError` for a file that cannot be read; a broken mail is no error but has `defects`.
"""

import json
from pathlib import Path
from typing import Any

import structlog

from daemon.desk.disposition import Disposition, Guess, dispose, needs_model
from daemon.errors import PermanentError
from daemon.guessing import LiveGuesser
from daemon.logs import configure
from daemon.mail.inspect import as_json
from daemon.mail.message import Message, parse
from daemon.mail.understanding import ReadingContext, Understanding, understand
from daemon.settings import Settings, find, load

ALTERNATIVES = 3


def inspect(config: str | None, files: list[Path]) -> int:
    """Print one JSON object for each mail."""
    configure("key_value", "warning")  # stdout belongs to the answer
    path = find(config)
    settings = load(path) if config or path.exists() else None
    reader = _reader(settings)
    for file in files:
        message = parse(_bytes(file))
        seen = understand(message, reader)
        answer = {**as_json(message, seen), "scenario": _scenario(settings, message, seen)}
        print(json.dumps(answer, ensure_ascii=False))  # noqa: T201  the command's answer
    return 0


def _reader(settings: Settings | None) -> ReadingContext:
    boxes = settings.mailboxes if settings else ()
    if len(boxes) == 1:
        return boxes[0].reading
    own = (address for box in boxes for address in box.reading.own_addresses)
    return ReadingContext(own_addresses=frozenset(own))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PermanentError(f"{file}: cannot be read ({error.strerror}); name a file with a mail") from error


def _scenario(settings: Settings | None, message: Message, seen: Understanding) -> dict[str, Any] | None:
    """The scenario part; None where there is nothing to classify."""
    guess: Guess | None = None
    if settings is not None and needs_model(seen):
        guesser = LiveGuesser(settings.state_dir / "model", structlog.get_logger())
        guess = next(iter(guesser([seen], [message.subject])), None)
    disposition = dispose(seen, guess, settings.threshold if settings else 1.0)
    if disposition.scenario is None:
        return None
    return _as_json(disposition, guess)


def _as_json(disposition: Disposition, guess: Guess | None) -> dict[str, Any]:
    ranking = guess.ranking if guess else ()
    return {
        "label": disposition.scenario,
        "confidence": round(disposition.confidence, 4),
        "decided_by": disposition.decided_by,
        "unsure": disposition.unsure,
        "alternatives": [
            {"label": label, "confidence": round(confidence, 4)}
            for label, confidence in ranking[1 : ALTERNATIVES + 1]
        ],
    }
