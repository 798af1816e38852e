"""The knowledge base: right passages are found, others are gaps, broken files are told."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from daemon.reply.knowledge import (
    LARGEST,
    LONGEST_PASSAGE,
    THRESHOLD,
    Knowledge,
    parse_knowledge,
    plain,
    promoted,
    read_knowledge,
    unknown_asins,
)
from daemon.shipped import shipped

GOOD = "---\ntitle: Lamp\nscenario: usage_question\nlanguages: en\n---\n"
QUESTIONS = [
    ("en", "How do I connect the lamp to my phone?", "Pair the lamp"),
    ("en", "Bluetooth pairing does not find it in the app", "Pair the lamp"),
    (
        "en",
        "Hello, I got the lamp yesterday and it keeps flickering. What can I do? Thanks, Anna",
        "flickers",
    ),
    ("en", "reset??", "Reset"),
    ("en", "How can I bring it back to the factory settings", "Reset"),
    ("en", "Hi, how can I set the timer so it goes off at night", "timer"),
    ("en", "brightness too high. how do I change it", "brightness"),
    ("de", "lampe resetten wie geht das", "zurücksetzen"),
    ("de", "Wie verbinde ich das Licht mit dem Handy? Die App findet nichts.", "verbinden"),
    ("de", "Guten Tag,\nseit heute flackert die Lampe.\nGrüße, Bernd", "flackert"),
]
OTHERS = [
    ("en", "Where is my parcel? It is late."),
    ("en", "What is the size of the lamp shade?"),
    ("en", "Can you change the light bulb yourself?"),
    ("en", "I dropped my phone and now the screen is broken"),
    ("en", "Can I use the lamp outside in the garden?"),
    ("en", "My order arrived without the adapter, please send one"),
    ("en", "How many watts does it use"),
    ("en", "Is there a black version of this"),
    ("en", ""),
    ("de", "Kann die Lampe an die Wand montiert werden?"),
    ("de", "Wie lange ist die Garantie"),
    ("de", "Die Lieferung kam ohne Netzteil, bitte schicken Sie eins"),
    ("fr", "Comment connecter la lampe au téléphone ?"),
]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The example files as they are shipped."""
    found, problems = read_knowledge(shipped("config") / "knowledge")
    assert problems == []
    return found


@pytest.mark.parametrize(("language", "question", "heading"), QUESTIONS)
def test_the_right_passage(knowledge: Knowledge, language: str, question: str, heading: str) -> None:
    """Questions in buyers' words find their section, with source and score."""
    found = knowledge.find(question, scenario="usage_question", language=language, asin="B0EXAMPLE1")
    assert found is not None
    assert heading in found.title
    assert heading in found.source
    assert found.source.startswith(f"lumio-lamp-{language}.md, ")
    assert THRESHOLD <= found.score <= 1
    assert found.text.startswith("1. ")


@pytest.mark.parametrize(("language", "question"), OTHERS)
def test_no_passage_rather_than_a_wrong_one(knowledge: Knowledge, language: str, question: str) -> None:
    """A question that no section answers, or another language, finds nothing."""
    assert knowledge.find(question, scenario="usage_question", language=language, asin="B0EXAMPLE1") is None


def test_steps_of_another_product_are_never_used(knowledge: Knowledge) -> None:
    """Without the product, or for another one, its steps are no answer."""
    for asin in ("", "B0EXAMPLE2"):
        found = knowledge.find("How do I reset it?", scenario="usage_question", language="en", asin=asin)
        assert found is None


def test_passages_for_every_product(knowledge: Knowledge) -> None:
    """A file without ASINs answers for any product, in its own scenario only."""
    question = "Do you sell spare parts for this?"
    found = knowledge.find(question, scenario="presale_question", language="en", asin="B0EXAMPLE2")
    assert found is not None
    assert "spare parts" in found.text
    assert knowledge.find(question, scenario="usage_question", language="en") is None


