"""The guard's public side: order, severities, JSON, which parts of the content are looked at."""

import pytest

from daemon.desk.policy import (
    RULES,
    Outgoing,
    Severity,
    as_json,
    blocks,
    check_severities,
    examine,
)

ASK = "Would you consider updating your review?"
PHONE = "Our number is 555-123-4567."


def rules(outgoing: Outgoing) -> list[str]:
    """The slugs found, in order."""
    return [finding.rule for finding in examine(outgoing)]


def test_there_are_34_rules_with_speaking_slugs() -> None:
    """Numbered as in the reference, in order, each with all its words."""
    assert [rule.slug[:4] for rule in RULES] == [f"pg{number:02}" for number in range(1, 35)]
    assert all(rule.slug == rule.slug.lower() and "_" in rule.slug for rule in RULES)
    assert all(rule.title and rule.looks_for and rule.advice and rule.source for rule in RULES)


def test_only_phone_numbers_and_the_change_of_a_review_can_be_lowered() -> None:
    """What the owner may decide; everything else is Amazon's word."""
    assert [rule.slug for rule in RULES if rule.lowerable] == ["pg02_phone_number", "pg09_change_review"]


def test_an_empty_reply_has_no_findings() -> None:
    """Whatever is not given is in order."""
    assert examine(Outgoing()) == ()


def test_findings_come_in_the_order_of_the_rules() -> None:
    """And tell what is wrong, what to do, and where."""
    findings = examine(Outgoing(text=f"{ASK} {PHONE} Thanks 😊"))
    assert [finding.rule for finding in findings] == ["pg02_phone_number", "pg09_change_review", "pg17_emoji"]
    assert findings[1].excerpt.startswith("Would you consider updating your review?")
    assert findings[1].message.startswith("Do not ask to change or remove a review")


def test_a_rule_reports_at_most_three_places() -> None:
    """A reply full of breaches stays readable."""
    text = " ".join(f"Call us on 030 12345{number}0." for number in range(9))
    assert rules(Outgoing(text=text)).count("pg02_phone_number") == 3


@pytest.mark.parametrize("text", [ASK, PHONE])
def test_a_lowerable_rule_is_lowered(text: str) -> None:
    """By the playbook, and then it warns."""
    (finding,) = examine(Outgoing(text=text))
    assert blocks([finding])
    (lowered,) = examine(Outgoing(text=text), {finding.rule: Severity.WARN})
    assert lowered.severity is Severity.WARN


def test_a_lowered_rule_leaves_the_others_alone() -> None:
    """A reward for the changed review blocks whatever the playbook says."""
    text = "We will refund you once you update your review."
    assert blocks(examine(Outgoing(text=text), {"pg09_change_review": Severity.WARN}))


def test_no_other_rule_can_be_lowered() -> None:
    """An entry that is not allowed has no effect."""
    outgoing = Outgoing(text="Thanks 😊")
    assert blocks(examine(outgoing, {"pg17_emoji": Severity.WARN}))


def test_a_second_request_blocks_even_when_its_rule_is_set_to_warn() -> None:
    """Its usual severity is to warn, so there is nothing to lower."""
    outgoing = Outgoing(text="Please leave us a review.", requested_review_before=True)
    assert blocks(examine(outgoing, {"pg13_review_word": Severity.WARN}))


def test_every_rule_can_be_made_stricter() -> None:
    """A seller who wants no tracking links at all."""
    outgoing = Outgoing(text="See https://www.dhl.de/sendung")
    assert not blocks(examine(outgoing))
    assert blocks(examine(outgoing, {"pg04_tracking_link": Severity.BLOCK}))


def test_a_good_configuration_has_no_errors() -> None:
    """Lowering where allowed, raising everywhere, repeating the default."""
    good = {"pg09_change_review": "warn", "pg04_tracking_link": "block", "pg05_product_link": "warn"}
    assert check_severities(good) == ()


