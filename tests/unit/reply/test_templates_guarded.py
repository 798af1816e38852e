"""No shipped template says what Amazon forbids: each is rendered with all its facts and examined."""

import pytest

from daemon.desk.policy import Outgoing, blocks, examine
from daemon.reply.templates import FACTS, Templates
from daemon.shipped import shipped

TEMPLATES = Templates([shipped("templates")])
LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "zh")
NAMES = (
    "product_issue",
    "delivery_issue",
    "usage_question",
    "presale_question",
    "return_request",
    "order_change",
    "negative_review_quality",
    "negative_review_delivery",
    "negative_review_misuse",
    "negative_review_malicious",
    "satisfied",
    "other",
    "holding",
    "follow_up",
)
VALUES = {
    "buyer_name": "Mia",
    "order_id": "302-1234567-7654321",
    "product": "Desk lamp",
    "brand": "Acme",
    "signature": "Anna",
    "carrier": "DHL",
    "tracking_number": "00340434161094000000",
}
WORDS = {
    "en": "soon",
    "de": "bald",
    "fr": "bientôt",
    "es": "pronto",
    "it": "presto",
    "ja": "近日中",
    "zh": "很快",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_rendered_template_is_never_blocked(name: str, language: str) -> None:
    """With every fact known, the guard finds nothing in it that blocks."""
    facts = {fact: VALUES.get(fact, WORDS[language]) for fact in FACTS if fact != "review_line"}
    facts["change"] = "address"
    text = TEMPLATES.render(name, language, facts).text
    findings = examine(
        Outgoing(text=text, order_id=VALUES["order_id"], buyer_language=language, reply_language=language)
    )
    assert not blocks(findings), findings


@pytest.mark.parametrize(
    "name", ["delivery_issue", "usage_question", "presale_question", "order_change", "other"]
)
def test_a_template_without_facts_is_blocked_by_its_gaps(name: str) -> None:
    """With nothing known, the gaps alone keep it from leaving."""
    findings = examine(Outgoing(text=TEMPLATES.render(name, "en", {}).text))
    assert "pg26_placeholder" in {finding.rule for finding in findings}