def test_the_products_own_passage_comes_first() -> None:
    """A nearer general passage does not beat the one written for this product."""
    general = "---\ntitle: Reset reset\nscenario: usage_question\nlanguages: en\n---\nPress reset.\n"
    own = general.replace("Reset reset", "Reset").replace("en\n---", "en\nasins: B0EXAMPLE1\n---")
    passages = parse_knowledge("a.md", general)[0] + parse_knowledge("b.md", own)[0]
    found = Knowledge(passages).find("reset", scenario="usage_question", language="en", asin="B0EXAMPLE1")
    assert found is not None
    assert found.source == "b.md"


@pytest.mark.parametrize(
    ("language", "title", "body", "question", "other"),
    [
        (
            "ja",
            "充電方法",
            "付属のケーブルで充電してください。ランプが緑になれば完了です。",
            "充電のやり方を教えてください",
            "返品したいです",
        ),
        ("zh", "重置设备", "长按电源键十秒，直到指示灯变白。", "请问怎么重置设备？", "包裹什么时候到？"),
        (
            "fr",
            "Changer la lame",
            "Dévissez le capot et tirez la lame.",
            "Comment changer la lame ?",
            "Où est mon colis ?",
        ),
        (
            "es",
            "Cambiar la hora",
            "Mantenga pulsado el botón.",
            "¿Cómo le cambio la hora?",
            "¿Dónde está mi paquete?",
        ),
        ("it", "Pulire il filtro", "Sciacqui il filtro.", "come pulisco il filtro", "dov'è il mio pacco"),
    ],
)
def test_other_languages(language: str, title: str, body: str, question: str, other: str) -> None:
    """Words are matched in every language that we answer in."""
    text = f"---\ntitle: {title}\nscenario: usage_question\nlanguages: {language}\n---\n{body}\n"
    knowledge = Knowledge(parse_knowledge("x.md", text)[0])
    found = knowledge.find(question, scenario="usage_question", language=language)
    assert found is not None
    assert knowledge.find(other, scenario="usage_question", language=language) is None


@pytest.mark.parametrize(
    ("text", "slug", "line"),
    [
        ("", "no_front_matter", 1),
        ("# Lamp\n", "no_front_matter", 1),
        ("---\ntitle: x\n", "open_front_matter", 1),
        (GOOD.replace("title: Lamp\n", "") + "x", "missing_key", 1),
        (GOOD.replace("Lamp", "") + "x", "missing_key", 1),
        (GOOD.replace("scenario: usage_question\n", "") + "x", "missing_key", 1),
        (GOOD.replace("usage_question", "satisfied") + "x", "scenario", 3),
        (GOOD.replace(": en", ": english") + "x", "language", 4),
        (GOOD.replace("languages: en", "languages: en\nasins: B01") + "x", "asin", 5),
        (GOOD.replace("title: Lamp", "title: Lamp\ntitle: Lamp") + "x", "bad_key", 3),
        (GOOD.replace("title: Lamp", "title: Lamp\nauthor: me") + "x", "bad_key", 3),
        (GOOD.replace("title: Lamp", "title: Lamp\n- a\n") + "x", "bad_key", 3),
        (GOOD, "no_text", 6),
        (GOOD + "## One\n\n## Two\ntext\n", "empty_section", 6),
        (GOOD + "## One\n" + "word " * LONGEST_PASSAGE, "too_long", 6),
    ],
)
def test_a_broken_file_is_told(text: str, slug: str, line: int) -> None:
    """Each mistake is one problem with file, line and remedy, and never an error."""
    _, problems = parse_knowledge("lamp.md", text)
    assert [(problem.slug, problem.line) for problem in problems] == [(slug, line)]
    assert problems[0].file == "lamp.md"
    assert problems[0].remedy


def test_one_broken_file_hides_no_other(tmp_path: Path) -> None:
    """Good files are read beside broken, unreadable and huge ones; a README is none."""
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "good.md").write_text(
        "\ufeff" + GOOD.replace("\n", "\r\n") + "Press it.\r\n", encoding="utf-8"
    )
    (tmp_path / "bad.md").write_text("no head")
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "huge.md").write_text("x" * (LARGEST + 1))
    (tmp_path / "README.md").write_text("how to write such files")
    knowledge, problems = read_knowledge(tmp_path)
    assert [passage.source for passage in knowledge.passages] == ["de/good.md"]
    assert [problem.slug for problem in problems] == ["no_front_matter", "unreadable", "too_big"]
    assert read_knowledge(tmp_path / "none")[0].passages == ()


