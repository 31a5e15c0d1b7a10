"""Nothing published changes without a line that says what it was, what it is, why, and in which editions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.changes import OF_A_FIGURE, OF_AN_INDICATOR, Changed, ChangeFilter, FieldChange, between
from portal.publishing.errors import BadStatement
from portal.publishing.services import salt_text
from portal.publishing.values import Cause, cite
from tests.factories.publishing import append, body, figure, indicator

SHARED = {"t": "indicator", "names": {"en": "Clean parks"}, "unit": "%"}


def changes(portal: Portal, **asked: object) -> list[tuple[str, int, Cause | None]]:
    with portal.database.read() as session:
        n = queries.current_edition(session).n
        found = queries.changes(session, edition=n, only=ChangeFilter(**asked))  # type: ignore[arg-type]
        assert queries.count_changes(session, edition=n, only=ChangeFilter(**asked)) == len(found)  # type: ignore[arg-type]
    return [(one.id.partition("/")[2], one.new_edition, one.cause) for one in found]


@pytest.mark.parametrize("what", OF_A_FIGURE)
def test_every_part_of_a_figure_that_changes_is_told(what: Changed) -> None:
    old, new = figure(**{what.value: None}), figure(**{what.value: "7"})
    assert between(old, new) == (FieldChange(what, None, "7"),)


@pytest.mark.parametrize("what", OF_AN_INDICATOR)
def test_every_part_of_an_indicator_that_changes_is_told(what: Changed) -> None:
    old, new = indicator(**{what.value: "one"}), indicator(**{what.value: "two"})
    assert between(old, new) == (FieldChange(what, "one", "two"),)


@given(st.dictionaries(st.sampled_from([what.value for what in OF_A_FIGURE]), st.sampled_from(["1", "1.0", None])))
def test_a_change_told_backwards_is_the_same_change_reversed(parts: dict[str, str | None]) -> None:
    one, other = figure(), figure(**parts)
    there, back = between(one, other), between(other, one)
    assert [(part.what, part.new, part.old) for part in there] == [
        (part.what, part.old, part.new) for part in back
    ]
    assert between(other, other) == ()


def test_a_changed_definition_comes_with_its_cause_and_reason(portal: Portal) -> None:
    first = append(portal, indicator(weight="20"), kind="register")
    with portal.database.write() as session:
        reason = salt_text(session, "The survey was replaced by a count.")
    wider = {"en": "Parks in good condition, playgrounds included."}
    second = append(
        portal,
        indicator(weight="25", definition=wider, cause="method-change", reason=cite(reason)),
        kind="register",
    )
    with portal.database.read() as session:
        assert queries.changes(session, edition=first) == ()
        (found,) = queries.changes(session, edition=second)
    assert (found.cause, found.old_edition, found.new_edition) == (Cause.METHOD_CHANGE, first, second)
    assert found.note is not None
    assert found.note.text == "The survey was replaced by a count."
    assert found.field(Changed.WEIGHT) == FieldChange(Changed.WEIGHT, "20", "25")
    assert found.field(Changed.DEFINITION) == FieldChange(Changed.DEFINITION, indicator()["definition"], wider)
    assert found.key is None


@pytest.mark.parametrize("wrong", [{"weight": 20}, {"cause": "because"}, {"reason": "in clear"}])
def test_a_change_of_the_register_is_checked_before_it_is_published(
    portal: Portal, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadStatement):
        append(portal, indicator(**wrong), kind="register")


def test_changes_are_asked_for_by_body_indicator_cause_and_day(portal: Portal, clock: FixedClock) -> None:
    own = indicator("own", body="OTHER")
    shared = [figure(body=code) for code in ("DPR", "OTHER")]
    first = append(portal, body(), body("OTHER"), indicator(), own, *shared, figure(body="OTHER", indicator="own"))
    clock.at += timedelta(days=2)
    wrong = append(portal, figure(actual="80", replaces=first, cause="self-disclosed"), kind="correction")
    clock.at += timedelta(days=2)
    defined = append(portal, indicator(unit="share", cause="method-change"), kind="register")
    renamed = append(portal, indicator("own", body="OTHER", names={"en": "Ours"}), kind="register")
    dpr = ("DPR/clean-parks/2022", wrong, Cause.SELF_DISCLOSED)
    unit = ("clean-parks", defined, Cause.METHOD_CHANGE)
    name = ("own", renamed, None)
    assert changes(portal) == [name, unit, dpr]
    assert changes(portal, body="DPR") == [unit, dpr]
    assert changes(portal, body="OTHER") == [name, unit]
    assert changes(portal, indicator="own") == [name]
    assert changes(portal, cause=Cause.METHOD_CHANGE) == [unit]
    assert changes(portal, until=date(2026, 2, 12)) == [dpr]
    assert changes(portal, since=date(2026, 2, 13)) == [name, unit]
    assert changes(portal, body="DPR", cause=Cause.SELF_DISCLOSED, since=date(2026, 2, 11)) == [dpr]
    assert changes(portal, body="nobody") == []


def test_pages_of_the_list_join_to_the_whole_list(portal: Portal) -> None:
    periods = [str(year) for year in range(2010, 2017)]
    first = append(portal, indicator(), *(figure(period=period) for period in periods))
    corrected = (
        figure(period=period, actual="1", replaces=first, cause="source-correction") for period in periods
    )
    append(portal, indicator(unit="share"), kind="register")
    last = append(portal, indicator(unit="points"), *corrected, kind="correction")
    with portal.database.read() as session:
        whole = queries.changes(session, edition=last)
        for size in (1, 2, 4, 9, 20):
            paged = [
                one
                for start in range(0, len(whole), size)
                for one in queries.changes(session, edition=last, limit=size, offset=start)
            ]
            assert paged == list(whole), size
        assert queries.changes_in(session, last, edition=last) == whole[:8]
    assert len(whole) == 9
    assert [one.new_edition for one in whole] == [last] * 8 + [last - 1]
