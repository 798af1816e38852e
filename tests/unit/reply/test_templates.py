"""The shipped templates and how they are chosen and rendered."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.desk.policy import Outgoing, blocks, examine
from daemon.mail.language import detect
from daemon.reply.template_check import LANGUAGES, NOTE_NAMES, TEMPLATE_NAMES, sample_facts
from daemon.reply.templates import (
    FACTS,
    GAP,
    MARKETPLACE_LANGUAGES,
    MEANINGS,
    NOTES,
    TemplateError,
    Templates,
    gaps_in,
    marketplace_language,
)
from daemon.shipped import shipped

SHIPPED = Templates([shipped("templates")])
ORDER = "302-1234567-7654321"
ALL = [(language, name) for language in LANGUAGES for name in TEMPLATE_NAMES]
REVIEW_WORDS = re.compile(
    r"review|\brating|feedback|\bstars?\b|bewertung|rezension|rückmeldung|\bavis\b|commentaire|évaluation|reseña"
    r"|valoraci|opini|recension|valutazion|レビュー|評価|口コミ|评价|评论|好评|差评|反馈|星级",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"https?:|www\.|@|\+\d|whatsapp|telegram|paypal|e-?mail|hotline|telefon|\bphone\b|direkt|directly"
)
CANCEL = {
    "en": "You can cancel the order in your Amazon account at "
    "Your Account > Your orders > Request Cancellation.",
    "de": "Sie können die Bestellung in Ihrem Amazon-Konto",
    "fr": "Vous pouvez annuler la commande dans votre compte Amazon",
    "es": "Puede cancelar el pedido en su cuenta de Amazon",
    "it": "Può annullare l'ordine nel suo account Amazon",
    "ja": "ご注文のキャンセルは、Amazonの「アカウントサービス」",
    "zh": "您可以在亚马逊账户的",
}
NEEDED = {
    "delivery_issue": ("carrier", "tracking number", "tracking status", "expected date"),
    "usage_question": ("usage steps",),
    "presale_question": ("product answer",),
    "order_change": ("order change answer",),
    "negative_review_misuse": ("usage steps",),
    "other": ("answer",),
    "holding": ("promised date",),
    "follow_up": ("carrier", "tracking number", "tracking status"),
}


@pytest.fixture
def templates() -> Templates:
    """The templates as they are shipped, compiled once for all tests."""
    return SHIPPED


@pytest.mark.parametrize(("language", "name"), ALL)
def test_without_facts_exactly_the_needed_ones_are_gaps(
    templates: Templates, language: str, name: str
) -> None:
    """With no fact known each template renders, and only what its substance needs is a gap."""
    rendered = templates.render(name, language, {})
    assert rendered.gaps == NEEDED.get(name, ())
    assert "{" not in rendered.text
    assert rendered.text.endswith("\n")
    assert not rendered.text.startswith("\n")


@pytest.mark.parametrize(("language", "name"), ALL)
def test_with_all_facts_nothing_is_a_gap(templates: Templates, language: str, name: str) -> None:
    """With every fact known each template has no gap, names the order and is short."""
    rendered = templates.render(name, language, sample_facts())
    assert rendered.gaps == ()
    assert "{" not in rendered.text
    assert len(rendered.text) < 1_400
    if name != "presale_question":
        assert ORDER in rendered.text


@pytest.mark.parametrize(("language", "name"), ALL)
def test_no_template_breaks_amazons_rules(templates: Templates, language: str, name: str) -> None:
    """No word about reviews, no contact outside Amazon, no pictograph, no shouting, in any template."""
    for facts in ({}, sample_facts()):
        text = templates.render(name, language, facts).text
        assert not REVIEW_WORDS.search(text), REVIEW_WORDS.search(text)
        assert not CONTACT.search(text), CONTACT.search(text)
        assert not re.search(r"[\U0001f000-\U0001faff\ufe0f]|!!|\n\n\n", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_cancellation_is_amazons_own_path(templates: Templates, language: str) -> None:
    """A known cancellation gets the path in the account, no gap and nothing about invoices."""
    facts = {"change": "cancellation", "order_id": ORDER}
    rendered = templates.render("order_change", language, facts)
    assert CANCEL[language] in rendered.text
    assert rendered.gaps == ()
    whole = templates.render("order_change", language, {}).text
    assert len(whole) > len(rendered.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_order_change_gets_its_own_paragraph(templates: Templates, language: str) -> None:
    """An invoice needs no fact; an address needs the agent's answer."""
    invoice = templates.render("order_change", language, {"change": "invoice"})
    address = templates.render("order_change", language, {"change": "address"})
    assert invoice.gaps == ()
    assert address.gaps == ("order change answer",)
    assert CANCEL[language] not in invoice.text + address.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_delivered_parcel_is_not_expected(templates: Templates, language: str) -> None:
    """A delivery date takes the place of the expected date."""
    facts = sample_facts() | {"expected_date": ""}
    text = templates.render("delivery_issue", language, facts).text
    assert "sample delivered date" in text
    assert "[[" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_review_line_is_off_until_switched_on(templates: Templates, language: str) -> None:
    """Only the switch brings the neutral sentence about reviews, and only to satisfied buyers."""
    off = templates.render("satisfied", language, {}).text
    on = templates.render("satisfied", language, {"review_line": "on"}).text
    assert not REVIEW_WORDS.search(off)
    assert REVIEW_WORDS.search(on)
    other = templates.render("negative_review", language, {"review_line": "on"}).text
    assert not REVIEW_WORDS.search(other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_greeting_with_and_without_a_name(templates: Templates, language: str) -> None:
    """A name stands in the greeting; without one the greeting is still whole."""
    named = templates.render("other", language, {"buyer_name": "Åsa", "answer": "x"}).text
    unnamed = templates.render("other", language, {"answer": "x"}).text
    assert "Åsa" in named.splitlines()[0]
    assert unnamed.splitlines()[0]
    assert " ," not in unnamed.splitlines()[0]


@pytest.mark.parametrize("name", NOTE_NAMES)
def test_notes_render(templates: Templates, name: str) -> None:
    """Each note has a text to paste, with and without facts."""
    full = templates.render(name, NOTES, sample_facts())
    assert full.gaps == ()
    assert "--- text to paste ---" in full.text
    assert "order id" in templates.render(name, NOTES, {}).gaps


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_public_reply_is_written_in_the_language_of_its_marketplace(
    templates: Templates, language: str
) -> None:
    """What everybody reads; each cause has words of its own, and the guard would let them pass."""
    texts = set()
    for cause in ("quality", "delivery", "misuse", "malicious"):
        note = templates.render("public_reply", NOTES, {"language": language, "cause": cause}).text
        pasted = note.partition("--- text to paste ---")[2].partition("--- end ---")[0].strip()
        assert detect(pasted) == language
        assert not blocks(examine(Outgoing(text=pasted)))
        texts.add(pasted)
    assert len(texts) == 4


def test_buyers_words_are_never_run(templates: Templates) -> None:
    """Template signs in a fact come out as they went in."""
    hostile = "{{ 7*7 }} {% for x in [1] %}boo{% endfor %} {{ ''.__class__ }} {# gone #}"
    text = templates.render(
        "other", "en", {"answer": hostile, "buyer_name": hostile, "product": hostile}
    ).text
    assert text.count(hostile) >= 2
    assert "49" not in text


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(TEMPLATE_NAMES),
    language=st.sampled_from(LANGUAGES),
    facts=st.dictionaries(st.sampled_from(FACTS), st.text(max_size=200)),
)
def test_any_fact_renders(name: str, language: str, facts: dict[str, str]) -> None:
    """No value of a fact can make a template fail."""
    text = SHIPPED.render(name, language, facts).text
    assert text.endswith("\n")
    if name == "other" and facts.get("answer", "").isalnum():
        assert facts["answer"] in text


