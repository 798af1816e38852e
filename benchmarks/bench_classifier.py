"""The classifier beside the scikit-learn pipeline it was exported from: load, one message, a batch, memory.

    python benchmarks/bench_classifier.py [--model DIR] [--texts 1000]

Each of the two runs in a process of its own on the English texts of the corpus (27 words on average) and on
texts three times as long; times are processor time of one core, memory is the highest resident size. Without
`--model` a model is trained first. Exit status 1 when a figure misses its target.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the processes that are measured must not load it
    from benchmarks.kit import Figures, Options

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from classifier.document import Document  # noqa: E402 -- the path must be set before

TARGETS = {
    "load_ms": 1000.0,
    "one_ms": 3.0,
    "batch_us": 500.0,
    "long_batch_us": 1500.0,
    "memory_mb": 120.0,
    "explained_us": 500.0,
}
"""For the lean model; the issue's bars, and for long texts in proportion."""

Ask = Callable[[Sequence[Document]], object]


def documents(count: int) -> list[Document]:
    """English texts of the corpus, in a fixed order."""
    lines = [
        line
        for path in sorted((ROOT / "classifier" / "corpus").glob("en-*.jsonl"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if line
    ]
    rows = [json.loads(line) for line in lines[:: max(1, len(lines) // count)]][:count]
    return [Document(row["text"], row.get("subject", ""), row["lang"]) for row in rows]


def lean(directory: Path) -> Ask:
    """The model as the daemon loads it."""
    from classifier.model import Model  # noqa: PLC0415 -- counted as part of the load

    return Model.load(directory).classify


def scikit_learn(directory: Path) -> Ask:
    """The pipeline the lean model was made from."""
    from classifier import pipeline  # noqa: PLC0415 -- counted as part of the load
    from classifier.document import marked_text  # noqa: PLC0415 -- the same
    from classifier.features import tokens_of  # noqa: PLC0415 -- the same
    from classifier.model_files import read_card  # noqa: PLC0415 -- the same

    fitted = pipeline.load(directory, read_card(directory))
    return lambda texts: fitted.decision_function([tokens_of(marked_text(text)) for text in texts])


def measure(kind: str, directory: Path, texts: Sequence[Document]) -> dict[str, float]:
    """All figures of one of the two, in this process."""
    began = time.process_time()
    ask = {"lean": lean, "scikit-learn": scikit_learn}[kind](directory)
    ask(texts[:1])
    loaded = time.process_time()
    for text in texts[:100]:
        ask([text])
    single = time.process_time()
    ask(texts)
    batch = time.process_time()
    joined = zip(texts, texts[1:], texts[2:], strict=False)
    long = [Document(f"{one.text} {two.text} {three.text}") for one, two, three in joined]
    long_began = time.process_time()
    ask(long)
    figures = {
        "load_ms": (loaded - began) * 1e3,
        "one_ms": (single - loaded) / min(100, len(texts)) * 1e3,
        "batch_us": (batch - single) / len(texts) * 1e6,
        "long_batch_us": (time.process_time() - long_began) / len(long) * 1e6,
        "memory_mb": highest_memory(),
    }
    if kind == "lean":
        from classifier.model import Model  # noqa: PLC0415 -- counted above as part of the load

        explaining = partial(Model.load(directory).classify, explain_below=2.0)
        explaining(texts)
        began = time.process_time()
        explaining(texts)
        figures["explained_us"] = (time.process_time() - began) / len(texts) * 1e6
    return figures


def highest_memory() -> float:
    """Highest resident size of this process in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def in_own_process(kind: str, directory: Path, count: int) -> dict[str, float]:
    """The figures of a fresh process."""
    command = [sys.executable, __file__, "--kind", kind, "--model", str(directory), "--texts", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- ourselves
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def compare(directory: Path, count: int) -> "Figures":
    """Print both side by side; the figures of the lean model, and the targets it misses."""
    from benchmarks.kit import show  # noqa: PLC0415 -- not in the processes that are measured

    both = {kind: in_own_process(kind, directory, count) for kind in ("lean", "scikit-learn")}
    here, peer = both["lean"], both["scikit-learn"]
    rows = [(name, here[name], peer.get(name, "–"), target) for name, target in TARGETS.items()]
    show(f"Classifier, {count} texts, one core", ("what", "lean", "scikit-learn", "target"), rows)
    missed = [
        f"classifier: {name} {here[name]:.1f}, {most:g} allowed"
        for name, most in TARGETS.items()
        if here[name] > most
    ]
    return {**here, "missed": missed}


def run(options: "Options") -> "Figures":  # noqa: ARG001 -- the same for all sizes
    """The model of this installation."""
    from classifier.installed import ensure_model  # noqa: PLC0415 -- trains only when there is no model yet
    from daemon.commands.teach import OWN_STATE  # noqa: PLC0415 -- not in the processes that are measured

    return compare(ensure_model(OWN_STATE / "model"), 1000)


def main() -> int:
    """Train if needed, run both, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--kind", choices=("lean", "scikit-learn"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.kind:
        sys.stdout.write(json.dumps(measure(args.kind, args.model, documents(args.texts))))
        return 0
    if args.model:
        return int(bool(compare(args.model, args.texts)["missed"]))
    from classifier.installed import ensure_model  # noqa: PLC0415 -- only when there is no model yet

    with tempfile.TemporaryDirectory() as folder:
        return int(bool(compare(ensure_model(Path(folder)), args.texts)["missed"]))


if __name__ == "__main__":
    sys.exit(main())
