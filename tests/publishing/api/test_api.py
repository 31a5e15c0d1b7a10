"""What a program that reads the API must be able to rely on."""

import json
import re
from html import unescape
from typing import Any

import pytest
from pydantic import BaseModel

from portal.foundation.context import Portal
from portal.publishing.web.api import shapes
from portal.web import limits
from tests.conftest import Beginning, World
from tests.factories.publishing import append, body, figure, release, service
from tests.pages import PageClient
from tests.publishing.api.filled import PERIODS, fill

ROOT = "/api/v1"
MODELS: dict[str, type[BaseModel]] = {
    "bodies": shapes.Body,
    "services": shapes.Service,
    "indicators": shapes.Indicator,
    "figures": shapes.Figure,
    "releases": shapes.Release,
    "corrections": shapes.Correction,
    "ratings": shapes.Rating,
    "body-ratings": shapes.BodyRating,
    "rating-answers": shapes.Answers,
    "body-answers": shapes.BodyAnswers,
    "rating-replies": shapes.RatingReply,
    "comments": shapes.Comment,
    "editions": shapes.EditionEntry,
}

LISTS = tuple(MODELS)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return fill if "newest" in request.fixturenames else None


@pytest.fixture
def newest(world: World) -> int:
    return world.told


def get(client: PageClient, path: str) -> Any:
    reply = client.get(ROOT + path)
    assert reply.status_code == 200, reply.text
    return json.loads(reply.text)


def walk(client: PageClient, path: str) -> list[Any]:
    """Every row of a list, page by page."""
    found: list[Any] = []
    page = get(client, path)
    while True:
        found += page["data"]
        if page["next"] is None:
            return found
        page = get(client, page["next"].partition(ROOT)[2])


def keys(rows: list[Any]) -> list[tuple[str, str, str]]:
    return [(row["body"]["code"], row["indicator"]["code"], row["period"]) for row in rows]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_names_its_edition_and_has_the_shape_it_promises(
    client: PageClient, newest: int, name: str
) -> None:
    page = get(client, f"/{name}")
    assert (page["edition"], page["origin"]) == (newest, "gongping.example/log")
    assert page["data"]
    for row in page["data"]:
        MODELS[name].model_validate(row, strict=True)


@pytest.mark.parametrize("name", LISTS)
def test_walking_in_pages_of_one_gives_the_same_as_one_page(client: PageClient, newest: int, name: str) -> None:
    assert walk(client, f"/{name}?limit=1") == get(client, f"/{name}")["data"]


def test_one_thing_is_what_its_list_says(client: PageClient, newest: int) -> None:
    for name in ("bodies", "services", "indicators", "releases"):
        for row in get(client, f"/{name}")["data"]:
            assert get(client, row["links"]["api"].partition(ROOT)[2])["data"] == row
    for row in get(client, "/figures?include=versions")["data"]:
        assert get(client, row["links"]["api"].partition(ROOT)[2])["data"] == row
    page = client.get(row["links"]["page"])
    assert page.status_code == 200


def test_before_anything_is_published_lists_are_empty(client: PageClient) -> None:
    for name in LISTS:
        page = get(client, f"/{name}")
        assert (page["edition"], page["data"], page["next"]) == (0, [], None)


def test_walk_stays_in_its_edition_while_new_ones_are_published(
    client: PageClient, portal: Portal, newest: int
) -> None:
    whole = get(client, "/figures")["data"]
    page = get(client, "/figures?limit=4")
    append(portal, release("later"), *(figure(period=f"20{n}", actual="1") for n in range(10, 21)))
    rows = page["data"]
    while page["next"]:
        page = get(client, page["next"].partition(ROOT)[2])
        assert page["edition"] == newest
        rows += page["data"]
    assert rows == whole
    assert len(get(client, "/figures")["data"]) == len(whole) + 11


def test_older_edition_answers_as_it_did_then(client: PageClient, newest: int) -> None:
    then = get(client, "/figures/DPR/clean-parks/2022?edition=2")["data"]
    now = get(client, "/figures/DPR/clean-parks/2022")["data"]
    assert (then["actual"], then["status"], len(then["versions"])) == ("91.50", "met", 1)
    assert (now["actual"], now["status"], len(now["versions"])) == ("81.0", "not-met", 2)
    assert now["release"]["slug"] == "parks-2022"
    assert now["value"] == 81.0


