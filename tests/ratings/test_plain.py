"""If these failed, a mark sent in the usual way would be judged otherwise than the same mark sent oddly."""

import errno
import itertools
from collections.abc import Callable

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.foundation.context import Portal
from portal.foundation.ids import use_source
from portal.foundation.sqlite_file import WriteQueue
from portal.ratings import queries
from portal.web import limits
from tests.conftest import Beginning
from tests.factories.ratings import hidden_fields, issue, with_permits
from tests.pages import PageClient

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def beginning() -> Beginning:
    return with_permits


@pytest.fixture
def token(client: PageClient) -> str:
    return hidden_fields(client.get("/rate/permits").text)["form_token"]


def send(client: PageClient, body: str, path: str = "/rate/permits") -> TestResponse:
    return client.post(path, data=body, content_type=FORM)


def counting() -> Callable[[int], bytes]:
    """The same randomness each time it is begun."""
    drawn = itertools.count()
    return lambda size: next(drawn).to_bytes(size, "big")


def held(portal: Portal) -> int:
    with portal.database.read() as session:
        return queries.count_held(session)


def unreachable(client: PageClient) -> None:
    """Whoever gets past the plain way now meets an error."""

    def fail(**_: object) -> None:
        raise AssertionError("the view was entered")

    client.application.view_functions["ratings.answer"] = fail


@pytest.mark.parametrize("path", ["/rate/permits", "/zh-Hans/rate/permits"])
def test_a_plain_mark_gets_the_very_answer_that_the_view_gives(
    client: PageClient, portal: Portal, token: str, path: str
) -> None:
    with use_source(counting()):
        by_view = send(client, f"receipt=&visit=&level=%34&form_token={token}", path)
    unreachable(client)
    with use_source(counting()):
        plain = send(client, f"receipt=&visit=&level=4&form_token={token}", path)
    assert plain.status == by_view.status == "303 SEE OTHER"
    assert sorted(plain.headers) == sorted(by_view.headers)
    assert plain.data == by_view.data
    assert held(portal) == 1


def test_its_comment_may_follow(client: PageClient, token: str) -> None:
    unreachable(client)
    send(client, f"level=2&form_token={token}")
    assert "<textarea" in client.get("/rate/thanks").text


@pytest.mark.parametrize(
    "body",
    [
        "level=4&form_token={token}&level=1",
        "level=4&form_token={token}&more=",
        "level=4&form_token={token}&visit=+",
        "form_token={token}&level=%34",
        "level=4&form_token={token}&receipt={code}",
    ],
)
def test_what_is_not_plain_is_left_to_the_view_as_it_was_sent(
    client: PageClient, portal: Portal, token: str, body: str
) -> None:
    (code,) = issue(portal, "permits")
    entered = []
    view = client.application.view_functions["ratings.answer"]
    client.application.view_functions["ratings.answer"] = lambda code: entered.append(code) or view(code)
    assert send(client, body.format(token=token, code=code)).status_code == 303
    assert entered == ["permits"]
    assert held(portal) == 1


def test_a_token_past_its_hours_or_of_another_form_is_refused(
    client: PageClient, portal: Portal, token: str
) -> None:
    send(client, f"level=4&form_token={token}")
    other = hidden_fields(client.get("/rate/thanks").text)["form_token"]
    assert send(client, f"level=4&form_token={other}").status_code == 422
    assert send(client, f"level=4&form_token={token}x").status_code == 422
    portal.clock.at = portal.clock.at.replace(day=10, hour=10)  # type: ignore[attr-defined]
    assert send(client, f"level=4&form_token={token}").status_code == 422
    assert held(portal) == 1


def test_a_form_of_another_site_is_refused(client: PageClient, portal: Portal, token: str) -> None:
    data = f"level=4&form_token={token}"
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null", "Referer": "https://evil.example/x"}):
        assert client.post("/rate/permits", data=data, content_type=FORM, headers=headers).status_code == 403
    assert held(portal) == 0


def test_past_the_limit_of_an_address_the_view_says_when_to_come_back(
    client: PageClient, portal: Portal, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "rate", "2 per 10 minutes")
    client.application.extensions[limits.EXTENSION]._items = limits.AddressLimits("")._items
    asked = [
        client.post(
            "/rate/permits",
            data=f"level=4&form_token={token}",
            content_type=FORM,
            environ_base={"REMOTE_ADDR": "203.0.113.7"},
        )
        for _ in range(3)
    ]
    assert [one.status_code for one in asked] == [303, 303, 429]
    assert "Nothing is lost" in asked[2].text


def test_a_database_that_fails_is_told_by_the_view(client: PageClient, portal: Portal, token: str) -> None:
    with portal.database.write() as session:
        session.execute(text("ALTER TABLE rating_held RENAME TO elsewhere"))
    failed = send(client, f"level=4&form_token={token}")
    assert failed.status_code in {500, 503}
    assert "<h1" in failed.text


def test_a_queue_of_writers_that_fails_is_told_by_the_view(
    client: PageClient, portal: Portal, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if portal.database.dialect != "sqlite":
        pytest.skip("only an SQLite file has a queue beside it")

    def fail(_: WriteQueue) -> int:
        raise OSError(errno.ENOLCK, "no locks left")

    monkeypatch.setattr(WriteQueue, "enter", fail)
    failed = send(client, f"level=4&form_token={token}")
    assert failed.status_code == 500
    assert "<h1" in failed.text


def test_a_length_without_end_is_left_to_the_view(client: PageClient, portal: Portal, token: str) -> None:
    sent = client.post(
        "/rate/permits",
        data=f"level=4&form_token={token}",
        content_type=FORM,
        environ_overrides={"CONTENT_LENGTH": "9" * 5000},
    )
    assert sent.status_code in {413, 422}
    assert "<h1" in sent.text
    assert held(portal) == 0
