"""Visitors of an installation that answers in this very process: they see which template drew each page.

A journey of hundreds of pages is walked here in seconds; the browser then only looks at what was drawn.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
from flask import template_rendered
from jinja2 import Template
from werkzeug.test import TestResponse

from portal.app import create_app, install_roles, open_portal
from portal.config import Mode, Settings
from portal.foundation.context import Portal
from portal.front.demo.people import code_now, known_accounts
from tests.pages import leads_to_answer, watch_templates

ORIGIN = "http://127.0.0.1:8000"
SPACE = "{http://www.w3.org/1999/xhtml}"
TEMPLATES = Path(__file__).parents[2] / "portal"
FILES = re.compile(
    r"\.(csv|json|jsonld|ttl|xlsx|parquet|svg|png|atom|ics|toml|txt|bib|sig|zip)$|SHA256SUMS|/files/"
)
TYPED = frozenset({"text", "search", "email", "password", "number", "date", "time", "file", "checkbox", "radio"})


def page_templates() -> set[str]:
    """Every template that draws a whole page: a document of its own, or one that fills a layout."""
    paths = TEMPLATES.rglob("templates/**/*.html")
    sources = {path.as_posix().split("/templates/", 1)[1]: path.read_text() for path in paths}
    tags = [tag for text in sources.values() for tag in re.findall(r"{%-? extends (.*?)%}", text)]
    filled = {name for tag in tags for name in re.findall(r'"([^"]+)"', tag)}
    whole = {name for name, text in sources.items() if "{% extends" in text or "<!DOCTYPE" in text}
    return whole - filled


@dataclass(frozen=True)
class Sight:
    """A page as somebody was shown it."""

    template: str
    who: str
    asked: str
    status: int
    html: str

    @cached_property
    def shape(self) -> frozenset[tuple[str, ...]]:
        """Its kinds of elements, each inside its kind of parent: what a fault of accessibility can hang on."""
        tree = parsed(self.html)
        pairs = ((parent, child) for parent in tree.iter() for child in parent if isinstance(child.tag, str))
        return frozenset((_kind(parent), _kind(child)) for parent, child in pairs)

    def __str__(self) -> str:
        return f"{self.template}: {self.who} {self.asked} ({self.status})"


@dataclass(frozen=True)
class Form:
    """A form as a browser would send it, untouched."""

    action: str
    method: str
    fields: dict[str, str]
    typed: frozenset[str]  # what a person fills in

    @property
    def emptied(self) -> dict[str, str]:
        return {name: value for name, value in self.fields.items() if name not in self.typed}


@dataclass
class Place:
    """A loaded demonstration and everything its visitors have seen of it."""

    portal: Portal
    pages: set[str] = field(default_factory=page_templates)
    sights: list[Sight] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = create_app(self.portal)
        self.origin = self.portal.settings.origin
        self.drawn: list[str] = []
        self.visited_in = threading.get_ident()
        template_rendered.connect(self._note, self.app)
        watch_templates(self.app)

    def _note(self, _app: object, template: Template, **_: Any) -> None:
        if threading.get_ident() == self.visited_in:  # a page drawn ahead, beside a visit, is nobody's sight
            self.drawn.append(template.name or "")

    def keep(self, who: str, asked: str, reply: TestResponse) -> None:
        drawn = [name for name in self.drawn if name in self.pages]
        self.drawn.clear()
        if drawn:
            sight = Sight(drawn[-1], who, asked, reply.status_code, reply.get_data(as_text=True))
            assert sight.shape  # looked at while the page is at hand: to parse it takes longer than to draw it
            self.sights.append(sight)

    def different_sights(self) -> list[Sight]:
        """So many that all that any sight of a template showed is on one of them: the fullest pages come first."""
        known: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        found = []
        for sight in sorted(self.sights, key=lambda sight: len(sight.shape), reverse=True):
            if sight.shape - known[sight.template]:
                known[sight.template] |= sight.shape
                found.append(sight)
        return found

    def visitor(self, who: str = "a reader") -> "Visitor":
        return Visitor(self, who)

    def at_desk(self, name: str, prefix: str = "") -> "Visitor":
        """A person of the demonstration, signed in by pass phrase and one-time code."""
        account = next(one for one in known_accounts(self.portal.settings.var) if one.key == name)
        came = self.visitor(name)
        came.get(f"{prefix}/desk/sign-in")
        came.send(address=account.address, phrase=account.phrase, code=code_now(account, self.portal))
        assert came.reply.status_code == 303, f"{name} could not sign in"
        return came


def open_place(var: Path) -> Place:
    """The demonstration in `var`, on SQLite."""
    settings = Settings(
        mode=Mode.DEMO,
        var=var,
        database_url=f"sqlite:///{var / 'portal.sqlite3'}",
        origin=ORIGIN,
        argon2_memory_kib=1024,
        argon2_time=1,
    )
    install_roles(settings)
    return Place(open_portal(settings))


class Visitor:
    """Somebody with a browser of their own: the page open in it, and its forms."""

    def __init__(self, place: Place, who: str) -> None:
        self._place, self._who = place, who
        self._client = place.app.test_client()
        self.path = "/"
        self.reply = TestResponse(iter(()), "200 OK", {}, None)  # type: ignore[arg-type]

    def get(self, path: str) -> TestResponse:
        """Open a page; a redirect is followed."""
        return self._open("GET", path)

    def send(self, /, action: str = "", **filled: Any) -> TestResponse:
        """Send the first form of the open page whose address ends in `action`, with these fields filled in."""
        fitting = [form for form in self.forms() if form.method == "post" and form.action.endswith(action)]
        assert fitting, f"{self._who} finds no form to send to …{action} on {self.path}: {self.reply.status}"
        [form, *_] = fitting
        return self.post(form, {**form.fields, **filled})

    def post(self, form: Form, fields: dict[str, Any]) -> TestResponse:
        data = {name: value for name, value in fields.items() if value is not None}
        return self._open("POST", form.action, data=data, content_type="multipart/form-data")

    def go_on(self) -> TestResponse:
        """Where a redirect points."""
        return self.get(urlsplit(self.reply.location).path) if self.reply.status_code in {302, 303} else self.reply

    def forms(self) -> list[Form]:
        """The forms of the page's own part, without those of its header and footer."""
        main = parsed(self.reply.get_data(as_text=True)).find(f".//{SPACE}main")
        return [self._form(tag) for tag in main.iter(f"{SPACE}form")] if main is not None else []

    def words(self, found: str) -> str:
        """What the element says that ElementTree's path `found` names, without the namespace."""
        tree = html5lib.parse(self.reply.get_data(as_text=True), namespaceHTMLElements=False)
        element = tree.find(found)
        assert element is not None, f"{self._who} does not see {found} on {self.path}"
        return "".join(element.itertext()).strip()

    def links(self) -> Iterator[str]:
        for tag in parsed(self.reply.get_data(as_text=True)).iter(f"{SPACE}a"):
            target = urljoin(self._place.origin + self.path, tag.get("href") or "#")
            if target.startswith(self._place.origin):
                parts = urlsplit(target)
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def wander(self, start: list[str], may: Callable[[str], bool]) -> list[tuple[str, Form]]:
        """Follow links to two pages of each kind; returns the forms met on the way that people fill in."""
        seen: set[str] = set()
        count: defaultdict[str, int] = defaultdict(int)
        waiting, forms = list(start), {}
        while waiting:
            path = waiting.pop(0)
            if path in seen or count[kind(path)] == 2:
                continue
            seen.add(path)
            count[kind(path)] += 1
            if self.get(path).mimetype != "text/html":
                continue
            if self.reply.status_code >= 400:
                self._place.broken.append(f"{self._who} follows a link to {path}: {self.reply.status}")
            waiting += [link for link in self.links() if may(link) and not FILES.search(link)]
            if self.reply.status_code in {302, 303}:
                waiting.insert(0, self.reply.location)
            for form in self.forms():
                if form.method == "post" and form.typed:
                    forms.setdefault(kind(form.action), (path, form))
        return list(forms.values())

    def _open(self, method: str, path: str, **given: Any) -> TestResponse:
        self._place.drawn.clear()
        headers = {"Origin": self._place.origin} if method == "POST" else {}
        self.reply = self._client.open(path, method=method, base_url=self._place.origin, headers=headers, **given)
        if leads_to_answer(self.reply):
            self.reply = self._client.get(self.reply.location, base_url=self._place.origin)
        self.path = path
        self._place.keep(self._who, f"{method} {path}", self.reply)
        return self.reply

    def _form(self, tag: Any) -> Form:
        fields: dict[str, str] = {}
        typed = set()
        for one in tag.iter():
            name, what = one.get("name"), one.get("type", "text")
            if not name:
                continue
            if one.tag == f"{SPACE}textarea":
                fields[name] = "".join(one.itertext())
                typed.add(name)
            elif one.tag == f"{SPACE}select":
                options = list(one.iter(f"{SPACE}option"))
                chosen = next((option for option in options if option.get("selected") is not None), options[0])
                fields[name] = chosen.get("value") or ""
                typed.add(name)
            elif one.tag == f"{SPACE}button":
                fields.setdefault(name, one.get("value") or "")
            elif one.tag == f"{SPACE}input":
                if what in TYPED:
                    typed.add(name)
                if what not in {"checkbox", "radio", "file"} or one.get("checked") is not None:
                    fields.setdefault(name, one.get("value") or "")
        action = urlsplit(urljoin(self._place.origin + self.path, tag.get("action") or self.path))
        return Form(action.path, (tag.get("method") or "get").lower(), fields, frozenset(typed))


@lru_cache(maxsize=4)
def parsed(html: str) -> Any:
    """The page as a tree, for looking only."""
    return html5lib.parse(html)


def kind(path: str) -> str:
    """/bodies/RBO/indicators/X-1 is of the kind /bodies/*/indicators/*."""
    path, _, query = path.partition("?")
    parts = [part if re.fullmatch(r"[a-z-]{1,20}|zh-Hans", part) else "*" for part in path.split("/")]
    return "/".join(parts) + ("?" if query else "")


def _kind(tag: Any) -> str:
    name = tag.tag.removeprefix(SPACE)
    attributes = sorted(str(at) for at in tag.keys() if at not in {"href", "id", "for", "value", "name"})  # noqa: SIM118
    return " ".join([name, *sorted((tag.get("class") or "").split()), *attributes])