@pytest.mark.parametrize(
    ("slug", "severity", "words"),
    [
        ("pg99_nothing", "warn", "no such rule"),
        ("pg09_change_review", "off", "no severity"),
        ("pg17_emoji", "warn", "cannot be lowered"),
        ("pg08_paid_review", "warn", "cannot be lowered"),
    ],
)
def test_a_bad_configuration_is_explained(slug: str, severity: str, words: str) -> None:
    """One sentence that names the rule."""
    (error,) = check_severities({slug: severity})
    assert error.startswith(slug)
    assert words in error


def test_the_json_is_that_of_lint() -> None:
    """Exactly the four keys, severities as words."""
    (finding,) = as_json(examine(Outgoing(text=PHONE)))["findings"]
    assert finding == {
        "rule": "pg02_phone_number",
        "severity": "block",
        "message": "Take the phone number out; the buyer can simply answer this message.",
        "excerpt": "Our number is 555-123-4567.",
    }


def test_warnings_alone_do_not_block() -> None:
    """They are shown, and the mail may go."""
    assert not blocks(examine(Outgoing(text="Feedback is welcome.")))
    assert not blocks(())


def test_the_subject_is_looked_at_like_the_text() -> None:
    """A link or a request in the subject is no better."""
    assert rules(Outgoing(subject="bit.ly/3abcd", text="Hello, it left today.")) == ["pg03_outside_link"]


def test_words_of_the_html_part_count() -> None:
    """What only the HTML part says is said all the same."""
    markup = "<p>Could you remove<br>your <b>review</b>?</p>"
    assert rules(Outgoing(text="Hello, it left today.", html=markup)) == ["pg09_change_review"]


def test_quoted_words_of_the_buyer_in_the_html_part_do_not_count() -> None:
    """The buyer may write phone numbers."""
    markup = "<p>Hello, it left today.</p><blockquote>Call me on +49 30 1234567</blockquote>"
    assert rules(Outgoing(text="Hello, it left today.", html=markup)) == []


def test_the_same_words_in_both_parts_are_reported_once() -> None:
    """An HTML part that repeats the text adds nothing."""
    assert len(examine(Outgoing(text=PHONE, html=f"<p>{PHONE}</p>"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Would you consider updating your re\u200bview?",
        "Would you consider updating your ｒｅｖｉｅｗ?",
        "WOULD YOU consider updating your REVIEW?",
        "Would you consider updating\nyour\u00a0review?",
        "Pourriez-vous modifier votre e\u0301valuation ?",
        "Pourriez-vous modifier votre evaluation ?",
        "Koennten Sie die Bewertung bitte loeschen?",
    ],
)
def test_spelling_tricks_do_not_help(text: str) -> None:
    """Invisible characters, full-width letters, capitals, missing accents, spelt-out umlauts."""
    assert "pg09_change_review" in rules(Outgoing(text=text))


def test_a_second_request_is_told_from_a_mention() -> None:
    """With a request made before, asking blocks and mentioning warns."""
    asked = examine(Outgoing(text="We would love some feedback.", requested_review_before=True))
    thanked = examine(
        Outgoing(
            text="Thank you for your review of the lamp, we read it today.", requested_review_before=True
        )
    )
    assert [finding.severity for finding in asked] == [Severity.BLOCK]
    assert [finding.severity for finding in thanked] == [Severity.WARN]


def test_a_word_that_a_rule_has_judged_is_not_warned_about_again() -> None:
    """PG13 takes the words that are left, in other sentences."""
    assert rules(Outgoing(text=ASK)) == ["pg09_change_review"]
    assert rules(Outgoing(text=f"{ASK} All ratings count.")) == ["pg09_change_review", "pg13_review_word"]


def test_two_sentences_can_ask_together() -> None:
    """The review stands in the first, the request in the second; a stranger in between parts them."""
    assert "pg09_change_review" in rules(Outgoing(text="We saw your review. Could you please change it?"))
    apart = "We saw your review. The lamp is new. Could you please change it before use?"
    assert "pg09_change_review" not in rules(Outgoing(text=apart))
