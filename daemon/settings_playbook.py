"""The shape of `playbook.toml`: every key, its type, its default, its rules.

Promises: as for `settings_file.py`.

Errors: `ValueError` inside validators, which pydantic collects.
"""

from typing import Literal

from pydantic import ConfigDict, Field

from daemon.desk.playbook import Scenario
from daemon.settings_calendar import CalendarTable
from daemon.settings_types import Duration, Strict


class PlayTable(Strict):
    """One scenario's table in `playbook.toml`; what is left out keeps its default."""

    target: Duration | None = None
    hard_limit: Duration | None = None
    template: str | None = None
    steps: list[str] | None = None
    expected_outcome: str | None = None
    calendar: str | None = None
    attach: list[str] | None = None


class PolicyTable(Strict):
    """`[policy]`: severities of single rules."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, Literal["block", "warn"]]


class WordingTable(Strict):
    """`[wording]`: sentences that the owner may switch on."""

    review_line: bool = False


class PlaybookFile(Strict):
    """`playbook.toml`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    policy: PolicyTable = PolicyTable.model_validate({})
    wording: WordingTable = WordingTable()
    calendar: dict[str, CalendarTable] = Field(default_factory=dict)
    product_issue: PlayTable = PlayTable()
    delivery_issue: PlayTable = PlayTable()
    usage_question: PlayTable = PlayTable()
    presale_question: PlayTable = PlayTable()
    return_request: PlayTable = PlayTable()
    order_change: PlayTable = PlayTable()
    negative_review: PlayTable = PlayTable()
    a_to_z_claim: PlayTable = PlayTable()
    satisfied: PlayTable = PlayTable()
    other: PlayTable = PlayTable()
    no_reply_needed: PlayTable = PlayTable()

    def play(self, scenario: Scenario) -> PlayTable:
        """The table of one scenario."""
        table: PlayTable = getattr(self, scenario.value)
        return table
