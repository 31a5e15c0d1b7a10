"""Attacks on ratings by somebody who wants a number to be another: each is tried, and must come to nothing.

The attack on what links a receipt with an answer is in `test_linking`.
"""

import re
from datetime import UTC, datetime

import pytest

from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.ratings import jobs, queries, services
from portal.ratings.codes import new_code
from portal.ratings.models import TransactionsRow
from portal.ratings.values import Level
from portal.web import limits
from tests.factories.ratings import fold, held, hidden_fields, issue, publish_services, rate
from tests.pages import PageClient
from tests.ratings.published import statements
from tests.ratings.test_marks import spent

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _services(portal: Portal) -> None:
    publish_services(portal, "permits", "parks")


@pytest.mark.parametrize("kind", ["r", "q"])
def test_whoever_fetches_a_link_ahead_redeems_nothing(client: PageClient, portal: Portal, kind: str) -> None:
    (code,) = issue(portal, "permits")
    for method in ("GET", "HEAD", "OPTIONS"):
        client.open(f"/rate/{kind}/{code}", method=method)
        client.open("/rate/visit", method=method)
    assert client.post(f"/rate/{kind}/{code}", data={"level": "5"}).status_code == 405
    assert spent(portal) == [False] and held(portal) == 0


def test_a_picture_counts_as_a_picture_and_its_code_once(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    client.get(f"/rate/q/{code}")
    page = client.get("/rate/visit").text
    replayed = [client.post("/rate/visit", data=hidden_fields(page) | {"level": "1"}) for _ in range(3)]
    assert [one.status_code for one in replayed] == [303, 303, 303], "a double click is no fault"
    client.get(f"/rate/r/{code}")
    assert "cannot be used" in client.get("/rate/visit").text
    assert fold(portal) == 1
    with portal.database.read() as session:
        assert queries.count_marks(session, "permits", "2026-02") == 1


def test_no_typed_code_tells_what_became_of_it(client: PageClient, portal: Portal) -> None:
    """Spent, of another service, expired and never issued: one answer, byte for byte."""
    used, old = issue(portal, "permits", 2)
    (foreign,) = issue(portal, "parks")
    assert rate(client, "/rate/permits", level="5", receipt=used).status_code == 303
    answers = {_refused(client, code) for code in (used, foreign, new_code(), new_code())}
    portal.clock.at = portal.clock.at.replace(year=2027)  # type: ignore[attr-defined]
    answers.add(_refused(client, old))
    assert len(answers) == 1


def _refused(client: PageClient, code: str) -> tuple[int, str, str]:
    refused = rate(client, "/rate/permits", level="4", receipt=code)
    token = hidden_fields(refused.text)["form_token"]
    return refused.status_code, str(refused.headers), refused.text.replace(token, "").replace(code, "")


def test_of_500_marks_from_one_browser_the_hall_limit_lets_300_pass(
    client: PageClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get("/rate/permits").text
    hall = {"REMOTE_ADDR": "203.0.113.9"}
    counts = client.application.extensions[limits.EXTENSION]
    before = [counts.hit("rate", hall["REMOTE_ADDR"], portal.clock.now()) for _ in range(499)]
    assert before.count(None) == 300
    late = client.post("/rate/permits", data=hidden_fields(page) | {"level": "1"}, environ_overrides=hall)
    assert (late.status_code, held(portal)) == (429, 0)
    assert 0 < int(late.headers["Retry-After"]) <= 601
    assert re.search(r'value="1" checked', late.text), "nothing typed is lost"


def test_a_body_that_redeems_its_own_codes_is_seen_by_the_gap(portal: Portal) -> None:
    """Thirty codes, thirty best marks; but another source counted twelve matters: none of them counts."""
    for code in issue(portal, "permits", 30):
        key, receipt = services.mark_key(portal.keys, new_id()), services.receipt_key(portal.keys, code)
        mark = services.Mark("permits", Level.VERY_SATISFIED)
        with portal.database.write() as session:
            services.save_mark(session, key=key, mark=mark, receipt=receipt, now=portal.clock.now())
    fold(portal)
    with portal.database.write() as session:
        matters = {"service": "permits", "period": "2026-02", "way": "in-person", "source": "hall counter"}
        session.add(TransactionsRow(count=12, **matters))
    portal.clock.at = datetime(2026, 3, 1, 3, tzinfo=UTC)  # type: ignore[attr-defined]
    jobs.run_publish(portal)
    (said,) = (one for one in statements(portal, "rating") if one["service"] == "permits")
    assert (said["suppressed"], said["n"]) == (True, None)
    assert said["served"] == {"transactions": "12", "receipts": "30"}
    assert said["set_aside"] == {"codes-without-matters": "30"}
