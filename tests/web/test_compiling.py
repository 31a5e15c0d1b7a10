"""Compiled for a language, with macros written in, a template says what Jinja makes of it as it stands."""

from collections.abc import Iterator
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, UndefinedError, select_autoescape
from markupsafe import Markup

from portal.web import edge, wording
from portal.web.compiling import WordedEnvironment
from tests.pages import PageClient

COMPONENTS = {
    "status.html": """
{% macro status_tag(text, tone="neutral", mark=none) -%}
<span class="{{ tone }}">{{ mark or {"good": "✓"}.get(tone, "–") }}{{ text }}</span>
{%- endmacro %}
""",
    "box.html": """
{% from "status.html" import status_tag %}
{% macro box(title=none, level=2) %}
<section>{% if title %}<h{{ level }}>{{ title }}</h{{ level }}>{% endif %}{{ caller() }}</section>
{% endmacro %}
{% macro maybe(text) %}<p>{{ caller() if caller else text }}</p>{% endmacro %}
{% macro listed(items) %}
{% for item in items %}{% set text = item ~ "!" %}{{ status_tag(text) }}{% endfor %}
{% endmacro %}
{% macro tree(nodes) %}
<ul>{% for node in nodes %}<li>{{ node.name }}{{ tree(node.below) }}</li>{% endfor %}</ul>
{% endmacro %}
{% macro address(path) %}<a href="{{ site(path) }}">{{ path }}</a>{% endmacro %}
{% macro twice(value) %}{{ value }}{{ value }}{% endmacro %}
{% macro open(text) %}<b>{{ text }}{{ kwargs|length }}</b>{% endmacro %}
""",
    "note.txt": "{% macro note(text) %}<{{ text }}>{% endmacro %}",
    "odd.html": """
{% from "box.html" import box %}
{% macro shout(text) %}{{ text|upper }}!{% endmacro %}
{% macro loud() %}{{ caller()|upper }}{% endmacro %}
{% macro kept() %}{% set outer = caller %}{% call box() %}{{ outer() }}{% endcall %}{% endmacro %}
{% macro either() %}{{ (caller() ~ "!") if caller else "-" }}{{ "said" if caller and 1 else "not" }}{% endmacro %}
{% macro named(wide) %}{% call maybe_box(wide) %}{{ title is defined }}{% endcall %}{{ caller() }}{% endmacro %}
{% macro maybe_box(wide) %}{% if wide %}{{ caller() }}{% endif %}{% endmacro %}
{% macro unsaid() %}[{{ caller() }}]{% endmacro %}
{% macro within() %}{% call box() %}{{ caller() }}{% endcall %}{% endmacro %}
""",
    "parent.html": '{% from "status.html" import status_tag %}{% block body %}{% endblock %}',
    "layout.html": "<title>{% block title %}{% endblock %}</title>{% block head %}<meta>{% endblock %}"
    "<h1>{{ self.title() }}</h1>{% set side %}{% block side %}{% endblock %}{% endset %}{{ side }}",
    "middle.html": '{% extends "layout.html" %}{% from "status.html" import status_tag %}{% set tone = "bad" %}'
    "{% block head %}{{ super() }}<style>{% endblock %}"
    "{% block side %}<aside>{% block inner %}{{ tone }}{% endblock %}</aside>{% endblock %}",
    "setting.html": '{% extends "layout.html" %}{% block side %}{% set text = "set around it" %}{{ text }}'
    "{% block inner %}{% endblock %}{% endblock %}",
    "repeating.html": "{% for one in items %}{% block each %}{% endblock %}{% endfor %}",
    "scoping.html": "{% for one in items %}{% block each scoped %}{% endblock %}{% endfor %}",
    "branching.html": "{% if items %}{% block yes %}yes{% endblock %}"
    "{% else %}{% block no %}no{% endblock %}{% endif %}",
}
IMPORTS = (
    '{% from "status.html" import status_tag %}'
    '{% from "box.html" import box, maybe, listed, tree, address, twice, open %}'
)
PAGES = (
    '{{ status_tag("met", tone="good") }}',
    '{{ status_tag("<b>", mark="&") }}{{ status_tag(text) }}{{ status_tag(text, tone) }}',
    '{% set tone = "bad" %}{{ status_tag(tone) }}',
    "{% call box(text) %}<p>{{ text }}</p>{% endcall %}{% call box() %}{{ status_tag(text) }}{% endcall %}",
    '{% call box(title=text, level=3) %}{% set title = "mine" %}{{ title }}{% endcall %}{{ title }}',
    "{{ maybe(text) }}{% call maybe(text) %}{{ text }}{% endcall %}",
    "{{ listed(items) }}{% for text in items %}{{ listed([text]) }}{{ loop.index }}{% endfor %}",
    "{{ tree(nodes) }}",
    '{{ address("/a") }}{% set site = 1 %}{{ address(text) }}',
    "{{ twice(status_tag(text)) }}{{ status_tag(text)|length }}",
    "{{ status_tag(text) if items else open(text, more=1) }}{{ open(text) if not items }}",
    '{{ _("Bodies") }} {{ _("in %(period)s", period=text) }} {{ status_tag(_("in %(period)s", period=text)) }}',
    '{{ _("100%% of %(period)s and %(period)s", period=items[0]) }}{{ "x" ~ _("Bodies") }}',
    '{% set words = _("in %(period)s", period=text) %}{{ words }}{{ _(tone) }}',
    '{{ ngettext("%(num)s act", "%(num)s acts", 2) }}',
    '{% for n in (0, 1, 2, 5) %}{{ n }}: {{ ngettext("%(num)s act", "%(num)s acts", n) }}, {% endfor %}',
    '{% for n in (1, 2) %}{{ ngettext("%(num)s %(what)s", "%(num)s %(what)ss", n, what=text) }}{% endfor %}',
    '{{ ngettext("one", "many", items|length) }}{{ status_tag(ngettext("%(num)s act", "%(num)s acts", 1)) }}',
    '{% set ngettext = open %}{{ ngettext("one", "many", 1) if never is defined else text }}',
    '{% if exists("/a") %}{{ status_tag("there") }}{% else %}{{ status_tag("not") }}{% endif %}',
    '{% extends "layout.html" %}{% block title %}{{ status_tag(text) }}{% endblock %}'
    "{% block head %}{{ super() }}<link>{% endblock %}"
    "{% block side %}{% call box(text) %}{{ tone }}{% endcall %}{% endblock %}",
    '{% extends "parent.html" %}{% block body %}{{ status_tag(text) }}{% endblock %}',
    '{% extends "layout.html" %}{% set tone = "mine" %}{% block title %}{{ tone }}{% endblock %}'
    '{% block head %}{% set tone = "of the head" %}{{ tone }}{% endblock %}'
    "{% block side %}{{ tone }}{% endblock %}",
    '{% extends "layout.html" %}{% block title %}{% set text = text ~ "!" %}{{ text }}{% endblock %}'
    "{% block side %}{{ text }}{% endblock %}{% block nowhere %}{{ text }}{% endblock %}",
    '{% extends "middle.html" %}{% block title %}{{ tone }}{% endblock %}written where nobody sees it',
    '{% extends "middle.html" %}{% set tone = "mine" %}{% block head %}{{ super() }}{{ tone }}{% endblock %}'
    "{% block inner %}{{ super() }}{{ status_tag(text) }}{% endblock %}",
    '{% extends "middle.html" %}{% macro shout(word) %}{{ word|upper }}!{% endmacro %}'
    "{% block side %}{{ shout(text) }}{% for text in items %}{{ loop.index }}{{ shout(text) }}{% endfor %}"
    "{{ text }}{% endblock %}",
    '{% extends "branching.html" %}{% block yes %}{{ super() }}{{ text }}{% endblock %}',
    "{{ pairs.key }}{{ pairs.class }}{{ pairs.nothing is defined }}"
    "{{ pairs.nothing or 'nothing' }}{{ text.upper() }}",
    "{% if never is defined %}there{% else %}not{% endif %}{% set never = text %}{{ never }}",
    "{% for one in items %}{% if loop.first %}{% set first = one %}{{ first }}{% endif %}{{ one }}{% endfor %}",
    '{% for one in ("a", "b") %}{{ {"a": _("Bodies"), "b": "<"}[one] }}{% endfor %}{{ {"a": 1}["c"] is defined }}',
    '{% for one in (1, 2) %}{% set all = {"a": []}["a"] %}{% set x = all.append(one) %}{{ all }}{% endfor %}',
)
GIVEN = {
    "text": "<i>2022</i>",
    "tone": "good",
    "items": ["a", "<b>"],
    "nodes": [{"name": "<n>", "below": [{"name": "m", "below": []}]}],
    "title": "the page's own",
    "pairs": {"key": "<k>", "class": "c"},
    "calls": [lambda words: f"<{words}>"],
}


