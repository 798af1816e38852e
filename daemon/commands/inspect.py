"""`firstreply inspect`: what the daemon understands of a mail, one JSON line a file.

With `--explain` also the words that the model's best label stands on: for people, or with `--json` under
`grounds`.

Promises: works without a configuration and without a model; nothing is fetched, opened or sent.

Errors: `PermanentError` for a file that cannot be read; a broken mail is no error but has `defects`.
"""

import json
from pathlib import Path
from typing import Any

import structlog

from classifier.model import ALWAYS
from daemon.desk.disposition import Disposition, Guess, dispose, needs_model
from daemon.errors import PermanentError
from daemon.guessing import LiveGuesser
from daemon.logs import configure
from daemon.mail.inspect import as_json as mail_as_json
from daemon.mail.message import Message, parse
from daemon.mail.understanding import ReadingContext, Understanding, understand
from daemon.settings import Settings, find, load

ALTERNATIVES = 3


def inspect(config: str | None, files: list[Path], *, explain: bool = False, as_json: bool = True) -> int:
    """Print one JSON object for each mail; with `explain` a sentence or two for people, or its grounds."""
    configure("key_value", "warning")  # stdout belongs to the answer
    path = find(config)
    settings = load(path) if config or path.exists() else None
    reader = _reader(settings)
    for file in files:
        message = parse(_bytes(file))
        seen = understand(message, reader)
        guess = _guess(settings, message, seen)
        disposition = dispose(seen, guess, settings.threshold if settings else 1.0)
        if explain and not as_json:
            print(f"{file}: {_explained(disposition, guess)}")  # noqa: T201  the command's answer
            continue
        answer = {**mail_as_json(message, seen), "scenario": _as_json(disposition, guess)}
        if explain:
            answer["grounds"] = _grounds(guess)
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


def _guess(settings: Settings | None, message: Message, seen: Understanding) -> Guess | None:
    """The model's view; None where there is no model, or nothing for it to judge."""
    if settings is None or not needs_model(seen):
        return None
    guesser = LiveGuesser(settings.state_dir / "model", structlog.get_logger())
    return next(iter(guesser([seen], [message.subject], ALWAYS)), None)


def _grounds(guess: Guess | None) -> dict[str, Any] | None:
    """What the model's best label stands on, whether it decided or not."""
    if guess is None:
        return None
    words = [{"word": word, "weight": weight} for word, weight in guess.grounds]
    return {"label": guess.ranking[0][0], "confidence": round(guess.ranking[0][1], 4), "words": words}


def _explained(disposition: Disposition, guess: Guess | None) -> str:
    """The same for people: what was decided by what, and the words behind the model's view."""
    if disposition.scenario is None:
        return f"nothing to answer ({disposition.reason})"
    sure = f"{disposition.confidence:.2f}" + (", unsure" if disposition.unsure else "")
    told = f"{disposition.scenario} ({sure}), decided by {disposition.decided_by}: {disposition.reason}"
    if guess is None:
        return told
    words = ", ".join(f"{word} {weight:.1f}" for word, weight in guess.grounds) or "no word in particular"
    others = ", ".join(
        f"{label} {confidence:.2f}" for label, confidence in guess.ranking[1 : ALTERNATIVES + 1]
    )
    best, confidence = guess.ranking[0]
    return f"{told}\n  the model says {best} ({confidence:.2f}) by these words: {words}\n  or else {others}"


def _as_json(disposition: Disposition, guess: Guess | None) -> dict[str, Any] | None:
    """The scenario part; None where there is nothing to classify."""
    if disposition.scenario is None:
        return None
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
