"""The pages from which journalists take data: whole in both languages, with an answer to every bad question."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.config import Settings
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.files import LAYOUTS
from portal.publishing.services.filing import make_missing
from portal.publishing.services.shelving import sign_made
from tests.conftest import new_client
from tests.factories.publishing import append, body, figure, indicator, release
from tests.pages import PageClient
from tests.publishing.files.made import publish

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TABLES = LAYOUTS[1].tables
UNDER_REVIEW = {
    "t": "notice",
    "body": "DPR",
    "indicator": "clean-parks",
    "period": "2021",
    "state": "under-review",
}


def changes(client: PageClient, first: int, last: int) -> list[dict[str, str]]:
    text = client.get(f"/data/changes.csv?from={first}&to={last}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_every_page_is_whole_in_both_languages_before_and_after_publishing(
    client: PageClient, portal: Portal, prefix: str
):
    for path in ("/data", "/data/columns", "/data/editions", "/data/changes", "/data/asof"):
        assert client.get(prefix + path).status_code == 200, path
    newest = publish(portal)
    pages = (
        "/data",
        "/data/editions",
        f"/data/editions/{newest}",
        f"/data/changes?from=1&to={newest}",
        "/data?edition=2",
    )
    for path in pages:
        assert client.get(prefix + path).status_code == 200, path
    make_missing(portal)
    sign_made(portal)
    for path in pages:
        assert client.get(prefix + path).status_code == 200, path


def test_the_data_page_offers_every_table_in_every_form_with_sizes_rows_and_meanings(
    client: PageClient, portal: Portal
):
    newest = publish(portal)
    make_missing(portal)
    page = client.get("/data").text
    for name in TABLES:
        for form in ("csv", "json", "xlsx", "parquet"):
            assert f'href="/data/latest/{name}.{form}"' in page
    assert "kB" in page and "sha256sum --check" in page
    assert f"/data/editions/{newest}/figures.csv" in page
    assert client.get("/data.json").json["files"][0]["rows"] == 2


def test_every_column_and_symbol_is_explained(client: PageClient):
    page = client.get("/data/columns").text
    for table in TABLES.values():
        for column in table.columns:
            assert f">{column.name}<" in page
    assert "[p]" in page and "provisional" in page
    assert "被评估单位编码" in client.get("/zh-Hans/data/columns").text


def test_the_page_of_an_old_edition_links_to_its_own_files(client: PageClient, portal: Portal):
    publish(portal)
    assert 'href="/data/editions/2/figures.csv"' in client.get("/data?edition=2").text
    assert 'href="/data/editions/2/figures.csv"' in client.get("/data/editions/2").text


def test_editions_are_listed_with_what_they_were_published_for(client: PageClient, portal: Portal):
    newest = publish(portal)
    found = client.get("/data/editions.json").json["editions"]
    assert [(one["n"], one["act"], one["release"]) for one in found] == [
        (newest, "correction", None),
        (3, "ratings", None),
        (2, "release", "parks-2022"),
        (1, "register", None),
    ]
    assert client.get("/data/editions.csv").data.count(b"\r\n") == newest + 1
    assert client.get("/data/editions/99").status_code == 404


def test_a_date_leads_to_the_edition_valid_when_that_day_ended(
    client: PageClient, portal: Portal, clock: FixedClock
):
    clock.at = datetime(2026, 2, 1, 23, 59, 59, tzinfo=UTC)
    first = append(portal, body(), indicator(), release(), figure())
    clock.at = datetime(2026, 2, 3, 0, 0, 0, tzinfo=UTC)
    second = append(portal, figure(period="2023"))
    clock.at += timedelta(days=3)
    expected = {"2026-02-01": first, "2026-02-02": first, "2026-02-03": second, "2026-02-05": second}
    for day, n in expected.items():
        assert client.get(f"/data/asof/{day}").headers["Location"] == f"/data/editions/{n}", day
        assert client.get(f"/data/asof?date={day}").headers["Location"] == f"/data/editions/{n}"
        reply = client.get(f"/data/asof/{day}/figures.csv")
        assert (reply.status_code, reply.headers["Location"]) == (302, f"/data/editions/{n}/figures.csv")


@pytest.mark.parametrize(
    ("day", "status", "says"),
    [
        ("yesterday", 422, "is no date"),
        ("2026-02-30", 422, "is no date"),
        ("20260201", 422, "is no date"),
        ("2026-02-09", 422, "has not ended yet (UTC)"),
        ("2027-01-01", 422, "has not ended yet (UTC)"),
        ("2020-01-01", 404, "Nothing was published yet"),
    ],
)
def test_a_day_that_has_no_edition_gets_a_clear_answer(
    client: PageClient, portal: Portal, day: str, status: int, says: str
):
    publish(portal)
    reply = client.get(f"/data/asof/{day}")
    assert reply.status_code == status
    assert says in reply.text
    form = client.get(f"/data/asof?date={day}")
    assert form.status_code == 422
    assert says in form.text and f'value="{day}"' in form.text
    for address, accepted in (
        (f"/data/asof/{day}", "application/json"),
        (f"/data/asof/{day}", "text/csv, */*;q=0.1"),
        (f"/data/asof?date={day}", "application/json"),
        (f"/data/asof/{day}/figures.csv", "*/*"),
        (f"/data/asof/{day}/figures.json", "text/html"),
    ):
        problem = client.get(address, headers={"Accept": accepted})
        assert (problem.status_code, problem.mimetype) == (status, "application/problem+json"), address
        assert problem.json is not None and says in problem.json["detail"]
        assert problem.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"/data/asof/{day}", headers={"Accept": BROWSER}).mimetype == "text/html"


def test_changes_say_what_was_added_and_what_was_changed_from_what_to_what_and_why(
    client: PageClient, portal: Portal
):
    newest = publish(portal)
    found = {(row["period"], row["what"]): row for row in changes(client, 1, newest)}
    assert found["2021", "figure"]["change"] == "added"
    assert found["2022", "figure"]["change"] == "added"
    (changed,) = changes(client, 2, newest)
    wanted = {
        "change": "changed",
        "period": "2022",
        "old_actual": "91.50",
        "new_actual": "81.0",
        "parts": "actual",
    }
    wanted |= {
        "cause": "upheld-report",
        "old_edition": "2",
        "new_edition": "4",
        "from_edition": "2",
        "to_edition": "4",
    }
    assert {name: changed[name] for name in wanted} == wanted


def test_changes_show_notices_and_the_register_too(client: PageClient, portal: Portal):
    newest = publish(portal)
    append(portal, UNDER_REVIEW, kind="notice")
    last = append(portal, body(names={"en": "Renamed", "zh_Hans": "改名"}), kind="register")
    rows = changes(client, newest, last)
    assert [(row["what"], row["change"], row["new_notice"], row["parts"]) for row in rows] == [
        ("figure", "notice", "under-review", ""),
        ("body", "changed", "", "names"),
    ]
    page = client.get(f"/data/changes?from={newest}&to={last}").text
    assert "Under review" in page and "names" in page


def test_a_withdrawn_figure_is_called_that(client: PageClient, portal: Portal):
    newest = publish(portal)
    last = append(portal, UNDER_REVIEW | {"state": "withdrawn"}, kind="notice")
    (row,) = changes(client, newest, last)
    assert (row["change"], row["old_notice"], row["new_notice"]) == ("withdrawn", "", "withdrawn")
    assert "Withdrawn" in client.get(f"/data/changes?from={newest}&to={last}").text


def test_a_figure_published_again_with_the_same_values_is_called_that(client: PageClient, portal: Portal):
    publish(portal)
    last = append(portal, figure(actual="81.0", replaces=4), kind="release")
    (row,) = changes(client, 4, last)
    assert row["change"] == "republished"


def test_from_nothing_everything_is_added(client: PageClient, portal: Portal):
    newest = publish(portal)
    assert {row["change"] for row in changes(client, 0, newest)} == {"added"}


def test_many_changes_come_by_the_page(client: PageClient, portal: Portal):
    append(portal, body(), indicator(), *(figure(period=str(1900 + at)) for at in range(60)))
    first = client.get("/data/changes?from=0&to=1").text
    second = client.get("/data/changes?from=0&to=1&page=2").text
    assert "1949" in first and "1959" not in first and "1959" in second


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=4&to=2", "The earlier edition comes first: from 2 to 4."),
        ("from=2&to=2", "Choose two different editions."),
        ("from=x&to=2", "Enter the number of an edition, from 0 to 4."),
        ("from=1&to=99", "Enter the number of an edition, from 1 to 4."),
        ("from=1", "Enter the number of an edition, from 1 to 4."),
        ("from=1&to=-1", "Enter the number of an edition, from 1 to 4."),
        ("from=1&to=٣", "Enter the number of an edition, from 1 to 4."),
    ],
)
def test_a_question_that_cannot_be_answered_comes_back_with_what_was_typed(
    client: PageClient, portal: Portal, query: str, says: str
):
    publish(portal)
    page = client.get(f"/data/changes?{query}")
    assert page.status_code == 422
    assert says in page.text
    for part in query.split("&"):
        assert f'value="{part.partition("=")[2]}"' in page.text
    problem: Any = client.get(f"/data/changes.json?{query}")
    assert (problem.status_code, problem.mimetype) == (422, "application/problem+json")
    assert problem.json["title"] == says


def test_the_same_changes_stay_the_same_bytes(client: PageClient, portal: Portal):
    newest = publish(portal)
    before = client.get(f"/data/changes.json?from=1&to={newest}").data
    append(portal, figure(actual="1", cause="method-change", replaces=newest), kind="correction")
    append(portal, body(names={"en": "Renamed", "zh_Hans": "改名"}), kind="register")
    assert client.get(f"/data/changes.json?from=1&to={newest}").data == before


def test_a_day_ends_by_the_clock_of_the_office(settings: Settings, portal: Portal, clock: FixedClock):
    clock.at = datetime(2026, 2, 1, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    first = append(portal, body(), indicator(), release(), figure())
    clock.at = datetime(2026, 2, 1, 16, 1, tzinfo=UTC)
    append(portal, figure(period="2023"))
    clock.at += timedelta(days=3)
    there = replace(portal, settings=settings.model_copy(update={"time_zone": "Asia/Shanghai"}))
    assert new_client(there).get("/data/asof/2026-02-01").headers["Location"] == f"/data/editions/{first}"
