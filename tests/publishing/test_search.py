"""Whoever looks for something published finds it, narrows it down, and is never met by an error."""

import json
from importlib import import_module
from typing import Any

import pytest

from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.found import Facet, Found
from portal.publishing.services import propose_act
from tests.factories.publishing import append, body, figure, indicator, release, service
from tests.foundation.corpora import naughty_strings
from tests.pages import PageClient

OPERATORS = (
    *("AND", "OR NOT", "NEAR(a b)", "a*", '"a', "title:plan", "{title}: plan", "^plan", "-plan", "plan OR", "* *"),
    *(
        "a & b",
        "a <-> b",
        ":*",
        "'",
        "(",
        "!a",
        "\\",
        "%",
        "_",
        "a\x00b",
        "1e5",
        "-1.50",
        "a@b.c",
        "/x/y",
    ),
)


@pytest.fixture
def published(portal: Portal) -> int:
    append(
        portal,
        body("CITY", names={"en": "Riverside City", "zh_Hans": "河湾市"}, parent=None),
        body("RBO", names={"en": "Building Office", "zh_Hans": "建筑局"}, level="county", parent="CITY"),
        service("plans", body="RBO", names={"en": "Plan review", "zh_Hans": "图纸审查"}),
        indicator(
            "PLAN-DAYS", body="RBO", names={"en": "Days until a plan is reviewed", "zh_Hans": "图纸审查天数"}
        ),
        indicator("visits", names={"en": "Visits", "zh_Hans": "走访"}, definition={"en": "Visits to plan sites."}),
        kind="register",
    )
    return append(
        portal,
        release("plans-2022", names={"en": "Plans, 2022", "zh_Hans": "2022年图纸审查"}),
        figure(body="RBO", indicator="PLAN-DAYS", period="2021"),
        figure(body="RBO", indicator="PLAN-DAYS", period="2022-Q1"),
        figure(body="RBO", indicator="visits", period="2023", target=None),
    )


def look(portal: Portal, query: str, edition: int, only: dict[Facet, str] | None = None, **more: Any) -> Found:
    with portal.database.read() as session:
        return queries.search(session, query, edition=edition, only=only, **more)


def codes(found: Found) -> list[str]:
    return [hit.code for hit in found.hits]


def counts(found: Found, facet: Facet) -> dict[str, int]:
    return {one.value: one.count for one in found.choices[facet]}


def test_closest_comes_first(portal: Portal, published: int) -> None:
    assert codes(look(portal, "plan", published)) == ["plans", "plans-2022", "PLAN-DAYS", "visits"]
    assert codes(look(portal, "审查", published)) == ["plans", "plans-2022", "PLAN-DAYS"]


def test_beginnings_of_words_are_enough(portal: Portal, published: int) -> None:
    assert codes(look(portal, "buil off", published)) == ["RBO"]
    assert codes(look(portal, "uilding", published)) == []


def test_code_is_found_exactly_and_first(portal: Portal, published: int) -> None:
    assert codes(look(portal, "PLAN-DAYS", published))[0] == "PLAN-DAYS"
    assert codes(look(portal, "plan-days", published))[0] == "PLAN-DAYS"


def test_code_of_another_system_is_found(portal: Portal, published: int) -> None:
    n = append(portal, body("RBO", codes={"uscc": "12100000400000000X", "gb2260": "110101"}), kind="register")
    assert codes(look(portal, "12100000400000000x", n)) == ["RBO"]
    assert codes(look(portal, "110101", n)) == ["RBO"]
    assert codes(look(portal, "110101", published)) == []


def test_body_is_found_by_a_name_it_had(portal: Portal, published: int) -> None:
    former = [{"names": {"en": "Works Bureau", "zh_Hans": "工务局"}, "until": "2019-12-31"}]
    n = append(portal, body("RBO", names={"en": "Building Office"}, former=former), kind="register")
    assert codes(look(portal, "工务局", n)) == codes(look(portal, "works bur", n)) == ["RBO"]


