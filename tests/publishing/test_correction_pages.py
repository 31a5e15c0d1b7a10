"""What was changed is read on one page, in files and in a feed, and each can be narrowed down."""

import csv
import io
import json

import pytest

from portal.foundation.context import Portal
from portal.publishing.services import salt_text
from portal.publishing.values import cite
from tests.conftest import Beginning, World
from tests.factories.publishing import append, body, figure, indicator, release
from tests.pages import PageClient
from tests.publishing.feeds import read_atom


def publish_and_correct(portal: Portal) -> tuple[int, int, int]:
    first = append(portal, body(), indicator(), release(), figure(), figure(period="2021"))
    with portal.database.write() as session:
        note = salt_text(session, "Counted twice <b>\x0b&</b>.")
        why = salt_text(session, "Playgrounds count from now on.")
    corrected = append(
        portal,
        figure(actual="81.0", replaces=first, cause="self-disclosed", note=cite(note)),
        kind="correction",
    )
    wider = {"en": "Parks and playgrounds.", "zh_Hans": "公园和游乐场。"}
    defined = append(portal, indicator(definition=wider, cause="method-change", reason=cite(why)), kind="register")
    return first, corrected, defined


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_and_correct if "editions" in request.fixturenames else None


@pytest.fixture
def editions(world: World) -> tuple[int, int, int]:
    return world.told


def rows(client: PageClient, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/corrections.csv?bom=0{query}").text)))


def test_the_page_tells_values_and_definitions_with_cause_and_note(
    client: PageClient, editions: tuple[int, int, int]
) -> None:
    for path in ("/corrections", "/zh-Hans/corrections"):
        page = client.get(path).text
        assert "91.50%" in page
        assert "81.0%" in page
        assert "Playgrounds count from now on." in page
    assert "Parks and playgrounds." in client.get("/corrections").text
    assert "公园和游乐场。" in client.get("/zh-Hans/corrections").text
    assert "Parks and playgrounds." in client.get("/indicators/clean-parks").text


def test_the_table_has_a_row_for_each_part_and_language(
    client: PageClient, editions: tuple[int, int, int]
) -> None:
    first, corrected, defined = editions
    found = [(row["changed"], row["language"], row["old"], row["new"], row["cause"]) for row in rows(client)]
    assert found == [
        ("definition", "en", "What is counted.", "Parks and playgrounds.", "method-change"),
        ("definition", "zh_Hans", "统计口径。", "公园和游乐场。", "method-change"),
        ("actual", "", "91.50", "81.0", "self-disclosed"),
    ]
    assert rows(client)[2]["body_name_en"] == "Body DPR"
    assert [(row["old_edition"], row["new_edition"]) for row in rows(client)][1:] == [
        (str(first), str(defined)),
        (str(first), str(corrected)),
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("&body=DPR", 2),
        ("&body=OTHER", 0),
        ("&indicator=clean-parks", 2),
        ("&cause=method-change", 1),
        ("&from=2026-02-09&until=2026-02-09", 2),
        ("&from=2026-02-10", 0),
    ],
)
def test_every_form_is_narrowed_down_alike(
    client: PageClient, editions: tuple[int, int, int], query: str, count: int
) -> None:
    assert len({(row["indicator_code"], row["new_edition"]) for row in rows(client, query)}) == count
    assert json.loads(client.get(f"/corrections.json?x{query}").text)["total"] == count
    assert len(read_atom(client.get(f"/corrections.atom?x{query}").data)) == count
    page = client.get(f"/corrections?{query[1:]}").text
    assert ("No change matches" in page) is (count == 0)


def test_what_cannot_be_read_is_named_and_kept(client: PageClient, editions: tuple[int, int, int]) -> None:
    page = client.get("/corrections?from=yesterday&cause=because&body=DPR")
    assert page.status_code == 422
    assert 'value="yesterday"' in page.text
    assert 'value="DPR"' in page.text
    assert "Choose one of the causes listed." in page.text
    for form in ("csv", "json", "atom"):
        assert client.get(f"/corrections.{form}?from=yesterday").status_code == 422


def test_the_feed_is_valid_and_names_each_change_for_good(
    client: PageClient, editions: tuple[int, int, int]
) -> None:
    _, corrected, defined = editions
    reply = client.get("/corrections.atom")
    assert reply.headers["Content-Type"].startswith("application/atom+xml")
    defined_entry, corrected_entry = read_atom(reply.data)
    assert defined_entry["id"] == f"https://portal.test/log/entries/{defined}#clean-parks"
    assert corrected_entry["id"] == f"https://portal.test/log/entries/{corrected}#DPR/clean-parks/2022"
    assert corrected_entry["link"] == "https://portal.test/bodies/DPR/indicators/clean-parks#versions"
    assert "Result: 91.50% → 81.0%" in corrected_entry["summary"]
    assert "Counted twice <b>" in corrected_entry["summary"]
    chinese = read_atom(client.get("/zh-Hans/corrections.atom").data)
    assert [one["id"] for one in chinese] == [defined_entry["id"], corrected_entry["id"]]
    assert chinese[1]["link"].startswith("https://portal.test/zh-Hans/")


def test_an_empty_feed_is_a_feed(client: PageClient) -> None:
    assert read_atom(client.get("/corrections.atom").data) == []


def test_a_long_feed_leads_on_to_its_next_page(client: PageClient, portal: Portal) -> None:
    years = [str(year) for year in range(1950, 2005)]
    first = append(portal, body(), indicator(), *(figure(period=year) for year in years))
    corrections = (figure(period=year, actual="1", replaces=first, cause="source-correction") for year in years)
    append(portal, *corrections, kind="correction")
    page = client.get("/corrections.atom?body=DPR").text
    assert (
        'rel="next" type="application/atom+xml" href="https://portal.test/corrections.atom?body=DPR&amp;page=2"'
        in page
    )
    assert len(read_atom(client.get("/corrections.atom?body=DPR&page=2").data)) == 5


def test_breaks_stand_on_the_figure_and_in_its_json(
    client: PageClient, portal: Portal, editions: tuple[int, int, int]
) -> None:
    append(portal, figure(period="2023"))
    address = "/bodies/DPR/indicators/clean-parks"
    assert "The definition was changed" in client.get(address).text
    (found,) = json.loads(client.get(f"{address}.json").text)["breaks"]
    assert (found["period"], found["reason"]) == ("2023", "definition")
