"""Each rule on the examples of the reference and on our own paraphrases in seven languages."""

import tomllib
from collections import Counter

import pytest

from daemon.desk.policy import RULES, Outgoing, Rule, Severity, examine
from tests.unit.desk.policy_cases import DATA, REVIEW_RULES, Case, contexts, paraphrases, reference, wrong

REFERENCE = tuple(reference())
PARAPHRASES = tuple(paraphrases())
CONTEXTS = tuple(contexts())
WORDED = (*(f"pg{number:02}" for number in (*range(6, 16), 22, 23, 24, 27, 32)),)
"""Rules whose breach is a matter of wording."""
LANGUAGES = {"en", "de", "fr", "es", "it", "ja", "zh"}
TEXT_RULES = tuple(
    rule.slug
    for rule in RULES
    if rule.slug[:4] in {*(f"pg{number:02}" for number in (*range(1, 16), 22, 23, 24, 26, 27, 28, 32))}
)


@pytest.mark.parametrize("case", REFERENCE + CONTEXTS, ids=str)
def test_the_reference_examples_are_judged_as_written(case: Case) -> None:
    """Fires, passes and neutral cases, with their severity where one is given."""
    assert not wrong(case, examine(case.outgoing))


@pytest.mark.parametrize("case", PARAPHRASES, ids=str)
def test_paraphrases_are_judged_as_written(case: Case) -> None:
    """A wording nobody listed is caught, a near miss is left alone."""
    assert not wrong(case, examine(case.outgoing))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_rule_has_reference_examples_of_both_kinds(rule: object) -> None:
    """Two that fire and two that pass, for all 34 rules."""
    kinds = Counter(case.kind for case in REFERENCE if case.rule == getattr(rule, "slug", None))
    assert kinds["fires"] >= 2
    assert kinds["passes"] >= 2


@pytest.mark.parametrize("slug", TEXT_RULES)
def test_every_text_rule_has_enough_paraphrases(slug: str) -> None:
    """At least five of each kind, and more for the rules on reviews, whose wording varies most."""
    kinds = Counter(case.kind for case in PARAPHRASES if case.rule == slug)
    least = 10 if slug.startswith(REVIEW_RULES) else 5
    assert kinds["fires"] >= least
    assert kinds["passes"] >= least


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_rule_has_five_examples_of_both_kinds(rule: Rule) -> None:
    """Whatever it looks at: words, files, addresses, the conversation."""
    cases = REFERENCE + PARAPHRASES + CONTEXTS
    kinds = Counter(case.kind for case in cases if case.rule == rule.slug)
    assert min(kinds["fires"], kinds["passes"]) >= 5


@pytest.mark.parametrize("prefix", WORDED)
@pytest.mark.parametrize("kind", ["fires", "passes"])
def test_rules_on_wording_have_five_examples_in_each_language(prefix: str, kind: str) -> None:
    """No language is a hole in the net, and none is a trap for honest words."""
    spoken = Counter(
        case.language for case in PARAPHRASES if case.rule.startswith(prefix) and case.kind == kind
    )
    assert {language: number for language, number in spoken.items() if number < 5} == {}
    assert set(spoken) == LANGUAGES


@pytest.mark.parametrize("case", [case for case in REFERENCE if case.rule.startswith(REVIEW_RULES)], ids=str)
def test_wrapped_lines_and_line_ends_change_nothing(case: Case) -> None:
    """A mail client may break a line at any blank."""
    text = case.outgoing.text.replace(" ", "\r\n")
    fields = {"text": text, "requested_review_before": case.outgoing.requested_review_before}
    broken = Case(case.rule, case.kind, Outgoing(**fields), severity=case.severity)  # type: ignore[arg-type]  # two known fields
    assert not wrong(broken, examine(broken.outgoing))


CLEAN = tomllib.loads((DATA / "clean_replies.toml").read_text("utf-8"))["reply"]


@pytest.mark.parametrize(
    "reply", CLEAN, ids=lambda reply: f"{reply['language']}-{reply['text'][:40].strip()}"
)
def test_good_replies_pass(reply: dict[str, object]) -> None:
    """Whole replies of good agents: nothing blocks, and only what is named may warn."""
    outgoing = Outgoing(
        subject="Re: order",
        text=str(reply["text"]),
        order_id="302-1234567-7654321",
        buyer_language=str(reply["language"]),
        reply_language=str(reply["language"]),
    )

    findings = examine(outgoing)

    assert [finding for finding in findings if finding.severity is Severity.BLOCK] == []
    assert [finding.rule for finding in findings] == reply["may_warn"]