def test_every_fact_has_a_meaning() -> None:
    """The list of names and the list of meanings are one."""
    assert tuple(MEANINGS) == FACTS
    assert all(MEANINGS.values())
    assert all(GAP.fullmatch(f"[[{name.replace('_', ' ')}]]") for name in FACTS)


def test_gaps_are_listed_once_in_their_order() -> None:
    """A gap that occurs twice is one gap."""
    assert gaps_in("[[b]] and [[a]] and [[b]], but [c] and [[x\ny]]") == ("b", "a")


def test_unknown_template_is_a_clear_error(templates: Templates) -> None:
    """A name without a file is told with its language."""
    with pytest.raises(TemplateError, match=r"there is no template en/nothing\.txt\.j2"):
        templates.render("nothing", "en", {})


@pytest.mark.parametrize("name", ["../en/other", "../../etc/passwd", "/etc/passwd"])
def test_no_way_out_of_the_folders(templates: Templates, name: str) -> None:
    """A name cannot leave the template folders."""
    with pytest.raises(TemplateError):
        templates.render(name, "en", {})


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (("de",), "de"),
        (("pt", "de"), "de"),
        ((None, "ja"), "ja"),
        (("zh-TW",), "zh"),
        (("DE_at",), "de"),
        (("", None), "en"),
        (("pt", "nl"), "en"),
        (("notes",), "en"),
        (("../en", "fr"), "fr"),
        ((), "en"),
    ],
)
def test_language_falls_back(templates: Templates, wanted: tuple[str | None, ...], chosen: str) -> None:
    """The buyer's language, else the marketplace's, else English."""
    assert templates.choose("product_issue", *wanted) == chosen


def test_cause_falls_back_to_its_scenario(tmp_path: Path) -> None:
    """A language without a template for a cause uses its general one rather than another language."""
    (tmp_path / "sv").mkdir()
    (tmp_path / "sv" / "negative_review.txt.j2").write_text("Hej {{ buyer_name }}")
    templates = Templates([tmp_path, shipped("templates")])
    assert templates.choose("negative_review_quality", "sv") == "sv"
    assert templates.resolve("negative_review_quality", "sv") == "negative_review"
    assert templates.resolve("negative_review_quality", "en") == "negative_review_quality"
    assert templates.render("negative_review_quality", "sv", {"buyer_name": "Åsa"}).text == "Hej Åsa\n"


