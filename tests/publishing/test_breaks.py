"""Values that mean different things must not be read as one series."""

import pytest

from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.breaks import BreakReason
from tests.factories.publishing import append, body, figure, indicator

YEARS = ("2019", "2020", "2021", "2022")


@pytest.fixture
def first(portal: Portal) -> int:
    return append(portal, body(), indicator(), *(figure(period=year) for year in YEARS))


def breaks(portal: Portal) -> list[tuple[str, BreakReason, int]]:
    with portal.database.read() as session:
        n = queries.current_edition(session).n
        found = queries.breaks_of(session, "clean-parks", "DPR", n)
    return [(one.period, one.reason, one.edition) for one in found]


def test_a_series_under_one_method_has_no_break(portal: Portal, first: int) -> None:
    append(
        portal, figure(period="2020", actual="80", replaces=first, cause="source-correction"), kind="correction"
    )
    assert breaks(portal) == []


def test_a_value_declared_as_a_break_breaks_before_itself(portal: Portal, first: int) -> None:
    n = append(portal, figure(period="2023", obs_status="B"))
    append(portal, figure(period="2024"))
    assert breaks(portal) == [("2023", BreakReason.DECLARED, n)]


def test_nothing_breaks_before_the_first_value(portal: Portal) -> None:
    append(portal, body(), indicator(), figure(period="2019", obs_status="B"), figure(period="2020"))
    assert breaks(portal) == []


def test_recast_values_break_where_they_meet_those_of_the_old_method(portal: Portal, first: int) -> None:
    recast = [figure(period=year, actual="70", replaces=first, cause="method-change") for year in ("2021", "2022")]
    n = append(portal, *recast, kind="correction")
    append(portal, figure(period="2023"))
    assert breaks(portal) == [("2021", BreakReason.METHOD, n)]


def test_one_recast_value_amid_others_breaks_on_both_sides(portal: Portal, first: int) -> None:
    n = append(
        portal, figure(period="2020", actual="70", replaces=first, cause="method-change"), kind="correction"
    )
    assert breaks(portal) == [("2020", BreakReason.METHOD, n), ("2021", BreakReason.METHOD, n)]


def test_a_series_recast_as_a_whole_has_no_break(portal: Portal, first: int) -> None:
    recast = [figure(period=year, actual="70", replaces=first, cause="method-change") for year in YEARS]
    append(portal, *recast, kind="correction")
    assert breaks(portal) == []


def test_a_changed_definition_breaks_before_the_first_value_published_under_it(portal: Portal, first: int) -> None:
    n = append(
        portal, indicator(definition={"en": "Wider."}, unit="share", cause="method-change"), kind="register"
    )
    assert breaks(portal) == []
    append(portal, figure(period="2023"), figure(period="2024"))
    assert breaks(portal) == [("2023", BreakReason.DEFINITION, n), ("2023", BreakReason.UNIT, n)]


def test_a_changed_name_or_weight_breaks_nothing(portal: Portal, first: int) -> None:
    append(portal, indicator(names={"en": "Parks kept clean"}, weight="30"), kind="register")
    append(portal, figure(period="2023"))
    assert breaks(portal) == []
