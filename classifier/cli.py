"""The commands of this package: `train`, `evaluate`, `classify`; mounted by `daemon/cli.py`.

Promises: importing this module imports nothing heavy; each command imports what it needs when it runs. Each
`*_command` returns the exit status: 0 done, 1 the answer is "no" (the new model is worse), 2 unusable input,
78 no usable model. The caller sets `args.state_dir` (a Path); `args.json`, `args.threshold` and `args.labels`
(what agents taught, a function) are optional.

Errors: `OSError` when the disk or the other end of a pipe refuses.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from classifier.document import Document
from classifier.errors import ClassifierError, CorpusError, ModelError

if TYPE_CHECKING:
    from classifier.corpus import SellerLabel
    from classifier.live import LiveModel
    from classifier.model import Prediction

NOT_WORSE_ONLY: Final = 1
BAD_INPUT: Final = 2
NO_MODEL: Final = 78
_BATCH: Final = 500
_ALTERNATIVES: Final = 3
_THRESHOLD: Final = 0.7

LanguageOf = Callable[[str], str | None]
LabelOf = Callable[[str], str | None]


def model_root(args: argparse.Namespace) -> Path:
    """Where the models of this installation lie."""
    return Path(args.state_dir) / "model"


def add_arguments(subparsers: Any) -> None:  # noqa: ANN401 - argparse has no public name for this type
    """Add the three commands to what `add_subparsers` gave; `args.run` is the command's function."""
    train = subparsers.add_parser("train", help="train the classifier, install it if it is not worse")
    train.add_argument("--force", action="store_true", help="install the new model even if it is worse")
    train.add_argument("--rollback", action="store_true", help="go back to the model before, train nothing")
    train.add_argument("--corpus", type=Path, metavar="DIR", help="other texts than the shipped ones")
    train.set_defaults(run=train_command)
    evaluate = subparsers.add_parser("evaluate", help="print and write the figures of the classifier")
    evaluate.add_argument(
        "--data", type=Path, metavar="FILE.jsonl", help="judge these texts, not the training's"
    )
    evaluate.add_argument(
        "--output", type=Path, metavar="DIR", help="write evaluation.json and pictures here"
    )
    evaluate.set_defaults(run=evaluate_command)
    classify = subparsers.add_parser("classify", help="JSON Lines of texts in, JSON Lines of labels out")
    classify.set_defaults(run=classify_command)


def _fail(error: ClassifierError, status: int) -> int:
    print(f"firstreply: {error}", file=sys.stderr)  # noqa: T201 - the command's answer
    return status


def _labels(args: argparse.Namespace) -> Iterable["SellerLabel"]:
    """What agents taught; `args.labels` gives it when it is asked, and only a training asks."""
    return getattr(args, "labels", tuple)()


def train_command(args: argparse.Namespace) -> int:
    """`firstreply train`: 1 if the new model is worse and `--force` is not set."""
    from classifier.installed import rollback  # noqa: PLC0415 - nothing heavy before a command runs

    try:
        if args.rollback:
            print(f"now in use: {rollback(model_root(args)).name}")  # noqa: T201 - the command's answer
            return 0
        from classifier.training_screen import train_on_screen  # noqa: PLC0415 - loads scikit-learn

        result = train_on_screen(
            model_root(args), _labels(args), corpus=args.corpus, force=args.force, as_json=_wants_json(args)
        )
    except CorpusError as error:
        return _fail(error, BAD_INPUT)
    except ModelError as error:
        return _fail(error, NO_MODEL)
    return 0 if result.installed else NOT_WORSE_ONLY