def test_results_are_counted_and_narrowed_down(portal: Portal, published: int) -> None:
    found = look(portal, "plan", published)
    assert counts(found, Facet.KIND) == {"indicator": 2, "release": 1, "service": 1}
    assert counts(found, Facet.BODY) == {"RBO": 2}
    assert counts(found, Facet.LEVEL) == {"county": 2}
    assert counts(found, Facet.TARGETS) == {"yes": 1}
    assert counts(found, Facet.YEAR) == {"2023": 1, "2022": 1, "2021": 1}
    for facet, value, expected in (
        (Facet.KIND, "service", ["plans"]),
        (Facet.BODY, "RBO", ["plans", "PLAN-DAYS"]),
        (Facet.LEVEL, "county", ["plans", "PLAN-DAYS"]),
        (Facet.TARGETS, "yes", ["PLAN-DAYS"]),
        (Facet.YEAR, "2023", ["visits"]),
    ):
        assert codes(look(portal, "plan", published, {facet: value})) == expected, facet
    both = {Facet.KIND: "indicator", Facet.TARGETS: "yes"}
    assert codes(look(portal, "plan", published, both)) == ["PLAN-DAYS"]


def test_pages_follow_each_other(portal: Portal, published: int) -> None:
    whole = codes(look(portal, "plan", published))
    pages = [codes(look(portal, "plan", published, limit=1, offset=at)) for at in range(5)]
    assert [code for page in pages for code in page] == whole


def test_search_is_as_of_an_edition_and_finds_the_newest_names_of_it(portal: Portal, published: int) -> None:
    n = append(portal, indicator("visits", names={"en": "Calls", "zh_Hans": "来电"}), kind="register")
    assert "visits" in codes(look(portal, "走访", published))
    assert look(portal, "走访", n).total == 0
    assert codes(look(portal, "来电", n)) == ["visits"]
    assert look(portal, "来电", published).total == 0


def test_what_is_not_published_yet_or_was_thrown_away_is_not_found(portal: Portal, published: int) -> None:
    with portal.database.write() as session:
        propose_act(
            session,
            kind="register",
            statements=[body("SECRET", names={"en": "Secret Office"})],
            proposed_by="p",
            approved_by=None,
            now=portal.clock.now(),
            ready=False,
        )
    assert look(portal, "secret", published).total == 0


def test_broad_question_says_that_there_are_more(
    portal: Portal, published: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("portal.publishing.queries.search"), "MOST_MATCHES", 2)
    found = look(portal, "plan", published)
    assert (found.total, found.more) == (2, True)
    assert look(portal, "plan", published, {Facet.KIND: "service"}).more is False


def test_empty_result_suggests_what_finds_something(portal: Portal, published: int) -> None:
    assert look(portal, "bilding", published).suggestions == ()
    assert look(portal, "buidling", published).suggestions == ("building",)
    assert look(portal, "buidling ofice", published).suggestions[0] == "building office"
    assert look(portal, "plan zebra", published).suggestions == ("plan",)
    assert look(portal, "图纸管理", published).suggestions == ("图纸",)


def test_page_leads_from_nothing_to_something(client: PageClient, published: int) -> None:
    page = client.get("/search?q=buidling").text
    assert 'href="/search?q=building"' in page
    assert "Nothing published matches" in page


def test_page_shows_choices_and_takes_them_back(client: PageClient, published: int) -> None:
    page = client.get("/search?q=plan").text
    assert 'href="/search?q=plan&amp;kind=service"' in page
    narrowed = client.get("/search?q=plan&kind=indicator&targets=yes").text
    assert 'href="/search?q=plan&amp;targets=yes"' in narrowed
    assert "/bodies/RBO/indicators/PLAN-DAYS" in narrowed
    assert "/services/plans" not in narrowed


def test_json_gives_the_same(client: PageClient, published: int) -> None:
    found = json.loads(client.get("/search.json?q=plan&kind=indicator").text)
    assert (found["total"], found["only"]) == (2, {"kind": "indicator"})
    assert [one["code"] for one in found["results"]] == ["PLAN-DAYS", "visits"]
    assert found["facets"]["targets"] == {"yes": 1}


@pytest.mark.parametrize(
    "asked", ["kind=planet", "body=%00", "level=x", "year=twenty", "targets=no", "page=-1", "page=9999"]
)
def test_choices_that_make_no_sense_are_left_out(client: PageClient, published: int, asked: str) -> None:
    assert client.get(f"/search?q=plan&{asked}").status_code == 200


def test_no_question_meets_an_error(client: PageClient, published: int) -> None:
    for asked in (*naughty_strings(), *OPERATORS):
        reply = client.get("/search", query_string={"q": asked})
        assert reply.status_code == 200, asked
    assert client.get("/search?q=%ed%a0%80").status_code == 200
