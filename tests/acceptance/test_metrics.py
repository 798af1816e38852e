"""The daemon tells how it stands while it works."""

import re
import urllib.request

from daemon.cli import main
from tests.daemon_kit import House, until
from tests.mails import BROKEN


def test_the_daemon_answers_a_scraper_and_writes_the_textfile(house: House) -> None:
    """Healthy after its first cycle, with the clock of the buyer who waits."""
    house.first_run()
    textfile = house.root / "firstreply.prom"
    with house.config.open("a") as config:
        config.write(f'\n[metrics]\nport = 0\ntextfile = "{textfile}"\n')
    house.receive(BROKEN)
    house.start()
    port = until(lambda: re.search(r"event=metrics.*? port=(\d+)", house.log()), "the port in the log")[1]

    def told(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    waiting = 'firstreply_open_clocks{mailbox="shop"} 1.0'
    until(lambda: waiting in told("/metrics"), "the clock in the metrics")
    until(lambda: 'firstreply_cycle_seconds_count{mailbox="shop"}' in told("/metrics"), "a counted cycle")
    assert '"healthy": true' in told("/health")
    assert "firstreply_connected" in textfile.read_text()
    assert house.stop() == 0


def test_metrics_are_told_on_loopback_only(house: House) -> None:
    """Any other address is refused with the key, before anything starts."""
    with house.config.open("a") as config:
        config.write('\n[metrics]\nlisten = "0.0.0.0"\nport = 9464\n')
    assert main(["status", "--config", str(house.config)]) == 78
