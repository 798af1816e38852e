"""Models on disk: damage is seen, versions switch atomically, and the daemon keeps the last good one."""

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skops.io

from classifier import pipeline
from classifier.document import Document
from classifier.errors import ModelError
from classifier.installed import current, ensure_model, install, rollback, sweep, versions
from classifier.live import LiveModel
from classifier.model import ALWAYS, Model
from classifier.model_files import CARD, LEAN, PIPELINE, digest, read_card, write_card

QUESTION = Document("Where is my parcel?")


def reason_of(directory: Path) -> str:
    """Why the model in `directory` cannot be loaded."""
    with pytest.raises(ModelError) as caught:
        Model.load(directory)
    assert str(directory) in str(caught.value)
    return caught.value.reason


def copy_version(root: Path, name: str) -> Path:
    """A second version beside the current one."""
    shutil.copytree(current(root), root / name)
    write_card(root / name, replace(read_card(root / name), version=name))
    return root / name


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 99}, "format"),
        ({"features": 0}, "format"),
        ({"lexicon": "0" * 64}, "format"),
        ({"labels": ["other"]}, "format"),
        ({"temperature": -1}, "damaged"),
        ({"temperature": "warm"}, "damaged"),
        ({"files": None}, "damaged"),
        ({"files": {LEAN: 5}}, "damaged"),
        ({"surprise": 1}, "damaged"),
    ],
)
def test_cards(small_root: Path, change: dict[str, object], reason: str) -> None:
    """A card of another version is told from a damaged one."""
    path = current(small_root) / CARD
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), encoding="utf-8")
    assert reason_of(current(small_root)) == reason


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\x00\x01"])
def test_broken_card(small_root: Path, content: str) -> None:
    """A card that is no JSON object is damage."""
    (current(small_root) / CARD).write_text(content, encoding="utf-8")
    assert reason_of(current(small_root)) == "damaged"


@pytest.mark.parametrize("at", [0, 1000, -1])
def test_one_wrong_byte(small_root: Path, at: int) -> None:
    """A single changed byte anywhere in the arrays is seen before they are read."""
    path = current(small_root) / LEAN
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert reason_of(current(small_root)) == "damaged"


@pytest.mark.parametrize("name", [CARD, LEAN])
def test_missing_files(small_root: Path, name: str) -> None:
    """A missing file is named."""
    (current(small_root) / name).unlink()
    assert reason_of(current(small_root)) == "missing"


def vouch_for(directory: Path, name: str) -> None:
    """Let the card agree with a changed file, as somebody with bad intent would."""
    card = read_card(directory)
    write_card(directory, replace(card, files={**card.files, name: digest(directory / name)}))


def test_arrays_of_another_model(small_root: Path) -> None:
    """Arrays that do not fit together are damage even when the card vouches for them."""
    directory = current(small_root)
    np.savez(directory / LEAN, allow_pickle=False, idf=np.ones(3))
    vouch_for(directory, LEAN)
    assert reason_of(directory) == "damaged"


def test_arrays_never_run_code(small_root: Path) -> None:
    """A pickle inside the arrays file is refused."""
    directory = current(small_root)
    np.savez(directory / LEAN, idf=np.array([object()], dtype=object))
    vouch_for(directory, LEAN)
    assert reason_of(directory) == "damaged"


def test_other_scikit_learn(small_root: Path) -> None:
    """The pipeline of another scikit-learn is refused; serving does not need it."""
    directory = current(small_root)
    card = replace(read_card(directory), scikit_learn="0.1.2")
    with pytest.raises(ModelError, match=r"scikit-learn 0\.1\.2") as caught:
        pipeline.load(directory, card)
    assert caught.value.reason == "scikit-learn"
    assert Model.load(directory).classify([QUESTION])


def test_untrusted_types(small_root: Path) -> None:
    """A pipeline file with a type that is not on the list is refused, whatever the card says."""
    directory = current(small_root)
    skops.io.dump(Path.unlink, directory / PIPELINE)
    vouch_for(directory, PIPELINE)
    with pytest.raises(ModelError, match="not trusted") as caught:
        pipeline.load(directory, read_card(directory))
    assert caught.value.reason == "types"


def test_damaged_pipeline(small_root: Path) -> None:
    """A pipeline file that is no archive is damage."""
    directory = current(small_root)
    (directory / PIPELINE).write_bytes(b"PK nonsense")
    vouch_for(directory, PIPELINE)
    with pytest.raises(ModelError) as caught:
        pipeline.load(directory, read_card(directory))
    assert caught.value.reason == "damaged"


