"""Numbers about reports tell of many or of nobody: never of few, and not by subtraction either."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases.counting import STAGES, Reported, count, shown_parts
from portal.cases.values import CaseState, Deadline, Finding
from portal.cases.values.quarters import Quarter

T = 10


def reports(n: int, **fields: object) -> list[Reported]:
    return [Reported(**{"state": CaseState.CLOSED, "finding": Finding.UPHELD} | fields)] * n  # type: ignore[arg-type]


def test_every_state_belongs_to_one_stage() -> None:
    assert sorted(state for states in STAGES.values() for state in states) == sorted(CaseState)


def test_too_few_reports_are_as_good_as_none() -> None:
    assert count([], threshold=T) is None
    assert count(reports(9), threshold=T) is None
    assert count(reports(10), threshold=T) is not None


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(1, 12))
def test_no_hidden_part_can_be_worked_out(sizes: list[int], threshold: int) -> None:
    """Whoever subtracts everything shown from the whole learns of at least two parts, and of many."""
    parts = dict(enumerate(sizes))
    shown = shown_parts(parts, threshold=threshold)
    hidden = [parts[name] for name, n in shown.items() if n is None]
    assert not any(n and 0 < n < threshold for n in shown.values())
    assert all(shown[name] in (None, n) for name, n in parts.items())
    if hidden:
        assert len(hidden) > 1 or len(parts) == 1
        assert sum(hidden) >= threshold or all(n is None or n == 0 for n in shown.values())


def test_what_is_large_enough_is_shown() -> None:
    assert shown_parts({"a": 12, "b": 30, "c": 0}, threshold=T) == {"a": 12, "b": 30, "c": 0}
    assert shown_parts({"a": 2, "b": 30, "c": 12}, threshold=T) == {"a": None, "b": 30, "c": None}


def test_outcomes_are_hidden_with_the_stage_they_add_up_to() -> None:
    """Five outcomes that are shown would give the number of decided reports back."""
    few = [*reports(3), *reports(20, state=CaseState.RECEIVED, finding=None)]
    found = count(few, threshold=T)
    assert found is not None and found.stages["decided"] is None
    assert set(found.outcomes.values()) == {None}


def test_a_missed_day_is_told_however_few_there_were() -> None:
    """It tells of the office, and of no reporter: one of thirty could be anybody's."""
    late = reports(1, missed=frozenset({Deadline.FEEDBACK}), days={Deadline.FEEDBACK: 120})
    found = count([*reports(29, days={Deadline.FEEDBACK: 60, Deadline.ACKNOWLEDGE: 2}), *late], threshold=T)
    assert found is not None
    kept = found.duties[Deadline.FEEDBACK]
    assert (kept.in_time, kept.missed, kept.median_days) == (29, 1, 60.0)
    assert found.duties[Deadline.MESSAGE].median_days is None


@pytest.mark.parametrize(
    ("day", "name", "start"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 1, 1)),
        (date(2026, 6, 30), "2026-Q2", date(2026, 4, 1)),
        (date(2026, 12, 31), "2026-Q4", date(2026, 10, 1)),
    ],
)
def test_a_quarter_knows_its_name_its_beginning_and_its_neighbours(day: date, name: str, start: date) -> None:
    quarter = Quarter.of(day)
    assert (str(quarter), quarter.start, Quarter.parse(name)) == (name, start, quarter)
    assert quarter.after.before == quarter == quarter.before.after
    assert [str(one) for one in quarter.until(quarter.after.after)] == [name, str(quarter.after)]
    assert all(one < other for one, other in combinations((quarter.before, quarter, quarter.after), 2))
