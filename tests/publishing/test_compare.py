"""Bodies stand side by side only when a reader asks, in the order of names, and never as a league table."""

import re

import pytest

from portal.foundation.context import Portal
from tests.factories.publishing import append, body, figure, indicator, release
from tests.pages import PageClient

ASKED = "?indicator=clean-parks&body=AAA&body=ZZZ"
BOTH = "/compare" + ASKED


def share(owner: str, count: int, n: int, **fields: object) -> dict[str, object]:
    actual = f"{count / n * 100:.1f}"
    return figure(body=owner, actual=actual, numerator=str(count), denominator=str(n), **fields)


@pytest.fixture
def three(portal: Portal) -> None:
    names = {"AAA": "Zoo Office", "ZZZ": "Air Office", "MMM": "Mill Office"}
    bodies = [body(code, names={"en": text, "zh_Hans": text}) for code, text in names.items()]
    append(portal, *bodies, indicator(), kind="register")
    append(portal, release(), share("AAA", 90, 100), share("ZZZ", 8, 10), share("MMM", 500, 1000, target="40"))


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_bodies_stand_in_the_order_of_names_whatever_their_values(
    client: PageClient, three: None, prefix: str
) -> None:
    page = client.get(prefix + BOTH).text
    assert page.index(">Air Office<") < page.index(">Zoo Office<")
    turned = client.get(prefix + "/compare?indicator=clean-parks&body=ZZZ&body=AAA").text
    assert turned.index(">Air Office<") < turned.index(">Zoo Office<")
    assert page.count("gp-c--small") == 2


def test_a_difference_is_told_only_where_intervals_do_not_overlap(client: PageClient, three: None) -> None:
    assert "Air Office and Zoo Office: no, their intervals overlap" in client.get(BOTH).text
    found = client.get(f"/compare.json{ASKED}&body=MMM").json
    told = {tuple(sorted(one["bodies"])): one["overlap"] for one in found["overlaps"]}
    assert told == {("AAA", "ZZZ"): True, ("AAA", "MMM"): False, ("MMM", "ZZZ"): True}
    assert [one["code"] for one in found["bodies"]] == ["ZZZ", "MMM", "AAA"], "by name"


def test_what_stands_against_comparing_is_said_first(client: PageClient, portal: Portal, three: None) -> None:
    append(portal, release("later"), share("ZZZ", 9, 10, period="2023", obs_status="D"))
    found = client.get(f"/compare.json{ASKED}&body=MMM").json
    assert set(found["caveats"]) >= {"periods", "targets", "sizes", "definition"}
    page = client.get(BOTH).text
    assert page.index("Before you compare") < page.index("gp-c--small")


def test_all_charts_share_one_scale(client: PageClient, three: None) -> None:
    page = client.get(BOTH + "&body=MMM").text
    scales = re.findall(r'<g class="gp-c-text-tick".*?</g>', page)
    assert len(scales) == 3
    assert len(set(scales)) == 1


def test_the_indicators_page_lets_the_reader_tick_and_ranks_nobody(client: PageClient, three: None) -> None:
    page = client.get("/indicators/clean-parks").text
    assert re.findall(r'type="checkbox" id="[^"]*" name="body" value="(\w+)"', page) == ["ZZZ", "MMM", "AAA"]
    assert "rank" not in client.get(BOTH).text.replace("This is no ranking", "").replace("never ranked", "")


def test_too_many_too_few_and_unknown_are_said_clearly(client: PageClient, portal: Portal, three: None) -> None:
    assert "Choose an indicator first" in client.get("/compare").text
    assert "Tick at least two" in client.get("/compare?indicator=clean-parks&body=AAA").text
    assert client.get("/compare?indicator=nothing").status_code == 404
    more = [f"B{at}" for at in range(9)]
    append(portal, *(body(code) for code in more), kind="register")
    append(portal, release("more"), *(figure(body=code) for code in more))
    page = client.get("/compare?indicator=clean-parks" + "".join(f"&body={code}" for code in more)).text
    assert "Only the first 8 by name are shown" in page
    assert page.count("gp-c--small") == 8


def test_the_table_comes_along_and_an_old_edition_stays(client: PageClient, portal: Portal, three: None) -> None:
    change = share("AAA", 50, 100, cause="source-correction", replaces=2)
    append(portal, change, kind="correction")
    assert "90.0" in client.get(f"/compare.csv{ASKED}&edition=2").text
    assert "90.0" not in client.get(f"/compare.csv{ASKED}").text
    assert "as-published" in client.get(f"{BOTH}&edition=2").text
