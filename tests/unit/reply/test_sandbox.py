"""Templates that mean harm, or run away, end in a clear error and in little time."""

import time
from pathlib import Path

import pytest

from daemon.reply.sandbox import LONGEST, MOST_CALLS
from daemon.reply.templates import TemplateError, Templates

FORBIDDEN = {
    "multiply": "{{ 'x' * 10**9 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "modulo": "{{ '%1000000000d' % 1 }}",
    "add": "{{ product + product }}",
    "join with tilde": "{{ product ~ product }}",
    "loop": "{% for a in product %}x{% endfor %}",
    "nested loops": "{% for a in product %}" * 3 + "x" + "{% endfor %}" * 3,
    "range": "{% for i in range(999999999) %}{% endfor %}",
    "attribute": "{{ product.__class__.__mro__ }}",
    "index": "{{ product['__class__'] }}",
    "method": "{{ product.upper() }}",
    "format method": "{{ '{:>1000000000}'.format(1) }}",
    "format filter": "{{ '%1000000000d'|format(1) }}",
    "center filter": "{{ product|center(1000000000) }}",
    "attr filter": "{{ product|attr('__class__') }}",
    "replace filter": "{{ product|replace('', product) }}",
    "set": "{% set a = product %}{{ a }}",
    "block set": "{% set a %}x{% endset %}",
    "include": "{% include 'en/other.txt.j2' %}",
    "extends": "{% extends 'en/other.txt.j2' %}",
    "import anything": "{% from 'en/other.txt.j2' import x %}",
    "import a computed name": "{% from product import x %}",
    "whole import": "{% import 'en/_macros.txt.j2' as m %}",
    "call block": "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}x{% endcall %}",
    "filter block": "{% filter upper %}x{% endfilter %}",
    "list": "{{ [1, 2] }}",
    "dict": "{{ {'a': 1} }}",
    "calls of calls": "{% macro m() %}{% endmacro %}{{ m()() }}",
    "negative": "{{ -1 }}",
}


def render(folder: Path, source: str, facts: dict[str, str] | None = None) -> str:
    """The text of a template with this source."""
    (folder / "en").mkdir(exist_ok=True)
    (folder / "en" / "t.txt.j2").write_text(source)
    return Templates([folder]).render("t", "en", facts or {"product": "x" * 1_000}).text


@pytest.mark.parametrize("source", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_forbidden_things_are_refused_with_their_line(tmp_path: Path, source: str) -> None:
    """What no reply needs is refused before anything runs, and the line is named."""
    with pytest.raises(TemplateError, match=r"en/t\.txt\.j2, line 2: ") as caught:
        render(tmp_path, "first line\n" + source)
    assert caught.value.line == 2
    assert caught.value.file.endswith("en/t.txt.j2")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ nobody }}", "line 1: 'nobody' is undefined: no fact has this name"),
        ("\n\n{% if false %}{{ buyer_nam }}{% endif %}", "line 3: 'buyer_nam' is undefined"),
        ("{% if product %}", "line 1: Unexpected end of template"),
        ("{{ product", "line 1: "),
        ("{{ range }}", "'range' is undefined"),
        ("{{ lipsum() }}", "'lipsum' is undefined"),
        ("{{ product|nothing }}", "the filter 'nothing' is not allowed"),
        ("{{ self }}", "'self' is not allowed"),
        ("{% macro m() %}{{ kwargs }}{% endmacro %}", "'kwargs' is not allowed"),
        ("{% do product %}", "Encountered unknown tag 'do'"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, source: str, said: str) -> None:
    """A mistake of the seller is told so that it can be found, used branch or not."""
    with pytest.raises(TemplateError) as caught:
        render(tmp_path, source)
    assert said in str(caught.value)


def test_endless_recursion_ends(tmp_path: Path) -> None:
    """A macro that calls itself uses up its budget of calls."""
    with pytest.raises(TemplateError, match=str(MOST_CALLS)):
        render(tmp_path, "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")


def test_doubling_calls_end(tmp_path: Path) -> None:
    """A chain of macros that call each other twice cannot run for 2 to the 40th calls."""
    chain = "".join(
        f"{{% macro m{i}() %}}{{{{ m{i + 1}() }}}}{{{{ m{i + 1}() }}}}{{% endmacro %}}" for i in range(40)
    )
    started = time.process_time()
    with pytest.raises(TemplateError, match="macro calls"):
        render(tmp_path, "{% macro m40() %}x{% endmacro %}" + chain + "{{ m0() }}")
    assert time.process_time() - started < 5


def test_doubling_texts_end(tmp_path: Path) -> None:
    """A macro that writes its argument twice cannot grow a text beyond the limit."""
    nested = "d(" * 60 + "product" + ")" * 60
    with pytest.raises(TemplateError, match=f"beyond {LONGEST} characters"):
        render(tmp_path, "{% macro d(x) %}{{ x }}{{ x }}{% endmacro %}{{ " + nested + " }}")


def test_many_writes_end(tmp_path: Path) -> None:
    """A file full of a long fact is stopped at the limit."""
    with pytest.raises(TemplateError, match="characters"):
        render(tmp_path, "{{ product }}" * 4_000)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """A file beyond the limit is refused unread."""
    with pytest.raises(TemplateError, match=f"{LONGEST} are allowed"):
        render(tmp_path, "x" * (LONGEST + 1))


@pytest.mark.parametrize("depth", [150, 5_000])
def test_deep_nesting_ends(tmp_path: Path, depth: int) -> None:
    """Conditions or brackets nested too deeply are an error, not a crash."""
    ifs = min(depth, 1_500)
    for source in (
        "{% if product %}" * ifs + "x" + "{% endif %}" * ifs,
        "{{ " + "(" * depth + "product" + ")" * depth + " }}",
    ):
        try:
            text = render(tmp_path, source)
        except TemplateError:
            continue
        assert text.strip() in {"x", "x" * 1_000}


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are an error that names the template."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "t.txt.j2").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(TemplateError, match="en/t"):
        Templates([tmp_path]).render("t", "en", {})


def test_a_hostile_macros_file_is_refused_too(tmp_path: Path) -> None:
    """What is imported is checked like the template itself."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "_macros.txt.j2").write_text("{% macro m() %}\n{{ 'x' * 999999999 }}{% endmacro %}")
    with pytest.raises(TemplateError, match=r"_macros\.txt\.j2, line 2"):
        render(tmp_path, "{% from 'en/_macros.txt.j2' import m with context %}{{ m() }}")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ product|upper }}", "LAMP\n"),
        ("{{ brand|default('our shop', true) }}", "our shop\n"),
        ("{{ 'a' if product == 'lamp' else 'b' }}", "a\n"),
        ("{% if not brand and product != 'x' %}{{ product|trim|title }}{% endif %}", "Lamp\n"),
        ("{% if product is defined %}{{ carrier|upper }}{% endif %}", "[[CARRIER]]\n"),
        ("{% macro m(a, b='2') %}{{ a }}-{{ b }}{% endmacro %}{{ m(product) }}", "lamp-2\n"),
        ("{% macro m(a, b='2') %}{{ a }}-{{ b }}{% endmacro %}{{ m(b='3', a=product) }}", "lamp-3\n"),
        ("{# a remark #}{% raw %}{{ x }}{% endraw %}", "{{ x }}\n"),
    ],
)
def test_what_replies_need_works(tmp_path: Path, source: str, text: str) -> None:
    """Conditions, a few filters, macros with arguments and raw text are allowed."""
    assert render(tmp_path, source, {"product": "lamp"}) == text
