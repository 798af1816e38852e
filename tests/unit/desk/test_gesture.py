"""What the copies of a draft say: each rule once, and what no sequence of copies may ever say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.draft import DRAFT_TRANSITIONS, DraftState
from daemon.desk.gesture import decide
from daemon.desk.gesture_model import REASONS, Hand, Patience, Role, Seen, Verdict
from daemon.reply.notes import HELD_REASONS

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PATIENCE = Patience(8 * SECOND, 40 * SECOND, timedelta(hours=24))
OURS, THEIRS, OTHER = "ours", "theirs", "other"
D, R, V = DraftState, Role, Verdict


def lies(role: Role, digest: str | None = OURS, *, age: int = 100, **marks: bool) -> Seen:
    """A copy that came into its folder so many seconds ago."""
    return Seen(hash((role, digest, age)) % 10_000 + 1, role, 1000 - age, NOW - age * SECOND, digest, **marks)


def hand(state: DraftState, *copies: Seen, rest: int = 100, **values: object) -> Hand:
    """A draft that was touched so many seconds ago."""
    approved = OURS if state is D.APPROVED else None
    made = Hand(state, OURS, OURS, approved, NOW - rest * SECOND, copies)
    return replace(made, **values)  # type: ignore[arg-type]  # a test's shorthand


QUEUE, TWIN = lies(R.QUEUE, known=True), lies(R.QUEUE, age=90)
EDIT = lies(R.DRAFTS, THEIRS, age=50)
CASES: dict[str, tuple[Hand, Verdict, str]] = {
    "untouched in the queue": (hand(D.QUEUED, QUEUE), V.NOTHING, ""),
    "moved into Approved": (hand(D.QUEUED, lies(R.APPROVED)), V.APPROVE, "moved_to_approved"),
    "copied into Approved": (hand(D.QUEUED, QUEUE, lies(R.APPROVED, age=5)), V.APPROVE, "moved_to_approved"),
    "approved already": (hand(D.APPROVED, lies(R.APPROVED, known=True)), V.NOTHING, ""),
    "approved, under another UID": (hand(D.APPROVED, lies(R.APPROVED)), V.RELOCATE, "elsewhere"),
    "another text approved": (
        hand(D.APPROVED, lies(R.APPROVED, THEIRS, known=True)),
        V.APPROVE,
        "moved_to_approved",
    ),
    "two texts in Approved": (
        hand(D.QUEUED, lies(R.APPROVED), lies(R.APPROVED, THEIRS, age=50)),
        V.HOLD,
        "two_copies",
    ),
    "unreadable in Approved": (hand(D.QUEUED, lies(R.APPROVED, None)), V.HOLD, "unreadable"),
    "approved while somebody edits": (hand(D.QUEUED, lies(R.APPROVED), EDIT), V.HOLD, "newer_revision"),
    "the edit approved, ours left behind": (
        hand(D.EDITED, QUEUE, lies(R.APPROVED, THEIRS, age=50), digest=THEIRS),
        V.APPROVE,
        "moved_to_approved",
    ),
    "left behind, after the approval": (
        hand(
            D.APPROVED,
            QUEUE,
            lies(R.APPROVED, THEIRS, age=50, known=True),
            digest=THEIRS,
            approved_digest=THEIRS,
        ),
        V.TIDY,
        "left_over",
    ),
    "marked as deleted in Approved": (
        hand(D.APPROVED, lies(R.APPROVED, deleted=True, known=True), QUEUE),
        V.RETURN,
        "moved_back",
    ),
    "moved back": (hand(D.APPROVED, QUEUE), V.RETURN, "moved_back"),
    "taken into Drafts": (hand(D.APPROVED, lies(R.DRAFTS)), V.RETURN, "moved_back"),
    "saved a moment ago": (hand(D.QUEUED, QUEUE, EDIT, rest=3), V.WAIT, ""),
    "saved and settled": (hand(D.QUEUED, QUEUE, EDIT), V.EDIT, "edited"),
    "saved, the clock set back since": (hand(D.QUEUED, QUEUE, EDIT, rest=-3600), V.EDIT, "edited"),
    "the edit is known": (hand(D.EDITED, QUEUE, replace(EDIT, known=True), digest=THEIRS), V.NOTHING, ""),
    "moved to another place": (hand(D.QUEUED, lies(R.DRAFTS)), V.RELOCATE, "elsewhere"),
    "a late twin": (hand(D.QUEUED, QUEUE, TWIN), V.TIDY, "left_over"),
    "a late twin of this moment": (hand(D.QUEUED, QUEUE, TWIN, rest=3), V.WAIT, ""),
    "the old copy beside its edit in the queue": (
        hand(D.EDITED, QUEUE, lies(R.QUEUE, THEIRS, age=50), digest=THEIRS),
        V.TIDY,
        "left_over",
    ),
    "unreadable in the queue": (hand(D.QUEUED, lies(R.QUEUE, None, known=True)), V.NOTHING, ""),
    "rejected": (hand(D.QUEUED, lies(R.REJECTED, None)), V.REJECT, "moved_to_rejected"),
    "copied to Rejected, still in the queue": (hand(D.QUEUED, QUEUE, lies(R.REJECTED, None)), V.NOTHING, ""),
    "in Trash a moment ago": (hand(D.QUEUED, lies(R.TRASH, None), rest=20), V.WAIT, ""),
    "in Trash": (hand(D.QUEUED, lies(R.TRASH, None)), V.REJECT, "moved_to_trash"),
    "archived a moment ago": (hand(D.QUEUED, lies(R.ARCHIVE, None), rest=20), V.WAIT, ""),
    "archived": (hand(D.QUEUED, lies(R.ARCHIVE, None)), V.REJECT, "archived"),
    "in the queue and in All Mail": (hand(D.QUEUED, QUEUE, lies(R.ARCHIVE, None)), V.NOTHING, ""),
    "vanished, and in the archive": (hand(D.VANISHED, lies(R.ARCHIVE, None)), V.NOTHING, ""),
    "marked as deleted": (hand(D.QUEUED, lies(R.QUEUE, deleted=True)), V.REJECT, "marked_deleted"),
    "gone": (hand(D.QUEUED), V.WAIT, ""),
    "gone for a day": (hand(D.QUEUED, rest=90_000), V.VANISH, "gone"),
    "approved and gone": (hand(D.APPROVED), V.WAIT, ""),
    "sent by a person": (hand(D.QUEUED, QUEUE, lies(R.SENT, None)), V.ANSWERED, "found_in_sent"),
    "sent while approved": (
        hand(D.APPROVED, lies(R.APPROVED), lies(R.SENT, None)),
        V.ANSWERED,
        "found_in_sent",
    ),
    "sent after it vanished": (hand(D.VANISHED, lies(R.SENT, None)), V.ANSWERED, "found_in_sent"),
    "turned up": (hand(D.VANISHED, QUEUE), V.TURNED_UP, "turned_up"),
    "vanished": (hand(D.VANISHED), V.NOTHING, ""),
    "named by a move": (hand(D.QUEUED, lies(R.RECLASSIFY)), V.RECLASSIFY, "moved_to_reclassify"),
    "a held draft in Approved": (hand(D.HELD, lies(R.APPROVED, known=True)), V.BACK, "left_in_approved"),
    "a held draft approved anew": (hand(D.HELD, lies(R.APPROVED)), V.APPROVE, "moved_to_approved"),
    "back from Rejected": (hand(D.REJECTED, QUEUE), V.RETURN, "moved_back"),
    "from Rejected into Approved": (hand(D.REJECTED, lies(R.APPROVED)), V.RETURN, "moved_back"),
    "back beside a newer one": (hand(D.REJECTED, QUEUE, rival=True), V.OUT_OF_DATE, "newer_draft"),
    "approved beside a newer one": (
        hand(D.REJECTED, lies(R.APPROVED), rival=True),
        V.OUT_OF_DATE,
        "out_of_date",
    ),
    "a sent one approved again": (hand(D.SENT, lies(R.APPROVED)), V.OUT_OF_DATE, "out_of_date"),
    "a sent one that filing will clear": (hand(D.SENT, lies(R.APPROVED, known=True)), V.NOTHING, ""),
    "ours after the answer": (hand(D.ANSWERED_BY_AGENT, QUEUE), V.TIDY, "left_over"),
    "theirs after the answer": (hand(D.ANSWERED_BY_AGENT, EDIT), V.OUT_OF_DATE, "newer_draft"),
    "theirs after the answer, just saved": (hand(D.ANSWERED_BY_AGENT, EDIT, rest=3), V.WAIT, ""),
    "superseded": (hand(D.SUPERSEDED, QUEUE), V.TIDY, "left_over"),
    "in doubt": (hand(D.IN_DOUBT, lies(R.APPROVED, known=True)), V.NOTHING, ""),
    "in doubt, taken out": (hand(D.IN_DOUBT, QUEUE), V.UNSENT, "person_says_unsent"),
    "in doubt, copied": (hand(D.IN_DOUBT, QUEUE, lies(R.APPROVED, known=True)), V.NOTHING, ""),
    "planned": (hand(D.PLANNED, lies(R.APPROVED)), V.WAIT, ""),
    "leaving": (hand(D.SENDING, QUEUE), V.WAIT, ""),
}


@pytest.mark.parametrize("name", CASES, ids=[name.replace(" ", "_") for name in CASES])
def test_what_the_copies_say(name: str) -> None:
    """The verdict and its reason."""
    seen, verdict, reason = CASES[name]
    said = decide(seen, NOW, PATIENCE)
    assert (said.verdict, said.reason) == (verdict, reason)


def test_every_verdict_and_every_reason_has_a_case() -> None:
    """So that no rule can be lost unseen; flags have a test of their own."""
    assert {verdict for _, verdict, _ in CASES.values()} == set(Verdict) - {V.FLAGGED}
    assert {reason for *_, reason in CASES.values()} - {""} <= set(REASONS) | set(HELD_REASONS)
    assert set(REASONS) - {"flagged", "newer_draft"} <= {reason for *_, reason in CASES.values()}


def test_a_flag_approves_where_it_may() -> None:
    """Only the newest text, only in the queue, only when switched on."""
    on = replace(PATIENCE, flag_approves=True)
    starred = replace(QUEUE, flagged=True)
    assert decide(hand(D.QUEUED, starred), NOW, PATIENCE).verdict is V.NOTHING
    assert decide(hand(D.QUEUED, starred), NOW, on).verdict is V.FLAGGED
    left = hand(D.EDITED, starred, replace(EDIT, known=True), digest=THEIRS)
    assert decide(left, NOW, on).verdict is V.NOTHING
    assert decide(hand(D.QUEUED, replace(starred, role=R.DRAFTS)), NOW, on).verdict is not V.FLAGGED


def test_our_own_text_is_never_kept_and_theirs_never_removed() -> None:
    """The only verdict that removes names copies of ours in the queue."""
    for seen, verdict, _ in CASES.values():
        if verdict is V.TIDY:
            removed = decide(seen, NOW, PATIENCE).copies
            assert removed
            assert all((copy.digest, copy.role) == (OURS, R.QUEUE) for copy in removed)


COPIES = st.builds(
    Seen,
    copy_id=st.integers(1, 99),
    role=st.sampled_from(Role),
    uid=st.integers(1, 9),
    internal_at=st.integers(0, 3).map(lambda age: NOW - age * SECOND),
    digest=st.sampled_from((OURS, THEIRS, OTHER, None)),
    known=st.booleans(),
    deleted=st.booleans(),
    flagged=st.booleans(),
)
HANDS = st.builds(
    Hand,
    state=st.sampled_from(DraftState),
    own_digest=st.just(OURS),
    digest=st.sampled_from((OURS, THEIRS)),
    approved_digest=st.sampled_from((OURS, THEIRS, None)),
    touched_at=st.sampled_from((NOW, NOW - 60 * SECOND, NOW - timedelta(days=2), NOW + timedelta(days=1))),
    copies=st.lists(COPIES, max_size=4).map(tuple),
    rival=st.booleans(),
)
LEADS_TO: dict[Verdict, DraftState] = {
    V.APPROVE: D.APPROVED,
    V.REJECT: D.REJECTED,
    V.ANSWERED: D.ANSWERED_BY_AGENT,
    V.VANISH: D.VANISHED,
    V.TURNED_UP: D.HELD,
    V.UNSENT: D.HELD,
}


@given(HANDS, st.booleans())
def test_no_copies_lead_where_none_may(seen: Hand, flags: bool) -> None:
    """Whatever lies where: steps of the state table only, approvals only of what lies in Approved alone."""
    said = decide(seen, NOW, replace(PATIENCE, flag_approves=flags))
    new = LEADS_TO.get(said.verdict)
    assert new is None or new is seen.state or new in DRAFT_TRANSITIONS[seen.state]
    if said.verdict is V.APPROVE:
        approved = [copy for copy in seen.copies if copy.role is R.APPROVED and not copy.deleted]
        assert {copy.digest for copy in approved} == {said.copies[0].digest} != {None}
        assert not any(copy.role is R.SENT for copy in seen.copies)
    if said.verdict is V.TIDY:
        assert {copy.digest for copy in said.copies} == {OURS}
        assert all(copy.role is R.QUEUE for copy in said.copies)
    if said.verdict is V.REJECT:
        live = [c for c in seen.copies if not c.deleted and c.role in {R.QUEUE, R.DRAFTS, R.APPROVED}]
        assert not live
    if said.verdict not in {V.NOTHING, V.WAIT}:
        assert said.reason


@given(HANDS)
def test_what_is_over_stays_over(seen: Hand) -> None:
    """Nothing that was sent, answered or superseded is approved, edited, returned or answered again."""
    over = {D.SENT, D.CONFIRMED, D.BOUNCED, D.ANSWERED_BY_AGENT, D.SUPERSEDED, D.SENDING}
    if seen.state in over:
        said = decide(seen, NOW, PATIENCE).verdict
        assert said in {V.NOTHING, V.WAIT, V.TIDY, V.OUT_OF_DATE}
