"""A dismissal is not the last word: a lot that nobody can foresee or choose has some of them read again."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.cases import drawing, rules
from portal.cases.errors import NotEligible, WrongState
from portal.cases.jobs import publish_counts
from portal.cases.models import Case, Filing, RereadRow, SampleRow
from portal.cases.queries import queue
from portal.cases.services import about, casework, decisions, joining
from portal.cases.services.rereading import read_again
from portal.cases.values import Asked, CaseState, Due, Finding, Reread, Shelf, Subject, reference
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.services import append_waiting
from portal.publishing.values import FigureKey
from tests.cases.test_desk import do, state_of, titles, to_state
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.factories.cases import FIGURE, UNWRITTEN, Office, answer, desk_of, filed_report, heard, officer_of

READ = "Read a dismissed case again"
READ_JOINED = "Read again a report that was joined into a case"


def at(portal: Portal, day: date) -> None:
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)


def on_the_day(portal: Portal, day: date) -> list[dict[str, Any]]:
    at(portal, day)
    publish_counts(portal)
    append_waiting(portal)
    return new_client(portal).get("/cases.json").get_json()["samples"]  # type: ignore[no-any-return]


def drawn_case(
    portal: Portal, office: Office, state: CaseState = CaseState.CLOSED, finding: Finding = Finding.NOT_UPHELD
) -> str:
    """Dismissed in a quarter the log committed to in time; the only one, so that it is drawn."""
    on_the_day(portal, date(2026, 4, 1))
    at(portal, date(2026, 4, 20))
    case_id = to_state(portal, office, CaseState.DECIDED, finding)
    if state is CaseState.CLOSED:
        do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    on_the_day(portal, date(2026, 7, 1))
    on_the_day(portal, date(2026, 10, 1))
    return case_id


@pytest.fixture
def third(portal: Portal, office: Office) -> Someone:
    return person(portal, roles=["case-officer"], name="Dora Third")


def test_the_log_binds_us_before_a_quarter_begins_and_shows_the_number_after(
    portal: Portal, office: Office
) -> None:
    first = on_the_day(portal, date(2026, 4, 1))
    assert [(one["period"], one["seed"]) for one in first] == [("2026-Q3", None), ("2026-Q2", None)]
    on_the_day(portal, date(2026, 7, 1))
    last = {one["period"]: one for one in on_the_day(portal, date(2026, 10, 1))}
    assert sorted(last) == ["2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"]
    promised = next(one["commitment"] for one in first if one["period"] == "2026-Q2")
    assert sha256(bytes.fromhex(last["2026-Q2"]["seed"])).hexdigest() == promised == last["2026-Q2"]["commitment"]
    assert last["2026-Q3"]["seed"] is None and last["2026-Q2"]["drawn"] is None
    assert promised in new_client(portal).get("/cases").get_data(as_text=True)


def test_a_rotated_key_still_gives_the_number_that_was_committed_to(portal: Portal, office: Office) -> None:
    on_the_day(portal, date(2026, 4, 1))
    portal.keys.rotate("lookup")
    on_the_day(portal, date(2026, 7, 1))
    assert {one["period"]: one["seed"] for one in on_the_day(portal, date(2026, 10, 1))}["2026-Q2"]


def test_the_lot_falls_on_about_the_share_and_on_each_case_by_itself() -> None:
    seed, marks = bytes(32), {str(n): sha256(str(n).encode()).digest() for n in range(2000)}
    drawn = drawing.draw(seed, marks, percent=20)
    assert 300 < len(drawn) < 500
    some = {name: marks[name] for name in list(marks)[:1000]}
    assert drawing.draw(seed, some, percent=20) == drawn & some.keys()
    assert drawing.draw(sha256(b"other").digest(), marks, percent=20) != drawn
    assert len(drawing.draw(seed, {"0": marks["0"]}, percent=1)) == 1
    assert drawing.draw(seed, {}, percent=20) == frozenset()


def test_a_reporter_can_work_out_that_the_lot_fell_on_them(portal: Portal, office: Office, third: Someone) -> None:
    case_id = drawn_case(portal, office)
    seed = {one["period"]: one["seed"] for one in on_the_day(portal, date(2026, 10, 1))}["2026-Q2"]
    with portal.database.read() as session:
        mark = session.get_one(Filing, case_id).commitment
    assert drawing.draw(bytes.fromhex(seed), {"mine": mark}, percent=20) == {"mine"}


def test_nobody_who_had_a_part_in_dismissing_it_reads_it_again(
    portal: Portal, office: Office, third: Someone
) -> None:
    """Else whoever buried a report would say that it was rightly buried."""
    case_id = drawn_case(portal, office)
    assert READ in titles(portal, third)
    for someone in (office.officer, office.decider):
        assert READ not in titles(portal, someone)
        with pytest.raises(NotEligible):
            do(portal, read_again, someone, case_id, result=Reread.AGREES, reason="fine")
    with pytest.raises(IntegrityError), portal.database.write() as session:
        agreed = {"result": "agrees", "reader_id": office.decider.id, "read_on": date(2026, 10, 2)}
        session.execute(update(RereadRow).values(**agreed))


def test_a_doubt_opens_the_case_again(portal: Portal, office: Office, third: Someone) -> None:
    case_id = drawn_case(portal, office, CaseState.DECIDED)
    dora = desk_of(portal, third)
    address = f"/desk/cases/{'-'.join(case_id[i : i + 5] for i in range(0, 25, 5))}{case_id[25:]}"
    assert "Drawn to be read again" in dora.get(address).get_data(as_text=True)
    answer(dora, f"{address}/reread", result="doubts", reason="nobody looked at the sheets")
    assert state_of(portal, case_id) == ("reopened", None)
    assert READ not in titles(portal, third)
    with pytest.raises(WrongState):
        do(portal, read_again, third, case_id, result=Reread.AGREES, reason="again")


def test_a_closed_case_that_was_drawn_can_be_given_to_somebody_new(portal: Portal, office: Office) -> None:
    """Where all who hold it had a part in it, somebody has to be let in; and nothing else opens a closed case."""
    case_id = drawn_case(portal, office)
    late = person(portal, roles=["case-decider"], name="Eve Late")
    do(portal, casework.share, office.officer, case_id, person_id=late.id)
    assert READ in titles(portal, late)
    do(portal, read_again, late, case_id, result=Reread.AGREES, reason="rightly so")
    assert state_of(portal, case_id) == ("closed", "not-upheld")
    with pytest.raises(WrongState):
        do(portal, casework.share, office.officer, case_id, person_id=late.id)


def test_a_closed_case_whose_reading_is_late_is_found_as_late_by_its_own_day(
    portal: Portal, office: Office, third: Someone
) -> None:
    """It stands among the closed, under the day it was closed: long past, and nothing to go by."""
    case_id = drawn_case(portal, office)

    def closed(due: Due | None = None) -> list[str]:
        with portal.database.read() as session:
            asked, now = Asked(shelf=Shelf.CLOSED, due=due), portal.clock.now()
            return [one.id for one in queue(session, officer=officer_of(third), asked=asked, now=now).cases]

    assert closed() == [case_id] and closed(Due.LATE) == []
    at(portal, date(2026, 12, 1))
    assert closed(Due.LATE) == closed(Due.WEEK) == [case_id]
    do(portal, read_again, third, case_id, result=Reread.AGREES, reason="rightly so")
    assert closed() == [case_id] and closed(Due.LATE) == []


def test_every_finding_after_which_nothing_follows_is_in_the_lot() -> None:
    """What "referred" could not be read again would be the way to bury a report."""
    assert set(Finding) - rules.FOUND_FALSE == drawing.DISMISSED


def test_a_case_that_was_referred_is_read_again(portal: Portal, office: Office, third: Someone) -> None:
    case_id = drawn_case(portal, office, finding=Finding.REFERRED)
    assert READ in titles(portal, third)
    do(portal, read_again, third, case_id, result=Reread.DOUBTS, reason="nobody there has to deal with it")
    assert state_of(portal, case_id) == ("reopened", None)


def test_a_report_that_was_joined_into_a_dismissed_case_is_in_the_lot_with_it(
    portal: Portal, office: Office, third: Someone
) -> None:
    """Those who dismissed the one dismissed the other; and a lot that a joined case stops would spare them all."""
    on_the_day(portal, date(2026, 4, 1))
    at(portal, date(2026, 4, 20))
    first, again = (filed_report(portal).case_id for _ in range(2))
    for one in (first, again):
        do(portal, casework.acknowledge, office.officer, one)
    do(portal, joining.propose_joining, office.officer, again, into_id=first, reason="the same")
    do(portal, joining.agree_to_joining, office.decider, again)
    do(portal, casework.assign, office.officer, first, person_id=office.officer.id)
    do(portal, decisions.propose_finding, office.officer, first, finding=Finding.NOT_UPHELD, reason="so")
    do(portal, decisions.decide, office.decider, first)
    with portal.database.write() as session:
        session.execute(update(SampleRow).values(percent=100))
    on_the_day(portal, date(2026, 7, 1))
    on_the_day(portal, date(2026, 10, 1))
    with portal.database.read() as session:
        drawn = {row.case_id: (row.assigned_to, row.proposed_by) for row in session.scalars(select(RereadRow))}
    assert drawn[again] == (office.officer.id, office.officer.id)
    for someone in (office.officer, office.decider):
        with pytest.raises(NotEligible):
            do(portal, read_again, someone, again, result=Reread.AGREES, reason="fine")
    do(portal, read_again, third, again, result=Reread.AGREES, reason="rightly so")


WALLS_ALONE = {"body": "DPR", "indicator": "walls", "period": "2022"}
WALLS = Subject(**WALLS_ALONE, edition=1)


def joined_into_an_upheld_case(
    portal: Portal, office: Office, mine: dict[str, str], by: Someone | None = None
) -> tuple[str, str]:
    """A report about `mine` that two joined into a case about two figures, which was upheld for one of them. Then
    the lot of the quarter was drawn, and fell on all that are in it."""
    on_the_day(portal, date(2026, 4, 1))
    at(portal, date(2026, 4, 20))
    into = filed_report(portal, more=(WALLS,)).case_id
    case_id = filed_report(portal, subject=mine).case_id
    for one in (into, case_id):
        do(portal, casework.acknowledge, office.officer, one)
    do(portal, joining.propose_joining, by or office.officer, case_id, into_id=into, reason="tells nothing more")
    do(portal, joining.agree_to_joining, office.decider, case_id)
    do(portal, casework.assign, office.officer, into, person_id=office.officer.id)
    heard(portal, office.officer, into)
    figures = [FigureKey(*FIGURE.values())]
    found = {"finding": Finding.UPHELD, "figures": figures, "reason": "so"}
    do(portal, decisions.propose_finding, office.officer, into, **found)
    do(portal, decisions.decide, office.decider, into)
    with portal.database.write() as session:
        session.execute(update(SampleRow).values(percent=100))
    on_the_day(portal, date(2026, 7, 1))
    on_the_day(portal, date(2026, 10, 1))
    return case_id, into


@pytest.mark.parametrize(
    ("mine", "is_drawn"),
    [
        ({"body": "DPR"}, True),
        ({"body": "DPR", "service": "permits"}, True),
        (WALLS_ALONE, True),
        (FIGURE, False),
    ],
)
def test_what_was_joined_into_an_upheld_case_is_in_the_lot_unless_its_own_figure_was_found_false(
    portal: Portal, office: Office, third: Someone, mine: dict[str, str], is_drawn: bool
) -> None:
    """Else a report is buried by joining it into one that will be upheld for something else."""
    case_id, _ = joined_into_an_upheld_case(portal, office, mine)
    assert state_of(portal, case_id) == ("decided", "upheld")
    with portal.database.read() as session:
        assert set(session.scalars(select(RereadRow.case_id))) == ({case_id} if is_drawn else set())
    assert (READ_JOINED in titles(portal, third)) is is_drawn


def test_a_doubt_takes_the_joined_report_out_and_leaves_what_was_found_in_the_other(
    portal: Portal, office: Office, third: Someone
) -> None:
    case_id, into = joined_into_an_upheld_case(portal, office, WALLS_ALONE)
    do(portal, read_again, third, case_id, result=Reread.DOUBTS, reason="nobody looked at the walls")
    assert state_of(portal, case_id) == ("reopened", None)
    assert state_of(portal, into) == ("decided", "upheld")
    with portal.database.read() as session:
        case = session.get_one(Case, case_id)
        assert case.merged_into is None and about.figures_of(session, case) == (FigureKey("DPR", "walls", "2022"),)


def test_the_two_who_joined_a_report_into_another_do_not_say_that_it_was_rightly_so(
    portal: Portal, office: Office, third: Someone
) -> None:
    fourth = person(portal, roles=["case-officer"], name="Eve Fourth")
    case_id, _ = joined_into_an_upheld_case(portal, office, {"body": "DPR"}, by=third)
    assert READ_JOINED in titles(portal, fourth) and READ_JOINED not in titles(portal, third)
    for someone, is_offered in ((fourth, True), (third, False)):
        address = f"/desk/cases/{reference(case_id)}"
        assert (
            f'href="{address}/reread"' in desk_of(portal, someone).get(address).get_data(as_text=True)
        ) is is_offered
    with pytest.raises(NotEligible):
        do(portal, read_again, third, case_id, result=Reread.AGREES, reason="fine")
    do(portal, read_again, fourth, case_id, result=Reread.AGREES, reason="it told nothing more")
