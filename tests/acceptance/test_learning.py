"""What agents do in their mail client is what the next training learns from."""

from daemon.commands.teach import taught
from daemon.settings import load
from tests.acceptance.test_gestures import delete
from tests.mails import BROKEN
from tests.stage_kit import Stage

OTHER = "The zip of the bag broke on the first day, it cannot be closed any more."


def test_gestures_teach(stage: Stage) -> None:
    """A draft sent as it was confirms weakly, one that was edited says nothing, a correction counts fully."""
    uid, _ = stage.draft()
    stage.house.move(uid, "Reclassify/Other")
    stage.cycle(2)
    stage.house.receive(OTHER, alias="q7d2k9x4m1vasis")
    stage.house.receive(f"{OTHER} Help.", alias="q7d2k9x4m1vedit")
    stage.cycle()
    drafts = {
        key: uid
        for uid, raw in stage.house.drafts().items()
        for key in ("asis", "edit")
        if key.encode() in raw
    }
    stage.house.move(drafts["asis"], "Approved")
    edited = stage.edited(stage.house.mails("Approval")[drafts["edit"]], "We are sorry.")
    delete(stage.house, "Approval", drafts["edit"])
    stage.house.put("Approved", edited)
    stage.cycle(3)
    assert len(stage.house.sink.accepted) == 2
    labels = taught(load(stage.house.config))
    assert [(label.text, label.label, label.weight, label.confirmed) for label in labels] == [
        (BROKEN, "other", 1.0, False),
        (OTHER, "product_issue", 0.3, True),
    ]
