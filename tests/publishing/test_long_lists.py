"""Long lists come by the page, and say on all pages together what they say as one."""

import re

import pytest

from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.files.between import register_rows
from portal.publishing.queries import between
from portal.publishing.queries.lines import context_of
from portal.publishing.queries.register_between import register_between
from portal.publishing.web.public import bodies, coverage
from tests.factories.publishing import append, body, figure, indicator
from tests.pages import PageClient

CODES = ("A", "B", "C", "D")


def city(portal: Portal) -> int:
    """A city with a bureau that has an office, and a fourth body by itself; figures of all but the city."""
    parents = {"A": None, "B": "A", "C": "B", "D": None}
    register = [*(body(code, parent=parent) for code, parent in parents.items()), indicator(), indicator("second")]
    append(portal, *register, kind="register")
    said = [figure(body=code, indicator=one) for code in "BCD" for one in ("clean-parks", "second")]
    return append(portal, *said, figure(body="D", period="2023"))


def listed(page: str) -> list[str]:
    return re.findall(r'gp-tree__item">\s*<a href="/bodies/(\w+)"', page)


def test_each_page_of_bodies_names_what_its_bodies_are_below(
    client: PageClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    city(portal)
    assert listed(client.get("/bodies").text) == list(CODES)
    monkeypatch.setattr(bodies, "PAGE_SIZE", 2)
    assert listed(client.get("/bodies?page=1&x=1").text) == ["A", "B"]
    second = client.get("/bodies?page=2")
    assert listed(second.text) == ["A", "B", "C", "D"]
    assert second.text.count("2 indicators") == 3
    assert len(client.get("/bodies.json").json["bodies"]) == 4


def test_coverage_counts_all_bodies_by_the_page(
    client: PageClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    city(portal)
    monkeypatch.setattr(coverage, "MOST_BODIES", 2)
    pages = [client.get(f"/coverage?bodies={n}").text for n in (1, 2)]
    assert [re.findall(r'href="/coverage\?body=(\w)"', page) for page in pages] == [["B", "C"], ["D"]]
    assert 'href="/coverage?bodies=2"' in pages[0]


def test_bodies_have_the_indicators_of_which_they_have_figures(portal: Portal) -> None:
    last = city(portal)
    later = append(portal, figure(body="A", indicator="second"))
    with portal.database.read() as session:
        before = queries.indicator_counts(session, CODES, edition=last)
        after = queries.indicator_counts(session, CODES, edition=later)
        assert queries.indicators_of(session, "D", edition=later) == ("clean-parks", "second")
    assert before == {"A": 0, "B": 2, "C": 2, "D": 2}
    assert after == before | {"A": 1}


def test_changed_figures_are_the_same_whether_all_are_looked_at_or_only_some_bodies(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = city(portal)
    append(portal, figure(body="C", actual="1", replaces=first), figure(body="D", period="2024"))
    last = append(
        portal, figure(body="C", actual="2", replaces=first + 1), figure(body="B", actual=None, replaces=first)
    )

    def told() -> list[object]:
        with portal.database.read() as session:
            pages = [
                [
                    (line.key, line.edition)
                    for line in between.lines_between(session, start, last, limit=2, offset=at)
                ]
                for start in (0, first)
                for at in range(9)
            ]
            return [pages, *(between.count_touched(session, start, last) for start in (0, first))]

    whole = told()
    monkeypatch.setattr(between, "FEW", 0)
    assert told() == whole
    assert whole[1:] == [8, 3]


def test_entries_of_the_register_between_editions_are_those_of_the_files(portal: Portal) -> None:
    first = city(portal)
    renamed = body("B", parent="A", names={"en": "Renamed", "zh_Hans": "改名"})
    append(portal, renamed, indicator("third"), body("E"), body("D"), kind="register")
    last = append(portal, body("E", names={"en": "Again", "zh_Hans": "再次"}), kind="register")
    with portal.database.read() as session:
        for start in (0, first):
            rows = list(register_rows(context_of(session, start), context_of(session, last)))
            known = [(row["what"], row[f"{row['what']}_code"], row["change"], row["parts"]) for row in rows]
            assert register_between(session, start, last, most=100) == (known, len(known))
            assert register_between(session, start, last, most=2) == (known[:2], len(known))


def test_indicators_are_called_what_their_newest_entry_says(portal: Portal) -> None:
    said = {"en": 'Of "names":{"en":"x"}', "zh_Hans": "“名称”"}
    append(portal, indicator(), indicator("second", definition=said), kind="register")
    last = append(portal, indicator("second", definition=said, names=said), kind="register")
    with portal.database.read() as session:
        for edition in (last - 1, last):
            known = {one.code: one.names for one in queries.list_indicators(session, edition=edition)}
            assert queries.names_of_indicators(session, edition=edition) == known


def test_indicators_come_in_the_order_of_their_names_in_each_edition_and_language(portal: Portal) -> None:
    """Whatever was asked before: the order is kept, and must be that of the edition and language asked for."""
    first = append(
        portal,
        indicator("c", names={"en": "Alike", "zh_Hans": "乙"}),
        indicator("b", names={"en": "Alike"}),
        indicator("a", names={"en": "Zebra", "zh_Hans": "甲"}),
        kind="register",
    )
    last = append(
        portal, indicator("a", names={"en": "Aardvark", "zh_Hans": "丁"}), indicator("d"), kind="register"
    )
    expected = {
        (first, "en"): ("b", "c", "a"),
        (first, "zh_Hans"): ("b", "c", "a"),
        (last, "en"): ("a", "b", "c"),
        (last, "zh_Hans"): ("b", "a", "c"),
    }
    for _ in range(2):
        with portal.database.read() as session:
            for (edition, language), order in expected.items():
                found = queries.indicators_by_name(session, language, edition=edition)
                assert [code for code in found if code != "d"] == list(order)
                assert ("d" in found) == (edition == last)
                assert queries.count_published(session, edition=edition)["indicators"] == len(found)