def _site(path: str) -> str:
    return f"/zh{path}"


LEFT_TO_JINJA = {
    "a layout chosen while it is drawn": (
        "p.html",
        '{% extends "middle.html" if items else "layout.html" %}{% block inner %}{{ text }}{% endblock %}',
    ),
    "a block around another sets its name": (
        "p.html",
        '{% extends "setting.html" %}{% block inner %}{{ text }}{% endblock %}',
    ),
    "a block in a loop": (
        "p.html",
        '{% extends "repeating.html" %}{% block each %}{{ one is defined }}{{ text }}{% endblock %}',
    ),
    "a block that sees its loop": (
        "p.html",
        '{% extends "scoping.html" %}{% block each %}{{ one }}{{ text }}{% endblock %}',
    ),
    "a block handed on": (
        "p.html",
        '{% extends "layout.html" %}{% block title %}{{ text }}{% endblock %}'
        "{% block side %}{% set again = self.title() %}{{ again|length }}{% endblock %}",
    ),
    "escaped in its own file": (
        "p.txt",
        '{% from "status.html" import status_tag %}{% from "note.txt" import note %}{{ status_tag(text) }}'
        "{{ note(text) }}{% macro mine(word) %}{{ word }}{% endmacro %}{{ mine(text) }}",
    ),
    "not escaped in its own file": ("p.html", '{% from "note.txt" import note %}{{ note(text) }}'),
    "escaped otherwise for a while": (
        "p.html",
        '{% from "status.html" import status_tag %}'
        "{% autoescape false %}{{ status_tag(text) }}{% endautoescape %}",
    ),
    "a loop gives its free name": (
        "p.html",
        "{% macro m() %}{{ title }}{% endmacro %}{% for title in items %}{{ m() }}{% endfor %}",
    ),
    "with gives its free name": (
        "p.html",
        '{% macro m() %}{{ title }}{% endmacro %}{% with title="other" %}{{ m() }}{% endwith %}',
    ),
    "a block gives its free name": (
        "p.html",
        '{% macro m() %}{{ title }}{% endmacro %}{% block b %}{% set title = "other" %}{{ m() }}{% endblock %}',
    ),
    "another macro gives its free name": (
        "p.html",
        "{% macro m() %}{{ title }}{% endmacro %}{% macro n(title) %}{{ m() }}{% endmacro %}{{ n(text) }}",
    ),
    "a loop gives the words' name": (
        "p.html",
        '{% macro m() %}{{ _("Bodies") }}{% endmacro %}{% for _ in calls %}{{ m() }}{{ _("Bodies") }}{% endfor %}',
    ),
    "a set gives a settled name": ("p.html", '{% set asset = calls[0] %}{{ asset("x") }}'),
    "a loop around asks for its own loop": (
        "p.html",
        "{% macro m() %}{{ loop is defined }}{% endmacro %}{% for one in items %}{{ m() }}"
        "{{ loop.index }}{% endfor %}",
    ),
    "set in if in call": (
        "p.html",
        '{% from "box.html" import box %}{% call box() %}{% if items %}{% set text = "mine" %}{{ text }}'
        "{% endif %}{% endcall %}{{ text }}",
    ),
    "import in call": (
        "p.html",
        '{% from "box.html" import box %}{% call box() %}{% from "odd.html" import shout as title %}{% endcall %}'
        "{{ title }}",
    ),
    "what was said is filtered": (
        "p.html",
        '{% from "odd.html" import loud %}{% call loud() %}a{{ tone }}{% endcall %}',
    ),
    "what was said is kept": (
        "p.html",
        '{% from "odd.html" import kept %}{% call kept() %}a{{ tone }}{% endcall %}',
    ),
    "what was said is more than written out": (
        "p.html",
        '{% from "odd.html" import either %}{{ either() }}{% call either() %}{{ tone }}{% endcall %}',
    ),
    "what a macro says asks for a name of the page": (
        "p.html",
        '{% from "odd.html" import named %}{% call named(text) %}{% set title = 1 %}{{ tone }}'
        "{% endcall %}{{ title }}",
    ),
    "an import inside gives its name to another": (
        "p.html",
        '{% from "status.html" import status_tag %}{% if items %}{% from "odd.html" import shout as status_tag %}'
        "{{ status_tag(text) }}{% endif %}",
    ),
    "the last import of a name holds": (
        "p.html",
        '{% from "status.html" import status_tag %}{{ status_tag(text) }}'
        '{% from "odd.html" import shout as status_tag %}{{ status_tag(text) }}',
    ),
    "a macro inside a block has the name": (
        "p.html",
        '{% from "status.html" import status_tag %}{% block b %}{% macro status_tag(text) %}?{% endmacro %}'
        "{{ status_tag(text) }}{% endblock %}",
    ),
}
"""What cannot be written into a page without saying something else there: the name of a file, and its text."""


