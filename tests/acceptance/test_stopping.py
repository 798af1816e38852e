"""An end is short, whatever hangs, and leaves nothing worse than a crash would."""

import signal
import time

from tests.chaos import ChaosProxy, Fault
from tests.daemon_kit import House, until
from tests.mails import BROKEN
from tests.stage_kit import ALIAS, ORDER

PATIENCE = "daemon.notifying.LEAVE_AFTER"


def running(house: House, patience: float) -> None:
    """Start the daemon, which waits so long for what is in hand when it is told to end."""
    assert house.zygote is not None
    log = house.root / "log"
    house.process = house.zygote.start(
        *house.words("run"), stdout=log, stderr=log, changed={PATIENCE: patience}
    )
    house.receive(BROKEN, alias=ALIAS, order_id=ORDER)
    until(house.drafts, "a draft")


def test_a_server_that_falls_silent_holds_no_end_up(house: House) -> None:
    """The thread still waits for IMAP when the process ends; the next start goes on."""
    house.first_run()
    with ChaosProxy(house.imap_port) as proxy:
        house.configure(imap_port=proxy.port, idle=False)
        running(house, 0.3)
        proxy.fault(Fault.SILENCE)
        began = time.monotonic()
        assert house.stop() == 0
        assert time.monotonic() - began < 10
    assert "event=left_in_hand" in house.log()

    house.configure()
    (uid,) = house.drafts()
    house.move(uid, "Approved")
    assert house.once().returncode == 0
    assert len(house.sink.accepted) == 1


def test_the_reply_to_a_dot_is_waited_for(house: House) -> None:
    """Longer than for anything else: to leave between dot and reply would make a doubt."""
    house.first_run()
    running(house, 4.0)  # more than the goodbye to a silent server takes
    house.sink.fault = "dot_silence_kept"
    (uid,) = house.drafts()
    house.move(uid, "Approved")
    until(lambda: house.sink.accepted, "the dot")
    assert house.process is not None
    house.process.send_signal(signal.SIGTERM)
    until(lambda: "event=waiting_for_reply" in house.log(), "that it waits")
    assert house.process.poll() is None

    house.sink.interject("250 2.0.0 kept")
    assert house.process.wait(20) == 0
    assert house.states() == {"sent": 1}
    assert "left_in_hand" not in house.log()