def test_the_sellers_own_file_wins(tmp_path: Path) -> None:
    """A file of the same name in the first folder replaces the shipped one, macros included."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "other.txt.j2").write_text("Mine: {{ answer }}")
    templates = Templates([tmp_path, shipped("templates")])
    assert templates.render("other", "en", {}).text == "Mine: [[answer]]\n"
    assert templates.render("other", "de", {}).text.startswith("Guten Tag")


def test_a_changed_file_waits_for_a_reload(tmp_path: Path) -> None:
    """Half an edit, or a broken one, reaches no buyer; what a reload makes anew has the new text."""
    (tmp_path / "en").mkdir()
    file = tmp_path / "en" / "other.txt.j2"
    file.write_text("one")
    templates = Templates([tmp_path])
    first = templates.render("other", "en", {}).text
    file.write_text("number two")
    assert (first, templates.render("other", "en", {}).text) == ("one\n", "one\n")
    assert Templates([tmp_path]).render("other", "en", {}).text == "number two\n"


def test_languages_of_a_template(templates: Templates) -> None:
    """All seven languages have every template; notes are no language."""
    assert set(templates.languages("satisfied")) == set(LANGUAGES)
    assert templates.languages("a_to_z_statement") == ()


@pytest.mark.parametrize(
    ("marketplace", "language"),
    [("de", "de"), ("co.uk", "en"), ("com", "en"), ("com.mx", "es"), ("com.be", "fr"), ("co.jp", "ja")],
)
def test_marketplace_language(marketplace: str, language: str) -> None:
    """Each marketplace has a language, English when we know no better."""
    assert marketplace_language(marketplace) == language
    assert marketplace_language(f"Amazon.{marketplace}") == language


def test_marketplace_languages_exist(templates: Templates) -> None:
    """No marketplace points at a language that we do not have."""
    assert set(MARKETPLACE_LANGUAGES.values()) <= set(templates.languages("holding"))


SUBSTANCE: dict[str, dict[str, tuple[str, ...]]] = {
    "product_issue": {
        "en": (
            "I am sorry",
            "full refund; you do not have to send anything back",
            "free replacement",
            "expedited",
        ),
        "de": (
            "tut mir leid",
            "volle Erstattung; Sie müssen nichts zurückschicken",
            "kostenloser Ersatz",
            "Express",
        ),
        "fr": (
            "désolés",
            "remboursement intégral, sans rien nous renvoyer",
            "remplacement gratuit",
            "rapide",
        ),
        "es": ("Lamento", "reembolso completo, sin tener que devolver nada", "reemplazo gratuito", "urgente"),
        "it": (
            "mi dispiace",
            "rimborso completo, senza dover restituire nulla",
            "sostituzione gratuita",
            "espresso",
        ),
        "ja": (
            "申し訳ございません",
            "全額返金（商品をご返送いただく必要はございません）",
            "無料での交換",
            "お急ぎ便",
        ),
        "zh": ("抱歉", "全额退款，商品无需寄回", "免费补发", "加急"),
    },
    "return_request": {
        "en": ("why you would like to return", "without the trouble of sending it back", "will approve it"),
        "de": ("weshalb Sie", "ohne Rücksendung", "genehmigen sie"),
        "fr": ("pourquoi vous", "sans retour", "l'accepterons"),
        "es": ("por qué", "sin devolución", "aprobaremos"),
        "it": ("perché", "senza reso", "approveremo"),
        "ja": ("理由", "ご返送なしで", "承認し"),
        "zh": ("原因", "不用退回商品", "批准"),
    },
}
"""What the manual wants said, in its order."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SUBSTANCE)
def test_the_manuals_substance_is_said_in_its_order(templates: Templates, name: str, language: str) -> None:
    """An apology and the choice; the reason asked, a solution without return offered, then the approval."""
    rest = templates.render(name, language, sample_facts()).text
    for words in SUBSTANCE[name][language]:
        assert words in rest
        rest = rest.partition(words)[2]


VALUES = {
    "delivery_issue": ("carrier", "tracking_number", "tracking_status", "expected_date"),
    "usage_question": ("usage_steps", "manual"),
    "presale_question": ("product_answer",),
    "negative_review_misuse": ("usage_steps", "manual"),
    "holding": ("promised_date",),
    "follow_up": ("carrier", "tracking_number", "tracking_status"),
    "other": ("answer",),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VALUES)
def test_the_facts_that_an_answer_is_made_of_stand_in_it(
    templates: Templates, name: str, language: str
) -> None:
    """Each with its value, and greeting and signature around them."""
    facts = sample_facts() | {"delivered_date": ""}
    text = templates.render(name, language, facts).text
    for fact in (*VALUES[name], "buyer_name", "signature", "brand"):
        assert facts[fact] in text