@pytest.fixture
def plain() -> Environment:
    """Jinja as it is, with the words looked up while a page is drawn."""
    made = Environment(autoescape=select_autoescape(["html"]), **_as_pages_have_it())
    _furnish(made)
    return made


def _as_pages_have_it() -> dict[str, Any]:
    return {
        "loader": DictLoader({**COMPONENTS, **_pages()}),
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }


def _furnish(made: Environment) -> None:
    made.globals.update(site=_site, exists=lambda path: path == "/a")
    words = wording.catalogue_of("zh_Hans")
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]


@pytest.fixture
def worded(shell: PageClient) -> Iterator[WordedEnvironment]:
    made = WordedEnvironment(shell.application, autoescape=select_autoescape(["html"]), **_as_pages_have_it())
    _furnish(made)
    with shell.application.test_request_context("/", environ_overrides={"portal.locale": "zh_Hans"}):
        yield made


def _pages() -> dict[str, str]:
    return {f"{at}.html": _with_imports(page) for at, page in enumerate(PAGES)}


def _with_imports(page: str) -> str:
    if "parent.html" in page:  # what a page extends imports for it
        return page
    if not page.startswith("{% extends"):
        return IMPORTS + page
    first, end, rest = page.partition("%}")
    return first + end + IMPORTS + rest