def evaluate_command(args: argparse.Namespace) -> int:
    """`firstreply evaluate`: of the current model, on `--data` or as it was judged when it was trained."""
    from classifier.training_screen import evaluate_on_screen  # noqa: PLC0415 - loads matplotlib when asked to draw

    try:
        evaluate_on_screen(
            model_root(args),
            args.data,
            args.output,
            threshold=getattr(args, "threshold", _THRESHOLD),
            as_json=_wants_json(args),
        )
    except CorpusError as error:
        return _fail(error, BAD_INPUT)
    except ModelError as error:
        return _fail(error, NO_MODEL)
    except FileNotFoundError as error:
        return _fail(CorpusError(f"{error.filename}: no such file"), BAD_INPUT)
    return 0


def classify_command(
    args: argparse.Namespace, *, language_of: LanguageOf | None = None, subject_says: LabelOf | None = None
) -> int:
    """`firstreply classify`; the caller may bring its language detection and what a subject line proves.

    Both also as `args.language_of` and `args.subject_says`, from a caller that only knows `args.run(args)`.
    """
    from classifier.installed import ensure_model  # noqa: PLC0415 - nothing heavy before a command runs
    from classifier.live import LiveModel  # noqa: PLC0415 - the same

    try:
        root = model_root(args)
        ensure_model(
            root,
            labels=lambda: _labels(args),
            progress=lambda sentence: print(sentence, file=sys.stderr),  # noqa: T201 - first use only
        )
        asker = Asker(
            LiveModel(root),
            getattr(args, "threshold", _THRESHOLD),
            language_of or getattr(args, "language_of", None),
            subject_says or getattr(args, "subject_says", None),
        )
        for answer in asker.answers(sys.stdin):
            print(json.dumps(answer, ensure_ascii=False))  # noqa: T201 - the command's answer
    except CorpusError as error:
        return _fail(error, BAD_INPUT)
    except ModelError as error:
        return _fail(error, NO_MODEL)
    return 0


class Asker:
    """Turns lines of JSON into answers, in batches."""

    def __init__(
        self,
        model: "LiveModel",
        threshold: float,
        language_of: LanguageOf | None,
        subject_says: LabelOf | None,
    ) -> None:
        self._model = model
        self._threshold = threshold
        self._language_of = language_of or (lambda _text: None)
        self._subject_says = subject_says or (lambda _subject: None)

    def answers(self, lines: TextIO) -> Iterator[dict[str, object]]:
        """One answer for each line; `CorpusError` names a line that is unusable."""
        numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        while batch := list(islice(numbered, _BATCH if not lines.isatty() else 1)):
            yield from self._answer([_read(number, line) for number, line in batch])

    def _answer(self, asked: Sequence[dict[str, Any]]) -> Iterator[dict[str, object]]:
        documents = [
            Document(raw["text"], raw.get("subject") or "", self._language_of(raw["text"])) for raw in asked
        ]
        guesses = self._model.classify(documents)
        for raw, document, guess in zip(asked, documents, guesses, strict=True):
            proved = self._subject_says(document.subject)
            answer = _as_json(guess) if proved is None else _proved(proved)
            answer["unsure"] = proved is None and guess.confidence < self._threshold
            answer["language"] = document.language
            yield {"id": raw["id"], **answer} if "id" in raw else answer


def _read(number: int, line: str) -> dict[str, Any]:
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise CorpusError(f"line {number}: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        raise CorpusError(f'line {number}: needs an object with a "text"')
    if not isinstance(raw.get("subject") or "", str):
        raise CorpusError(f'line {number}: "subject" is no text')
    return raw


def _as_json(guess: "Prediction") -> dict[str, object]:
    return {
        "label": guess.label,
        "confidence": round(guess.confidence, 4),
        "alternatives": [
            {"label": other.label, "confidence": round(other.confidence, 4)}
            for other in guess.alternatives[:_ALTERNATIVES]
        ],
        "decided_by": "model",
    }


def _proved(label: str) -> dict[str, object]:
    return {"label": label, "confidence": 1.0, "alternatives": [], "decided_by": "subject"}


def _wants_json(args: argparse.Namespace) -> bool:
    return bool(getattr(args, "json", False))
