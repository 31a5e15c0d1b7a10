"""Hostile and strange text through every field: nothing executes, nothing breaks, nothing typed is lost."""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any

import html5lib
import pytest
from werkzeug.test import TestResponse

from portal.cases.values import reference
from portal.foundation.context import Portal
from tests.conftest import new_client
from tests.factories.cases import FIGURE, Office, answer, case_ids, desk_of, filed_report, send, token_on
from tests.foundation.corpora import naughty_strings, xss_lines

SPACE = "{http://www.w3.org/1999/xhtml}"


def lines(name: str) -> list[str]:
    """The corpus without blank lines."""
    found = [part for line in xss_lines() for part in line.splitlines()] if name == "xss" else naughty_strings()
    return [line for line in found if line.strip()]


def heaps(name: str, *, longest: int, every: int = 1) -> Iterator[str]:
    """Many payloads to a field; of a large corpus every n-th where another field of the kind takes them all."""
    heap = ""
    found = lines(name)
    for line in found[:: every if len(found) > 1000 else 1]:
        if heap and len(heap) + len(line) >= longest:
            yield heap
            heap = ""
        heap += line[: longest - 1] + "\n"
    yield heap


def without_carriage(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=1)
def parsed(page: str) -> Any:
    """The page as a tree, for looking only; a page is looked at twice, and parsing it takes longest."""
    return html5lib.parse(page)


def require_harmless(page: TestResponse) -> None:
    """No script, handler, foreign address or frame came out of what was typed."""
    assert page.status_code < 500
    for element in parsed(page.get_data(as_text=True)).iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.removeprefix(SPACE)
        assert tag not in {"iframe", "object", "embed", "base", "video", "audio"}, tag
        assert tag != "script" or element.get("src", "").startswith("/static/")
        for name, value in element.attrib.items():
            assert not str(name).startswith("on"), name
            if name in {"href", "src", "action", "formaction"}:
                assert not value or value[0] in "/#" or value.startswith("data:image/svg"), value


def shown(page: TestResponse) -> str:
    """The text of a page, fields included, as a reader gets it."""
    tree = parsed(page.get_data(as_text=True))
    fields = [element.get("value") or "" for element in tree.iter() if isinstance(element.tag, str)]
    return "\n".join(["".join(tree.itertext()), *fields])


def require_all_there(typed: str, page: TestResponse) -> None:
    """Each line typed is on the page (HTML itself has no null character)."""
    text = shown(page)
    for line in without_carriage(typed).replace("\x00", "\ufffd").split("\n"):
        assert line.strip() in text, line


@pytest.mark.parametrize("corpus", ["xss", "naughty"])
def test_hostile_text_passes_through_every_field_of_a_report_unharmed(
    portal: Portal, office: Office, corpus: str
) -> None:
    client: Any = new_client(portal)
    client.check_pages = False
    client.post("/report", data=FIGURE)
    fields = (("what", "what", 19_000, 1), ("how", "how", 19_000, 5), ("who", "names", 4_900, 10))
    for step, name, longest, every in fields:
        for text in heaps(corpus, longest=longest, every=every):
            answer(client, f"/report/{step}", **{name: text})
            page = client.get(f"/report/{step}")
            require_harmless(page)
            require_all_there(text, page)
        require_harmless(client.get("/report/check"))
    for text in heaps(corpus, longest=4_900, every=10):
        page = send(client, "/report/mailbox", client.get("/report/mailbox"), code=text)
        assert page.status_code == 422
        require_harmless(page)


@pytest.mark.parametrize("corpus", ["xss", "naughty"])
def test_hostile_text_reaches_officers_and_reporter_as_text(portal: Portal, office: Office, corpus: str) -> None:
    heap = list(heaps(corpus, longest=19_000, every=6))
    report = filed_report(portal, what=heap[0], how=heap[-1], file=("x.txt", b"x"))
    report.client.check_pages = False
    ada: Any = desk_of(portal, office.officer)
    answer(report.client, "/report/mailbox", code=report.code)
    for text in heap:
        page = report.client.get("/report/mailbox")
        assert send(report.client, "/report/mailbox/message", page, text=text).status_code == 303
        for act in ("message", "note"):
            assert answer(ada, f"{report.address}/{act}", text=text).status_code == 303
    for page in (ada.get(report.address), report.client.get("/report/mailbox")):
        require_harmless(page)
        require_all_there("".join(heap), page)


def test_strange_file_names_are_kept_and_harm_nobody(portal: Portal, office: Office) -> None:
    names = [
        "../../etc/passwd",
        'a"b.txt',
        "<script>alert(1)</script>.html",
        "‮gpj.exe",
        "名 字.xlsx",
        "." * 50,
        "x" * 300,
    ]
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="x")
    for name in names:
        answer(client, "/report/files", file=(BytesIO(b"x"), name), then="add")
    require_harmless(client.get("/report/files"))
    answer(client, "/report/check")
    (case_id,) = case_ids(portal)
    ada: Any = desk_of(portal, office.officer)
    page = ada.get(f"/desk/cases/{reference(case_id)}")
    require_harmless(page)
    addresses = [part for part in page.get_data(as_text=True).split('"') if "/files/" in part]
    assert len(addresses) == len(names)
    for address in addresses:
        require_harmless(ada.get(address))
        sent = answer(ada, f"{address}/original", expect=200, sure="y")
        assert sent.data == b"x"
        disposition = sent.headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename")
        assert "\n" not in disposition and "/etc" not in disposition


def test_broken_forms_are_answered_with_a_page(portal: Portal, office: Office) -> None:
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    token = token_on(client.get("/report/what"))
    bodies = [b"", b"%", b"what=%ff%fe&form_token=" + token.encode(), b"\x00" * 100, b"a=1&" * 5000]
    for step in ("what", "how", "files", "who", "check"):
        for body in bodies:
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""):
                reply = client.post(f"/report/{step}", data=body, content_type=kind)
                assert reply.status_code < 500, (step, body[:20], kind)