@pytest.mark.parametrize("at", range(len(PAGES)), ids=PAGES)
def test_a_template_says_the_same(plain: Environment, worded: WordedEnvironment, at: int) -> None:
    expected = plain.get_template(f"{at}.html").render(GIVEN)
    assert worded.get_template(f"{at}.html").render(GIVEN) == expected
    assert expected.strip()


@pytest.mark.parametrize("at", [at for at, page in enumerate(PAGES) if "ngettext" in page])
def test_a_number_chooses_the_same_words_in_english(plain: Environment, shell: PageClient, at: int) -> None:
    words = wording.catalogue_of("en")
    plain.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made = WordedEnvironment(shell.application, autoescape=select_autoescape(["html"]), **_as_pages_have_it())
    _furnish(made)
    with shell.application.test_request_context("/", environ_overrides={"portal.locale": "en"}):
        said = made.get_template(f"{at}.html").render(GIVEN)
    assert said == plain.get_template(f"{at}.html").render(GIVEN)


@pytest.mark.parametrize("case", LEFT_TO_JINJA)
def test_what_would_mean_something_else_is_left_to_jinja(
    plain: Environment, worded: WordedEnvironment, case: str
) -> None:
    name, page = LEFT_TO_JINJA[case]
    for environment in (plain, worded):
        environment.loader.mapping[name] = page  # type: ignore[union-attr]
    expected = plain.get_template(name).render(GIVEN)
    assert worded.get_template(name).render(GIVEN) == expected
    assert expected.strip()


@pytest.mark.parametrize(
    "page",
    [
        '{% from "odd.html" import unsaid %}{{ unsaid() }}',
        '{% from "odd.html" import within %}{% call within() %}{{ text }}{% endcall %}',
    ],
)
def test_what_was_never_said_is_still_a_fault(plain: Environment, worded: WordedEnvironment, page: str) -> None:
    for environment in (plain, worded):
        environment.loader.mapping["p.html"] = page  # type: ignore[union-attr]
        with pytest.raises(UndefinedError):
            environment.get_template("p.html").render(GIVEN)


def test_macros_are_not_called_any_more(worded: WordedEnvironment) -> None:
    """Or the page would pay for every component again."""
    compiled = worded._speaking("zh_Hans")
    source, file, _ = compiled.loader.get_source(compiled, "0.html")  # type: ignore[union-attr]
    written = compiled.compile(source, "0.html", file, raw=True)
    assert "context.call(" not in written
    assert "met</span>" in written


def test_each_language_has_its_own_words(worded: WordedEnvironment) -> None:
    page = worded.loader.mapping["11.html"]  # type: ignore[union-attr]
    assert "Bodies" in page
    chinese = worded.get_template("11.html").render(GIVEN)
    before = edge.LANGUAGE.set("en")
    english = worded.get_template("11.html").render(GIVEN)
    edge.LANGUAGE.reset(before)
    assert english.startswith("Bodies in &lt;i&gt;2022&lt;/i&gt;")
    assert chinese.startswith(wording.catalogue_of("zh_Hans").gettext("Bodies") + " ")
    assert "Bodies" not in chinese


def test_a_name_nobody_gave_is_still_a_fault(worded: WordedEnvironment) -> None:
    """A page's own variable never reaches into a macro that did not ask for it."""
    worded.loader.mapping["free.html"] = "{% macro free() %}[{{ text.upper() }}]{% endmacro %}"  # type: ignore[union-attr]
    worded.loader.mapping["uses.html"] = '{% from "free.html" import free %}{{ free() }}'  # type: ignore[union-attr]
    with pytest.raises(UndefinedError):
        worded.get_template("uses.html").render(text="the page's")


def test_what_is_looked_up_late_is_in_the_readers_language(worded: WordedEnvironment) -> None:
    late = wording.lazy_gettext("Bodies")
    assert str(late) == wording.gettext("Bodies") != "Bodies"
    with wording.in_language("en"):
        assert str(late) == "Bodies"
    assert Markup("{}").format(late) == wording.gettext("Bodies")
