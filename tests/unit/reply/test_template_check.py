"""`check_templates` finds what is wrong before a buyer's mail does."""

from pathlib import Path

from daemon.reply.template_check import LONGEST_REPLY, TEMPLATE_NAMES, check_templates, sample_facts
from daemon.reply.templates import FACTS
from daemon.shipped import shipped

SHIPPED = shipped("templates")


def own(folder: Path, name: str, text: str) -> list[Path]:
    """The seller's folder with one file, before the shipped one."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return [folder, SHIPPED]


def test_shipped_templates_have_no_problem() -> None:
    """What we ship is in order."""
    assert check_templates([SHIPPED]) == []


BAD = (
    ("en/other.txt.j2", "a\n{{ nobody }}", "does_not_render", 2),
    ("de/holding.txt.j2", "{% if x", "does_not_render", 1),
    ("fr/satisfied.txt.j2", "{% raw %}{{ buyer_name }}{% endraw %}", "braces", 0),
    ("es/other.txt.j2", "x" * (LONGEST_REPLY + 1), "too_long", 0),
    ("it/other.txt.j2", "{% if asin == 'x' %}text{% endif %}", "empty", 0),
    ("en/prodct_issue.txt.j2", "Hello", "unused", 0),
    ("notes/public_replies.txt.j2", "Hello", "unused", 0),
    ("notes/public_reply.txt.j2", "\n\n{{ nothing }}", "does_not_render", 3),
    ("en/product_issue.txt", "Hello", "unused", 0),
    ("de/satisfied.txt.j2", "Bitte geben Sie uns fünf Sterne!", "policy", 0),
)


def test_each_bad_file_is_listed_once(tmp_path: Path) -> None:
    """Each kind of mistake is one finding with file, line and remedy, whatever else is wrong."""
    for name, text, _, _ in BAD:
        own(tmp_path, name, text)
    problems = check_templates([tmp_path, SHIPPED])
    found = {
        "/".join(Path(problem.file).parts[-2:]): (problem.slug, problem.line, problem) for problem in problems
    }
    assert {name: known[:2] for name, known in found.items()} == {
        name: (slug, line) for name, _, slug, line in BAD
    }
    assert len(problems) == len(BAD)
    for _, _, problem in found.values():
        assert problem.remedy in str(problem)
        assert str(problem).count(problem.file) == 1


def test_a_name_of_the_playbooks_own_must_be_there_in_english(tmp_path: Path) -> None:
    """Known names are no news; a new one is looked for, and its file is used."""
    assert check_templates([SHIPPED], ["other", "a_to_z_claim"]) == []
    problems = check_templates([SHIPPED], ["warm_words"])
    assert [(problem.slug, problem.file) for problem in problems] == [("missing", "en/warm_words.txt.j2")]
    folders = own(tmp_path, "en/warm_words.txt.j2", "Hello")
    assert check_templates(folders, ["warm_words"]) == []
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "warm_words.txt.j2").write_text("{{ nothing }}")
    assert [problem.slug for problem in check_templates(folders, ["warm_words"])] == ["does_not_render"]


def test_a_lowered_rule_is_no_finding(tmp_path: Path) -> None:
    """What the owner allows at their own risk does not stand in the way."""
    folders = own(tmp_path, "en/other.txt.j2", "Please consider updating your review.")
    assert [problem.slug for problem in check_templates(folders)] == ["policy"]
    assert check_templates(folders, (), {"pg09_change_review": "warn"}) == []


def test_a_mistake_in_one_branch_only_is_found(tmp_path: Path) -> None:
    """Branches that need a missing or a present fact are both looked at."""
    text = "Hello {% if order_id %}fine{% else %}{% raw %}{{{% endraw %}{% endif %}"
    assert [problem.slug for problem in check_templates(own(tmp_path, "en/other.txt.j2", text))] == ["braces"]


def test_a_broken_macros_file_is_told_once(tmp_path: Path) -> None:
    """All templates of a language fail for one cause, and it is listed once."""
    problems = check_templates(own(tmp_path, "ja/_macros.txt.j2", "{% macro greeting() %}"))
    assert len(problems) == 1
    assert problems[0].file.endswith("ja/_macros.txt.j2")


def test_a_new_language_must_be_whole(tmp_path: Path) -> None:
    """A language of the seller's own is listed with all templates it lacks."""
    problems = check_templates(own(tmp_path, "pl/other.txt.j2", "{{ answer }}"))
    assert {problem.slug for problem in problems} == {"missing"}
    lacking = {problem.file.removeprefix("pl/").removesuffix(".txt.j2") for problem in problems}
    assert lacking == {
        name for name in TEMPLATE_NAMES if name != "other" and not name.startswith("negative_review_")
    }


def test_an_absent_folder_is_no_problem(tmp_path: Path) -> None:
    """A seller need not have a folder of templates."""
    assert check_templates([tmp_path / "none", SHIPPED]) == []


def test_samples_cover_all_facts() -> None:
    """The check fills every fact but the switch that is off by default."""
    samples = sample_facts()
    assert set(samples) == set(FACTS)
    assert [name for name, value in samples.items() if not value] == ["review_line"]
