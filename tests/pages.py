"""A test client that looks at every page it opens as a careful reader would."""

import json
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ORIGIN = "https://portal.test"
SPACE = "{http://www.w3.org/1999/xhtml}"


class PageClient(FlaskClient):
    """Speaks HTTPS, sends Origin with forms, and checks each HTML page's h1, title, ids, language, headers."""

    check_pages = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", ORIGIN)
        headers = dict(kwargs.pop("headers", None) or {})
        if kwargs.get("method") == "POST":
            headers.setdefault("Origin", ORIGIN)
        response = super().open(*args, headers=headers, **kwargs)
        if self.check_pages and response.mimetype == "text/html" and not response.is_streamed:
            check_page(response)
        return response


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
