"""If these failed, the last page of a report would be another where Flask is not entered for it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from portal.cases.web import report
from portal.cases.web.plain import PlainReports
from portal.foundation.context import Portal
from portal.foundation.ids import use_source
from tests.conftest import new_client
from tests.factories.cases import FIGURE, Office, answer
from tests.pages import PageClient

PAGES = ("/report/check", "/zh-Hans/report/check", "/report/check?edition=1&then=x")


def with_everything(portal: Portal) -> Any:
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    told = {"matter": "figure", "true_value": "about <40>", "what": "The parks\n\nwere never inspected."}
    answer(client, "/report/what", **told)
    answer(client, "/report/how", how="I was there.")
    answer(client, "/report/who", names="Chen Wei", bodies=["DPR"])
    return client


@contextmanager
def same_randomness() -> Iterator[None]:
    drawn = itertools.count()
    with use_source(lambda size: next(drawn).to_bytes(size, "big")):
        yield


def said(client: PageClient, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    with same_randomness():
        reply = client.get(path)
    return reply.status_code, list(reply.headers), reply.data


def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn before Flask from now on."""
    monkeypatch.setattr(PlainReports, "_drawn", lambda *_: None)


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_the_very_one_that_flask_gives(
    portal: Portal, office: Office, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = with_everything(portal)
    before = said(client, path)
    shut(monkeypatch)
    assert said(client, path) == before
    assert before[0] == 200 and b"about &lt;40&gt;" in before[2] and b"Chen Wei" in before[2]


def test_flask_is_not_entered_for_it(portal: Portal, office: Office) -> None:
    client = with_everything(portal)

    def fail() -> None:
        raise AssertionError("the view was entered")

    client.application.view_functions["report.check"] = fail
    assert client.get("/report/check").status_code == 200
    assert client.head("/report/check").status_code == 500, "which is not drawn here"


@pytest.mark.parametrize("cookie", ["", "report=nothing-of-ours"])
def test_without_a_draft_the_answer_is_flasks(
    portal: Portal, office: Office, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = new_client(portal)
    headers = {"Cookie": cookie}
    before = client.get("/report/check", headers=headers)
    shut(monkeypatch)
    after = client.get("/report/check", headers=headers)
    assert (before.status_code, list(before.headers), before.data) == (404, list(after.headers), after.data)


def test_who_has_sent_it_is_led_on(portal: Portal, office: Office) -> None:
    client = with_everything(portal)
    answer(client, "/report/check")
    reply = client.get("/zh-Hans/report/check")
    assert (reply.status_code, reply.location) == (303, "/zh-Hans/report/done")


def test_what_fails_is_asked_again_by_flask_and_one_request_leaves_nothing_to_the_next(
    portal: Portal, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = with_everything(portal)
    other: Any = new_client(portal)
    whole = client.get("/zh-Hans/report/check").text
    assert 'lang="zh-Hans"' in whole
    assert other.get("/report/check").status_code == 404
    assert 'lang="en"' in client.get("/report/check").text
    real, asked = report.check, []

    def once() -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise RuntimeError("tell-tale")
        return real()

    monkeypatch.setattr(report, "check", once)
    assert client.get("/report/check").status_code == 200