def test_notice_tells_its_reason(client: PageClient, newest: int) -> None:
    told = get(client, "/figures/DPR/clean-parks/2021")["data"]["notices"]
    assert [(one["state"], one["edition"]) for one in told] == [("under-review", 3)]
    assert told[0]["reason"]["text"].startswith("Counted anew")


def test_numbers_keep_their_digits_and_texts_their_quotes(client: PageClient, newest: int) -> None:
    row = get(client, "/figures?body=DPR&period=2021")["data"][0]
    assert (row["actual"], row["value"], row["notice"]) == ("91.50", 91.5, "under-review")
    assert row["note"]["text"] == 'Counted anew: “twice”, 共两次 \\ "quoted"'
    assert row["body"]["names"]["en"] == 'Parks "and" gardens'


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("body=DPR", 5),
        ("body=DOT", 6),
        ("indicator=clean-parks", 6),
        ("service=permits", 6),
        ("service=permits&body=DPR", 5),
        ("service=permits&indicator=delay", 0),
        ("period=2022", 3),
        ("period_from=2022-23", 9),
        ("period_to=2021", 2),
        ("period_from=2022&period_to=2022-12", 5),
        ("period_from=2023-01&period_to=2023-03", 2),
        ("status=met", 4),
        ("status=not-met", 1),
        ("status=no-target&body=DOT", 5),
        ("status=no-result", 1),
        ("obs_status=O", 1),
        ("obs_status=A", 10),
        ("release=parks-2022", 11),
        ("changed_since=2", 1),
        ("changed_since=3", 0),
        ("changed_since=0", 11),
    ],
)
def test_figures_are_filtered(client: PageClient, newest: int, asked: str, count: int) -> None:
    rows = get(client, f"/figures?{asked}")["data"]
    assert len(rows) == count
    assert walk(client, f"/figures?{asked}&limit=1") == rows


def test_indicator_is_walked_by_period_and_everything_else_by_body(client: PageClient, newest: int) -> None:
    every = keys(get(client, "/figures")["data"])
    assert every == sorted(every)
    one = keys(get(client, "/figures?indicator=clean-parks")["data"])
    assert [period for _, _, period in one] == sorted([*PERIODS, "2022"])


def test_register_is_filtered(client: PageClient, newest: int) -> None:
    def codes(path: str) -> list[str]:
        return [row["code"] for row in get(client, path)["data"]]

    assert codes("/bodies?parent=DPR") == ["DOT"]
    assert codes("/bodies?level=county") == []
    assert codes("/indicators?body=DOT") == ["delay"]
    assert codes("/indicators?service=permits&direction=up") == ["clean-parks"]
    assert codes("/services?body=DOT") == []
    assert codes("/bodies?changed_since=1") == []


def test_corrections_and_ratings_are_filtered(client: PageClient, newest: int) -> None:
    assert len(get(client, "/corrections?body=DPR&indicator=clean-parks")["data"]) == 1
    assert get(client, "/corrections?body=DOT")["data"] == []
    assert get(client, "/corrections?changed_since=3")["data"] == []
    assert [row["period"] for row in get(client, "/ratings?period_from=2026-02")["data"]] == ["2026-02"]
    assert get(client, "/comments?body=DOT")["data"] == []


def test_things_are_found_by_words(client: PageClient, newest: int) -> None:
    rows = get(client, "/search?q=%E5%85%AC%E5%9B%AD")["data"]
    assert [row["code"] for row in rows] == ["DPR"]
    shapes.Hit.model_validate(rows[0], strict=True)
    assert len(walk(client, "/search?q=in&limit=1")) == len(get(client, "/search?q=in")["data"]) == 2
    assert [row["code"] for row in get(client, "/search?q=in&year=2021&targets=yes")["data"]] == ["clean-parks"]
    assert get(client, "/search?q=!")["data"] == []
    for row in rows:
        assert client.get(row["links"]["api"]).status_code == client.get(row["links"]["page"]).status_code == 200


