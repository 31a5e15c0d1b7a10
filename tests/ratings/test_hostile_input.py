"""If these failed, a rater's text could run in a moderator's browser, break a page, or be lost."""

from functools import lru_cache
from typing import Any

import html5lib
import pytest

from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.ratings import queries, services
from portal.ratings.services.marks import comment_key
from portal.ratings.values import COMMENT_LIMIT, CommentState, Level
from portal.ratings.web.forms import readable
from tests.conftest import Beginning
from tests.factories.ratings import fold, hidden_fields, rate, with_permits
from tests.foundation.corpora import naughty_strings, xss_lines
from tests.pages import SPACE, PageClient

STEP = 400  # texts sent together; each page is parsed as a browser does


@pytest.fixture
def beginning() -> Beginning:
    return with_permits


def hostile() -> list[str]:
    return [text for text in (*naughty_strings(), *xss_lines()) if text.strip()]


def batches() -> list[str]:
    texts = hostile()
    return ["\n".join(texts[start : start + STEP]) for start in range(0, len(texts), STEP)]


@lru_cache(maxsize=1)
def parsed(page: str) -> Any:
    """The page as a tree, for looking only; a page is looked at twice, and parsing it takes longest."""
    return html5lib.parse(page)


def nothing_runs(page: str) -> None:
    """The page holds only what our templates put there: no script, frame, handler or script address."""
    for element in parsed(page).iter():
        tag = str(element.tag).removeprefix(SPACE)
        assert tag not in {"iframe", "object", "embed", "base", "applet", "math"}, tag
        assert tag != "script" or str(element.get("src")).startswith("/static/")
        for name, value in element.attrib.items():
            assert not str(name).startswith("on"), (tag, name)
            address = "".join(sign for sign in str(value).lower() if sign > " ")
            assert name == "value" or not address.startswith(("javascript:", "data:", "vbscript:")), (
                tag,
                name,
                value,
            )


def value_of(page: str, name: str) -> str:
    found = [each for each in parsed(page).iter() if each.get("name") == name]
    assert len(found) == 1, name
    if str(found[0].tag) == f"{SPACE}textarea":
        return str(found[0].text or "")
    return str(found[0].get("value"))


def test_hostile_comments_come_back_whole_when_refused(client: PageClient) -> None:
    saved = rate(client, "/rate/permits", level="1")
    fields = hidden_fields(client.get(saved.location).text)  # type: ignore[attr-defined]
    for batch in batches():
        assert len(batch) > COMMENT_LIMIT
        again = client.post("/rate/thanks", data=fields | {"words": batch})
        assert again.status_code == 422
        nothing_runs(again.text)
        assert readable(value_of(again.text, "words")) == readable(batch)


def test_hostile_comments_are_kept_whole(portal: Portal) -> None:
    texts = [text for text in (readable(text)[:COMMENT_LIMIT] for text in naughty_strings()) if text]
    with portal.database.write() as session:
        for text in texts:
            services.add_to_mark(
                session,
                key=comment_key(portal.keys, new_id()),
                mark=services.Mark("permits", Level(1)),
                period="2026-02",
                text=text,
            )
    fold(portal)
    with portal.database.read() as session:
        page = queries.list_comments(session, state=CommentState.WAITING, size=10_000)
    assert sorted(comment.text for comment in page.items) == sorted(texts)


@pytest.mark.parametrize("field", ["level", "receipt", "visit", "form_token"])
def test_no_field_of_the_rating_form_breaks_or_loses_the_others(client: PageClient, field: str) -> None:
    fields = hidden_fields(client.get("/rate/permits").text) | {"level": "3", "receipt": ""}
    for text in (
        *naughty_strings()[::7],
        *batches()[::4],
        "\x00",
        "￾",
        "\ud800".encode("utf-8", "replace").decode(),
    ):
        sent = client.post("/rate/permits", data=fields | {field: text})
        if field == "visit" or not text.strip():
            assert sent.status_code in {303, 422}
            continue
        assert sent.status_code == 422, text
        nothing_runs(sent.text)
        if field != "level":
            assert 'value="3" checked' in sent.text
        if field == "receipt" and "\n" not in text and "\x00" not in text:
            assert value_of(sent.text, "receipt") == text


def test_hostile_searches_find_nothing_and_do_nothing(client: PageClient) -> None:
    for text in (*naughty_strings()[::5], *xss_lines()[::400]):
        found = client.get("/rate", query_string={"q": text})
        assert found.status_code in {200, 303}
        if found.status_code == 200:
            nothing_runs(found.text)


def test_hostile_addresses_are_not_found_and_do_nothing(client: PageClient) -> None:
    for text in (*naughty_strings()[::9], *xss_lines()[::600], "..", "%00", "%ff%fe", "a" * 5000):
        for address in ("/rate/", "/rate/r/", "/zh-Hans/rate/"):
            answer = client.open(path=address + text, method="GET")
            assert answer.status_code < 500
            if answer.mimetype == "text/html" and answer.status_code != 303:
                nothing_runs(answer.text)


def test_a_forged_or_foreign_ticket_gives_no_comment(client: PageClient, portal: Portal) -> None:
    saved = rate(client, "/rate/permits", level="1")
    fields = hidden_fields(client.get(saved.location).text)  # type: ignore[attr-defined]
    good = fields["ticket"]
    for ticket in ("", "x", good[:-4] + "AAAA", good[::-1], "é", good * 2):
        refused = client.post("/rate/thanks", data=fields | {"ticket": ticket, "words": "forged"})
        assert refused.status_code == 422
        assert value_of(refused.text, "words").strip() == "forged"
    fold(portal)
    with portal.database.read() as session:
        assert queries.list_comments(session, state=CommentState.WAITING).total == 0


def test_what_no_reader_sees_is_left_out_of_a_comment() -> None:
    assert readable("a\x00b\x07c\td\r\ne\x1b[31m") == "abc\td\ne[31m"
    assert readable("  说得好。\n") == "说得好。"
    assert readable(None) is None
