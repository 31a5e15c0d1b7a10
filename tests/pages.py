"""A test client that looks at every page it opens as a careful reader would."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

import html5lib
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.web.parking import COOKIE

ORIGIN = "https://portal.test"
_HANDED = "rows handed to templates"
_FEW = 3
SPACE = "{http://www.w3.org/1999/xhtml}"


NEUTRAL = frozenset({"Form – Gongping 公评", "表单 – Gongping 公评"})
"""What the window of a reporter says on every page: it stays in the history of the browser."""


def is_of_a_reporter(path: str) -> bool:
    """Whether it is a page of a report under way or of a mailbox, and not the door."""
    return path.removeprefix("/zh-Hans").startswith("/report/")


class PageClient(FlaskClient):
    """Speaks HTTPS, sends Origin with forms, and checks each HTML page's h1, title, ids, language, headers."""

    check_pages = True
    follows = True
    """Whether pages that answer a form are fetched where they are shown, as every browser does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", ORIGIN)
        headers = dict(kwargs.pop("headers", None) or {})
        if kwargs.get("method") == "POST":
            headers.setdefault("Origin", ORIGIN)
        rows = handed_rows(self.application)
        rows.clear()
        response = super().open(*args, headers=headers, **kwargs)
        assert not rows, f"{response.request.path}: templates get values, never rows: {', '.join(rows)}"
        if self.follows and leads_to_answer(response):
            return self.get(response.location)
        if self.check_pages and response.mimetype == "text/html" and not response.is_streamed:
            check_page(response)
        return response


def leads_to_answer(response: TestResponse) -> bool:
    """Whether a form was answered by the way to a page about it: see `portal.web.parking`."""
    given = [one for one in response.headers.getlist("Set-Cookie") if COOKIE in one.partition("=")[0]]
    return response.status_code == 303 and any("Max-Age=0" not in one for one in given)


def watch_templates(app: Flask) -> None:
    """From now on note every row of a table that a view hands to a template: see `handed_rows`."""
    found: list[str] = []
    app.extensions[_HANDED] = found

    def look(_app: Flask, template: Any, context: dict[str, Any], **_: Any) -> None:
        for name, given in context.items():
            found.extend(f"{template.name}: {where} is a {row}" for where, row in rows_in(name, given))

    template_rendered.connect(look, app, weak=False)


def handed_rows(app: Flask) -> list[str]:
    """What templates of this application were handed that they should not have been."""
    found: list[str] = app.extensions.get(_HANDED, [])
    return found


def rows_in(name: str, given: Any, depth: int = 4) -> Iterator[tuple[str, str]]:
    """Mapped instances in what is called `name`: where each is, and its class. Of long lists the first few."""
    if hasattr(type(given), "__mapper__"):
        yield name, type(given).__name__
    elif depth == 0:
        return
    elif isinstance(given, Mapping):
        for key, one in islice(given.items(), _FEW):
            yield from rows_in(f"{name}[{key!r}]", one, depth - 1)
    elif isinstance(given, list | tuple | set | frozenset):
        for one in islice(given, _FEW):
            yield from rows_in(f"{name}[…]", one, depth - 1)
    elif is_dataclass(given) and not isinstance(given, type):
        for part in fields(given):
            yield from rows_in(f"{name}.{part.name}", getattr(given, part.name), depth - 1)


def check_page(response: TestResponse) -> None:
    """Fail with what is wrong when a page breaks a rule of the house."""
    if response.status_code in {301, 302, 303, 308}:
        return
    where = f"{response.request.method} {response.request.path} ({response.status_code})"
    page = html5lib.parse(response.get_data(as_text=True))
    html = page if page.tag == f"{SPACE}html" else page.find(f".//{SPACE}html")
    assert html is not None and html.get("lang"), f"{where}: <html> needs a lang"
    headings = page.findall(f".//{SPACE}h1")
    assert len(headings) == 1, f"{where}: one h1 per page, found {len(headings)}"
    heading = _words(headings[0])
    title = _words(page.find(f".//{SPACE}title"))
    if title not in NEUTRAL or not is_of_a_reporter(response.request.path):
        assert title.removeprefix("Error: ").removeprefix("错误：").startswith(heading), (
            f"{where}: the title {title!r} must begin with the h1 {heading!r}"
        )
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    repeated = sorted({name for name in ids if ids.count(name) > 1})
    assert not repeated, f"{where}: ids used twice: {repeated}"
    for element in page.iter():
        assert element.get("style") is None, f"{where}: inline style on {element.tag}"
        handlers = [name for name in element.attrib if isinstance(name, str) and name.startswith("on")]
        assert not handlers, f"{where}: inline handlers {handlers}"
    for script in page.findall(f".//{SPACE}script"):
        if script.get("type") == "application/ld+json":  # a data block, which browsers never execute
            assert json.loads(script.text or "")["@context"] == "https://schema.org", f"{where}: data block"
        else:
            assert script.get("src"), f"{where}: inline script"
    assert "default-src 'none'" in response.headers.get("Content-Security-Policy", ""), f"{where}: no CSP"
    assert response.headers.get("X-Content-Type-Options") == "nosniff", f"{where}: no nosniff"


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