def test_ratings_come_part_by_part_and_a_hidden_part_is_null(client: PageClient, newest: int) -> None:
    (row,) = get(client, "/ratings?period=2026-01")["data"]
    assert row["by"]["channel"]["web"]["n"] == 40
    assert row["by"]["channel"]["web"]["levels"]["5"]["share"] == "0.2"
    assert (row["by"]["channel"]["qr"], row["by"]["question"]["a/b"]) == (None, None)
    assert (row["threshold"], row["transactions"], row["receipts"]) == (10, 160, None)
    assert (row["satisfied"]["share"], row["active_rate"], row["with_code_share"]) == ("0.6000", "0.2500", None)
    assert row["change"] is None  # nothing is published of the month before
    (whole,) = get(client, "/body-ratings?body=DPR")["data"]
    assert (whole["covers"], whole["n"]) == ("all", 40)


def test_a_change_is_told_with_its_interval_against_the_month_before(portal: Portal, client: PageClient) -> None:
    shares = {str(level): {"share": "0.2", "low": "0.1", "high": "0.3"} for level in range(1, 6)}
    none = {level: {"share": "0", "low": "0", "high": "0.1"} for level in shares}
    rating = {"t": "rating", "service": "permits", "body": "DPR", "suppressed": False, "n": "40"}
    append(portal, body(), service(), kind="register")
    append(
        portal,
        {**rating, "period": "2025-12", "levels": shares},
        {**rating, "period": "2026-01", "levels": {**none, "5": {"share": "1.0", "low": "0.9", "high": "1.0"}}},
        kind="ratings",
    )
    before, now = get(client, "/ratings?service=permits")["data"]
    assert before["change"] is None
    assert now["change"]["share"] == "0.4000"
    assert float(now["change"]["low"]) > 0


def test_how_a_body_answered_comes_in_whole_numbers(client: PageClient, newest: int) -> None:
    (row,) = get(client, "/rating-answers?service=permits")["data"]
    assert (row["asked"], sum(row["came"].values()), row["came"]["overdue"]) == (12, 12, 3)
    assert (row["ended"]["confirmed"], row["ended"]["elapsed"]) == (3, 2)
    (together,) = get(client, "/body-answers?body=DPR&period=2026-01")["data"]
    assert (together["covers"], together["asked"], together["came"]) == ("shown", 12, row["came"])
    (said,) = get(client, "/rating-replies?body=DPR")["data"]
    assert said["text"] == "We now open at eight."


def test_suppressed_ratings_hold_no_number(client: PageClient, newest: int) -> None:
    row = get(client, "/ratings?period=2026-02")["data"][0]
    assert (row["suppressed"], row["n"], row["levels"]) == (True, None, {})


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("/figures?colour=red", 400, "colour"),
        ("/figures?body=DPR&body=DOT", 400, "body"),
        ("/figures?limit=0", 422, "limit"),
        ("/figures?limit=1001", 422, "limit"),
        ("/figures?limit=%EF%BC%91", 422, "limit"),
        ("/figures?period=soon", 422, "period"),
        ("/figures?status=good", 422, "status"),
        ("/figures?body=%00", 422, "body"),
        ("/figures?cursor=nonsense", 404, "cursor"),
        ("/figures?cursor=%25", 422, "cursor"),
        ("/figures?period=2022-75", 404, "period"),
        ("/figures?body=nobody", 404, "body"),
        ("/indicators?service=none", 404, "service"),
        ("/bodies?edition=0", 422, "edition"),
        ("/bodies?edition=99", 404, None),
        ("/bodies/nobody", 404, None),
        ("/bodies/%00", 404, None),
        ("/figures/DPR/clean-parks/1999", 404, None),
        ("/nothing", 404, None),
        ("/search", 400, "q"),
        ("/search?q=", 422, "q"),
        ("/search?q=x&year=soon", 422, "year"),
        ("/openapi.json?x=1", 400, "x"),
    ],
)
def test_refusal_is_a_problem_that_names_the_parameter(
    client: PageClient, newest: int, path: str, status: int, parameter: str | None
) -> None:
    reply = client.get(ROOT + path)
    assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    problem = shapes.Problem.model_validate_json(reply.text)
    assert problem.status == status
    assert [fault.parameter for fault in problem.errors] == ([parameter] if parameter else [])