def test_nothing_installed(tmp_path: Path) -> None:
    """An empty folder, and one that does not exist, have no model and nothing to go back to."""
    for act in (current, rollback, LiveModel):
        with pytest.raises(ModelError) as caught:
            act(tmp_path / "nowhere")
        assert caught.value.reason == "missing"


def test_install_and_rollback(small_root: Path) -> None:
    """Rollback returns to the version before, and again to where one was."""
    first = current(small_root)
    second = copy_version(small_root, "20990101T000000Z-abcdef")
    install(small_root, second)
    assert (small_root / "current").is_symlink()
    assert current(small_root) == second
    assert rollback(small_root) == first
    assert current(small_root) == first
    assert rollback(small_root) == second


def test_unusable_versions_are_not_installed(small_root: Path) -> None:
    """A folder without a card that fits is refused, and the link stays."""
    first = current(small_root)
    second = copy_version(small_root, "broken")
    (second / CARD).write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError):
        install(small_root, second)
    assert current(small_root) == first


def test_sweep(small_root: Path) -> None:
    """Old versions go, the newest four, the current and the previous stay."""
    first = current(small_root)
    names = [f"2099010{day}T000000Z-aaaaaa" for day in range(1, 8)]
    for name in names:
        copy_version(small_root, name)
    install(small_root, small_root / names[0])
    assert [path.name for path in sweep(small_root)] == names[1:3]
    assert [path.name for path in versions(small_root)] == [first.name, names[0], *names[3:]]


def test_atomic_switch(small_root: Path) -> None:
    """While versions are switched back and forth, every batch is answered by one of them."""
    first = current(small_root)
    second = copy_version(small_root, "20990101T000000Z-abcdef")
    live = LiveModel(small_root)
    stop = threading.Event()
    seen: set[str] = set()
    failures: list[Exception] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                assert live.classify([QUESTION])[0].label == "delivery_issue"
                seen.add(live.version)
            except (ModelError, AssertionError, OSError) as error:
                failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    for number in range(200):
        install(small_root, second if number % 2 else first)
        if {first.name, second.name} <= seen and number > 50:
            break
        stop.wait(0.005)
    stop.set()
    thread.join()
    assert failures == []
    assert seen == {first.name, second.name}


def test_live_model_takes_over(small_root: Path) -> None:
    """A version installed while the daemon runs answers the next batch."""
    live = LiveModel(small_root)
    before = live.version
    install(small_root, copy_version(small_root, "20990101T000000Z-abcdef"))
    assert live.version == before
    live.classify([QUESTION])
    assert (live.version, live.problem) == ("20990101T000000Z-abcdef", None)


def test_live_model_keeps_the_last_good(small_root: Path) -> None:
    """A damaged new version, or none at all, leaves the old one answering, and the problem can be read."""
    live = LiveModel(small_root)
    before = live.version
    bad = copy_version(small_root, "20990101T000000Z-abcdef")
    (bad / LEAN).write_bytes(b"")
    install(small_root, bad)
    for _ in range(2):
        assert live.classify([QUESTION])[0].label == "delivery_issue"
        assert (live.version, "SHA-256" in str(live.problem)) == (before, True)
    (small_root / "current").unlink()
    assert live.classify([QUESTION], explain_below=ALWAYS)[0].grounds
    assert "no model is installed" in str(live.problem)


def test_live_model_forgets_a_problem(small_root: Path) -> None:
    """Going back to a good version clears the problem."""
    live = LiveModel(small_root)
    bad = copy_version(small_root, "20990101T000000Z-abcdef")
    (bad / LEAN).write_bytes(b"")
    install(small_root, bad)
    live.classify([QUESTION])
    rollback(small_root)
    live.classify([QUESTION])
    assert live.problem is None


def test_ensure_keeps_a_good_model(small_root: Path) -> None:
    """With a usable model nothing is trained."""
    told: list[str] = []
    assert ensure_model(small_root, progress=told.append) == current(small_root)
    assert told == []


def test_ensure_trains_the_first_model(small_corpus: Path, tmp_path: Path) -> None:
    """A new installation has a model after one call, and hears what is going on."""
    told: list[str] = []
    directory = ensure_model(tmp_path / "new", corpus=small_corpus, progress=told.append)
    assert Model.load(current(tmp_path / "new")).version == directory.name
    assert told[-1] == "Done"


def test_ensure_replaces_a_model_of_another_version(small_corpus: Path, small_root: Path) -> None:
    """After an update that changed the features, the old model is trained anew."""
    old = current(small_root)
    write_card(old, replace(read_card(old), format=0))
    assert ensure_model(small_root, corpus=small_corpus) == current(small_root) != old
    assert Model.load(current(small_root)).classify([QUESTION])