def test_unknown_asins_are_told_once(knowledge: Knowledge) -> None:
    """A file about a product that the catalogue lacks is listed, once for all its sections."""
    assert unknown_asins(knowledge, {"B0EXAMPLE1"}.__contains__) == []
    problems = unknown_asins(knowledge, {"B0EXAMPLE2"}.__contains__)
    assert [problem.file for problem in problems] == ["lumio-lamp-de.md", "lumio-lamp-en.md"]
    assert {problem.slug for problem in problems} == {"unknown_asin"}


def test_lists_with_and_without_brackets() -> None:
    """Both ways to write a list are read, quotes and spaces aside."""
    for value in ("[B0EXAMPLE1, 'B0EXAMPLE2']", "B0EXAMPLE1,B0EXAMPLE2,"):
        text = GOOD.replace("languages: en", f"languages: en, de\nasins: {value}") + "Press it."
        passages, problems = parse_knowledge("x.md", text)
        assert problems == []
        assert passages[0].asins == ("B0EXAMPLE1", "B0EXAMPLE2")
        assert passages[0].languages == ("en", "de")


def test_markdown_becomes_plain_text() -> None:
    """What a mail cannot show is taken out: emphasis, links, images, comments."""
    text = (
        "<!-- draft -->\n**Hold** `power`, see [the manual](https://x.example/a) ![](p.png)\n\n\n\n"
        "* one\n+ two\n### Sub\n3. three"
    )
    assert plain(text) == "Hold power, see the manual\n\n- one\n- two\nSub\n3. three"


def test_plain_is_quick_on_hostile_text() -> None:
    """Unclosed marks cost no more than linear time."""
    started = time.process_time()
    for sign in ("[", "**", "<!--", "![", "`", "# ", "__"):
        plain(sign * 60_000)
        Knowledge(parse_knowledge("x.md", GOOD + sign * 60_000)[0])
    assert time.process_time() - started < 5


def test_a_sent_answer_can_be_promoted() -> None:
    """What is promoted reads back as one passage, whatever the answer holds."""
    answer = "---\nHold the button.\n## not a heading\n--- end"
    text = promoted("Reset\nthe lamp", "usage_question", "en", "B0EXAMPLE1", answer)
    passages, problems = parse_knowledge("new.md", text)
    assert problems == []
    assert len(passages) == 1
    assert passages[0].title == "Reset the lamp"
    assert passages[0].asins == ("B0EXAMPLE1",)
    assert "Hold the button." in passages[0].text


def test_a_few_hundred_passages_are_quick() -> None:
    """600 passages are read in seconds and asked in milliseconds."""
    body = "".join(
        f"## Topic {n} part{n % 37} item{n % 11}\nPress key{n} and wait for light{n % 5}.\n"
        for n in range(600)
    )
    started = time.process_time()
    knowledge = Knowledge(parse_knowledge("big.md", GOOD + body)[0])
    assert time.process_time() - started < 10
    started = time.process_time()
    for number in range(20):
        found = knowledge.find(
            f"Hello! What about topic {number}, part{number % 37}? " * 20,
            scenario="usage_question",
            language="en",
        )
        assert found is not None
    assert time.process_time() - started < 10


def test_the_daemon_does_not_import_scikit_learn() -> None:
    """Asking the knowledge base costs no 110 MB of libraries."""
    code = (
        "import sys; from pathlib import Path; from daemon.reply.knowledge import read_knowledge\n"
        f"k = read_knowledge(Path({str(shipped('config') / 'knowledge')!r}))[0]\n"
        "assert k.find('reset the lamp', scenario='usage_question', language='en', asin='B0EXAMPLE1')\n"
        "print([m for m in ('sklearn', 'numpy', 'scipy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