def test_cursor_of_one_question_does_not_answer_another(client: PageClient, newest: int) -> None:
    cursor = get(client, "/figures?body=DPR&limit=1")["next"].partition("cursor=")[2]
    for path in (f"/figures?cursor={cursor}", f"/bodies?cursor={cursor}", f"/figures?body=DOT&cursor={cursor}"):
        assert client.get(ROOT + path).status_code == 404, path
    assert client.get(f"{ROOT}/figures?body=DPR&cursor={cursor}&edition=1").status_code == 404
    assert client.get(f"{ROOT}/figures?body=DPR&cursor={cursor}&edition={newest}").status_code == 200


def test_only_reading_is_possible(client: PageClient, newest: int) -> None:
    reply = client.post(f"{ROOT}/figures")
    assert (reply.status_code, reply.mimetype) == (405, "application/problem+json")
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "Access-Control-Allow-Origin" not in reply.headers
    head = client.head(f"{ROOT}/figures")
    assert (head.status_code, head.get_data()) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000


def test_script_of_another_site_may_ask(client: PageClient, newest: int) -> None:
    reply = client.options(f"{ROOT}/figures", headers={"Access-Control-Request-Method": "GET"})
    assert reply.status_code == 200
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in reply.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in reply.headers["Access-Control-Allow-Headers"]


def test_unchanged_answer_is_304(client: PageClient, newest: int) -> None:
    for path in ("/figures", "/figures?edition=1", "/openapi.json"):
        tag = client.get(ROOT + path).headers["ETag"]
        reply = client.get(ROOT + path, headers={"If-None-Match": tag})
        assert (reply.status_code, reply.get_data()) == (304, b""), path


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0"])
def test_other_formats_are_refused_whether_kept_or_not(client: PageClient, newest: int, accept: str) -> None:
    for _ in range(2):
        reply = client.get(f"{ROOT}/bodies", headers={"Accept": accept})
        assert (reply.status_code, reply.mimetype) == (406, "application/problem+json")
        for fine in ("*/*", "application/json", "text/html,application/*;q=0.5"):
            assert client.get(f"{ROOT}/bodies", headers={"Accept": fine}).status_code == 200


def test_too_many_questions_from_one_address_are_told_when_to_go_on(
    client: PageClient, newest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "api", "1 per 10 minutes")
    fresh = limits.AddressLimits("")
    client.application.extensions[limits.EXTENSION] = fresh
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get(f"{ROOT}/figures?limit=1", environ_overrides=elsewhere).status_code == 200
    reply = client.get(f"{ROOT}/figures?limit=2", environ_overrides=elsewhere)
    assert (reply.status_code, reply.mimetype) == (429, "application/problem+json")
    assert int(reply.headers["Retry-After"]) > 0


def test_database_away_is_a_problem_that_says_when_to_come_back(
    client: PageClient, portal: Portal, newest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def away(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr("portal.publishing.queries.current_edition", away)
    reply = client.get(f"{ROOT}/figures?limit=7")
    assert (reply.status_code, reply.mimetype) == (503, "application/problem+json")
    assert "Retry-After" in reply.headers


def test_what_is_not_published_is_in_no_answer(client: PageClient, portal: Portal, newest: int) -> None:
    from portal.publishing.services import propose_act

    with portal.database.write() as session:
        statements = [figure(period="2030", actual="666"), release("secret")]
        propose_act(
            session,
            kind="release",
            statements=statements,
            proposed_by="p",
            approved_by=None,
            now=portal.clock.now(),
            ready=False,
        )
    for path in ("/figures", "/figures?period=2030", "/releases", "/figures?indicator=clean-parks"):
        assert "2030" not in client.get(ROOT + path).text.replace("period=2030", "")
        assert "secret" not in client.get(ROOT + path).text
    assert client.get(f"{ROOT}/figures/DPR/clean-parks/2030").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_page_for_people_lists_every_address_with_a_call_that_answers(
    client: PageClient, newest: int, prefix: str
) -> None:
    page = client.get(f"{prefix}/api").text
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi":
            assert rule.rule.replace("<", "{").replace(">", "}").rstrip("/") in page, rule.rule
    calls = re.findall(r'href="(/api/v1[^"]*)"', page)
    assert len(calls) > 10
    for call in calls:
        assert client.get(unescape(call)).status_code == 200, call
    assert 'href="/api"' in client.get("/data").text


def test_page_for_people_stands_before_anything_is_published(client: PageClient) -> None:
    assert client.get("/api").status_code == 200
    assert client.get("/api.json").headers["Location"] == ROOT
