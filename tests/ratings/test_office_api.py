"""If these failed, a body's system could act for another body, get codes twice, or call its own marks verified."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.audit.models import AuditEntry
from portal.foundation.context import Portal
from portal.ratings import services
from portal.ratings.errors import UsedUp
from portal.ratings.models import ReceiptRow, TotalRow
from portal.ratings.values import KeyUse
from portal.web import limits
from portal.web.problems import TYPE
from tests.conftest import Beginning, World
from tests.factories.accounts import person, sign_in
from tests.factories.ratings import KEEPER, fold, hidden_fields, publish_services
from tests.pages import PageClient
from tests.ratings.test_public import details

RECEIPTS = "/api/v1/services/permits/receipts"
RATINGS = "/api/v1/services/permits/ratings"


def with_a_key(portal: Portal) -> str:
    publish_services(portal, "permits")
    publish_services(portal, "taxes", body="TAX")
    with portal.database.write() as session:
        return services.make_office_key(session, body="DPR", name="hall", actor=KEEPER, now=portal.clock.now())


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return with_a_key if "key" in request.fixturenames else None


@pytest.fixture
def key(world: World) -> str:
    return world.told


def send(client: PageClient, path: str, key: str, content: Any, idem: str = "one", **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idem, "Origin": ""} | more.pop("headers", {})
    return client.post(path, data=json.dumps(content), content_type="application/json", headers=headers, **more)


def issued(portal: Portal) -> int:
    with portal.database.read() as session:
        return len(session.scalars(select(ReceiptRow)).all())


def test_a_key_gets_receipts_and_the_same_ones_when_asked_again(
    client: PageClient, portal: Portal, key: str
) -> None:
    first = send(client, RECEIPTS, key, {"count": 3})
    assert (first.status_code, first.headers["Cache-Control"]) == (201, "no-store")
    assert "Access-Control-Allow-Origin" not in first.headers
    again = send(client, RECEIPTS, key, {"count": 3})
    assert again.json == first.json
    assert issued(portal) == 3
    other = send(client, RECEIPTS, key, {"count": 3}, idem="two")
    assert {one["code"] for one in other.json["receipts"]}.isdisjoint(
        {one["code"] for one in first.json["receipts"]}
    )
    link = first.json["receipts"][0]["link"].removeprefix("https://portal.test")
    assert client.get(link).location == "/rate/visit"
    assert "Service permits" in client.get("/rate/visit").text


def test_an_idempotency_key_is_for_one_request(client: PageClient, portal: Portal, key: str) -> None:
    send(client, RECEIPTS, key, {"count": 3})
    assert send(client, RECEIPTS, key, {"count": 4}).status_code == 422
    assert issued(portal) == 3
    assert send(client, RECEIPTS, key, {"count": 1}, idem=" ").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/services/taxes/receipts", 403), ("/api/v1/services/nothing/receipts", 404)],
)
def test_a_key_opens_its_bodys_services_alone(client: PageClient, key: str, path: str, status: int) -> None:
    refused = send(client, path, key, {"count": 1})
    assert (refused.status_code, refused.mimetype) == (status, TYPE)


def test_a_key_that_is_wrong_or_revoked_opens_nothing(client: PageClient, portal: Portal, key: str) -> None:
    key_id, _, _ = key.partition(".")
    assert send(client, RECEIPTS, key_id + ".wrong", {}).status_code == 401
    assert send(client, RECEIPTS, "", {}).status_code == 401
    with portal.database.write() as session:
        services.revoke_office_key(session, key_id=key_id, actor=KEEPER, now=portal.clock.now())
    refused = send(client, RECEIPTS, key, {})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert issued(portal) == 0


def test_guessing_keys_is_slowed_down(client: PageClient, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "office-key", "2 per 10 minutes")
    client.application.extensions[limits.EXTENSION]._items = limits.AddressLimits("")._items
    from_there = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    statuses = [send(client, RECEIPTS, "x.y", {}, **from_there).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_a_script_of_another_site_is_refused(client: PageClient, portal: Portal, key: str) -> None:
    refused = send(client, RECEIPTS, key, {"count": 1}, headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in client.options(RECEIPTS).headers
    assert issued(portal) == 0


def test_a_sent_rating_is_counted_apart_and_never_verified(client: PageClient, portal: Portal, key: str) -> None:
    sent = {
        "level": 2,
        "way": "in-person",
        "dimensions": {"attitude": 1},
        "reasons": ["waiting"],
        "comment": "Long queue.",
    }
    for _ in range(2):
        saved = send(client, RATINGS, key, sent)
        assert (saved.status_code, saved.json) == (201, {"saved": True})
    assert send(client, RATINGS, key, {"level": 5}).status_code == 422, "one key, one rating"
    fold(portal)
    with portal.database.read() as session:
        (total,) = session.scalars(select(TotalRow))
    assert (total.level, total.verified, total.channel, total.count) == (2, False, "api", 1)
    assert details(portal) == {
        ("permits", "2026-02", "api", "in-person/attitude", "1"): 1,
        ("permits", "2026-02", "api", "reason", "waiting"): 1,
    }
    assert send(client, RATINGS, key, sent).status_code == 201
    assert fold(portal) == 0, "the same rating again after the fold adds nothing"


@pytest.mark.parametrize(
    ("content", "parameter"),
    [
        ({}, "level"),
        ({"level": 6}, "level"),
        ({"level": "5"}, "level"),
        ({"level": 1, "reasons": ["rain"]}, "reasons.0"),
        ({"level": 4, "reasons": ["waiting"]}, "body"),
        ({"level": 4, "way": "online", "dimensions": {"attitude": 3}}, "body"),
        ({"level": 4, "verified": True}, "verified"),
        ({"level": 4, "comment": "w" * 2001}, "comment"),
        ([], "body"),
    ],
)
def test_a_fault_names_its_field(client: PageClient, key: str, content: object, parameter: str) -> None:
    refused = send(client, RATINGS, key, content)
    assert (refused.status_code, refused.mimetype) == (422, TYPE)
    assert parameter in {one["parameter"] for one in json.loads(refused.data)["errors"]}


def test_the_document_describes_both_calls(client: PageClient) -> None:
    document = client.get("/api/v1/office.json")
    assert set(document.json["paths"]) == {"/services/{service}/receipts", "/services/{service}/ratings"}
    assert "Access-Control-Allow-Origin" not in document.headers


def test_a_key_is_made_at_the_desk_shown_once_and_revoked_there(client: PageClient, portal: Portal) -> None:
    publish_services(portal, "permits")
    sign_in(client, person(portal, roles=["registrar"]))
    page = client.get("/desk/office-keys").text
    sent = hidden_fields(page) | {"body": "DPR", "name": "north hall", "good_for": "receipts", "per_day": "3"}
    made = client.post("/desk/office-keys", data=sent)
    found = re.search(r"<code[^>]*>([0-9a-z]{26}[.][^<]+)</code>", made.text)
    assert found and made.headers["Cache-Control"] == "no-store"
    assert client.post("/desk/office-keys", data=sent).status_code == 409  # the same page again shows nothing
    assert found[1].partition(".")[2] not in client.get("/desk/office-keys").text
    assert send(client, RATINGS, found[1], {"level": 4}).status_code == 403
    assert send(client, RECEIPTS, found[1], {"count": 2}).status_code == 201
    used_up = send(client, RECEIPTS, found[1], {"count": 2}, idem="two")
    assert (used_up.status_code, int(used_up.headers["Retry-After"]) > 3600) == (429, True)
    listed = client.get("/desk/office-keys").text
    assert "2026-02-09" in listed and "09:00" not in re.sub(r"<footer.*", "", listed, flags=re.DOTALL)
    client.post(f"/desk/office-keys/{found[1][:26]}/revoke", data=hidden_fields(listed))
    assert send(client, RECEIPTS, found[1], {"count": 1}, idem="three").status_code == 401
    with portal.database.read() as session:
        acts = [(row.act, row.details) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert [act for act, _ in acts if act.startswith("ratings.key")] == ["ratings.key-made", "ratings.key-revoked"]
    assert next(details for act, details in acts if act == "ratings.key-made")["good_for"] == "receipts"
    assert found[1].partition(".")[2] not in repr(acts)


def test_what_a_key_may_do_on_a_day_begins_anew_on_the_next(portal: Portal, key: str) -> None:
    with portal.database.write() as session:
        office = services.find_office(session, key)
        assert office is not None
        services.use_office_key(session, office, KeyUse.RATINGS, count=5000, now=portal.clock.now())
        with pytest.raises(UsedUp):
            services.use_office_key(session, office, KeyUse.RATINGS, count=1, now=portal.clock.now())
        tomorrow = portal.clock.now() + timedelta(days=1)
        services.use_office_key(session, office, KeyUse.RATINGS, count=1, now=tomorrow)


def test_only_who_keeps_keys_may_make_one(client: PageClient, portal: Portal) -> None:
    sign_in(client, person(portal, roles=["publisher"]))
    assert client.get("/desk/office-keys").status_code in {403, 404}
