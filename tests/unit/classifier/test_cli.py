"""The commands: JSON Lines in and out, tables, exit statuses, and nothing heavy before it is needed."""

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from classifier import cli
from classifier.errors import CorpusError
from classifier.installed import current
from classifier.live import LiveModel


def arguments(*words: str, state: Path, **more: object) -> argparse.Namespace:
    """Arguments as `daemon/cli.py` would hand them over."""
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser.add_subparsers())
    return argparse.Namespace(**{**vars(parser.parse_args(words)), "state_dir": state, **more})


def ask(root: Path, *lines: object, **how: object) -> list[dict[str, object]]:
    """Answers to lines given as objects."""
    language_of, subject_says = how.get("language_of"), how.get("subject_says")
    asker = cli.Asker(LiveModel(root), 0.7, language_of, subject_says)  # type: ignore[arg-type]  # test doubles
    return list(asker.answers(io.StringIO("\n".join(map(json.dumps, lines)) + "\n\n")))


def test_classify(full_root: Path) -> None:
    """One answer a line, with the id given and the three next best labels."""
    first, second = ask(full_root, {"id": 7, "text": "My parcel never arrived"}, {"text": "hm"})
    assert (first["id"], first["label"], first["decided_by"]) == (7, "delivery_issue", "model")
    assert (first["unsure"], first["language"], "id" in second) == (False, None, False)
    assert second["unsure"] is True
    alternatives = first["alternatives"]
    assert isinstance(alternatives, list)
    assert [sorted(other) for other in alternatives] == [["confidence", "label"]] * 3


def test_classify_with_the_daemons_knowledge(full_root: Path) -> None:
    """The caller's language detection is used, and what a subject proves goes before the model."""
    (answer,) = ask(
        full_root,
        {"text": "irgendwas", "subject": "Return requested"},
        language_of=lambda _text: "de",
        subject_says=lambda subject: "return_request" if "Return" in subject else None,
    )
    assert answer == {
        "label": "return_request",
        "confidence": 1.0,
        "alternatives": [],
        "decided_by": "subject",
        "unsure": False,
        "language": "de",
    }


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"subject": "x"}', '{"text": 3}', '{"text": "a", "subject": 4}']
)
def test_classify_names_bad_lines(full_root: Path, line: str) -> None:
    """A line that cannot be used is named by its number."""
    asker = cli.Asker(LiveModel(full_root), 0.7, None, None)
    with pytest.raises(CorpusError, match="line 2"):
        list(asker.answers(io.StringIO(f'{{"text": "a"}}\n{line}\n')))


def test_train_and_rollback(small_root: Path, small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Training prints tables and installs; rollback returns to the model before."""
    state, before = small_root.parent, current(small_root).name
    assert cli.train_command(arguments("train", "--corpus", str(small_corpus), state=state)) == 0
    shown = capsys.readouterr().out
    assert "a_to_z_claim" in shown
    assert "calibration" in shown
    assert "installed" in shown
    assert current(small_root).name != before
    assert cli.train_command(arguments("train", "--rollback", state=state)) == 0
    assert capsys.readouterr().out == f"now in use: {before}\n"


def test_a_worse_model_needs_force(
    small_root: Path, spoilt_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1 with the reason and the way out; with --force it is installed."""
    state, before = small_root.parent, current(small_root).name
    words = ("train", "--corpus", str(spoilt_corpus))
    assert cli.train_command(arguments(*words, state=state)) == 1
    shown = capsys.readouterr().out
    assert "NOT installed (--force installs it all the same)" in shown
    assert "(worse)" in shown
    assert current(small_root).name == before
    assert cli.train_command(arguments(*words, "--force", state=state)) == 0
    assert current(small_root).name != before


def test_train_as_json(tmp_path: Path, small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the answer is one object."""
    args = arguments("train", "--corpus", str(small_corpus), state=tmp_path, json=True)
    assert cli.train_command(args) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["installed"], answer["reason"], answer["seller_labels"]) == (True, "first", None)
    assert answer["evaluation"]["overall"]["texts"] > 100


def test_exit_statuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No model is a matter of configuration, unusable texts are wrong usage; both say so on stderr."""
    (tmp_path / "texts.jsonl").write_text("{", encoding="utf-8")
    assert cli.train_command(arguments("train", "--rollback", state=tmp_path)) == 78
    assert cli.train_command(arguments("train", "--corpus", str(tmp_path), state=tmp_path)) == 2
    assert cli.evaluate_command(arguments("evaluate", state=tmp_path)) == 78
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "texts.jsonl:1" in captured.err
    assert "run `firstreply train`" in captured.err


def test_evaluate_stored(full_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without data the figures of the training are shown, as tables or as JSON."""
    assert cli.evaluate_command(arguments("evaluate", state=full_root.parent)) == 0
    assert "usage_question" in capsys.readouterr().out
    assert cli.evaluate_command(arguments("evaluate", state=full_root.parent, json=True)) == 0
    assert "out_of_fold" in json.loads(capsys.readouterr().out)


def test_evaluate_data(full_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Own texts are judged, and figures and pictures written where one likes."""
    data = tmp_path / "own.jsonl"
    data.write_text('{"text": "never arrived", "label": "delivery_issue", "lang": "en"}\n', encoding="utf-8")
    words = ("evaluate", "--data", str(data), "--output", str(tmp_path / "out"))
    assert cli.evaluate_command(arguments(*words, state=full_root.parent, json=True)) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["accuracy"] == 1
    assert cli.evaluate_command(arguments(*words, state=full_root.parent)) == 0
    assert "own.jsonl" in capsys.readouterr().out
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["confusion.png", "evaluation.json", "reliability.png"]


def test_evaluate_missing_data(full_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is wrong usage."""
    args = arguments("evaluate", "--data", "/nowhere.jsonl", state=full_root.parent)
    assert cli.evaluate_command(args) == 2
    assert "/nowhere.jsonl" in capsys.readouterr().err


def test_imports_are_lazy() -> None:
    """Naming the commands loads neither numpy nor scikit-learn."""
    code = "import sys, classifier.cli; print(sorted({'numpy', 'sklearn', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
