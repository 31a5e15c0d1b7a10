"""What is owed after a finding has a day, and the day passes in public: correcting, reading again, asking later.

Were this to fail, a figure that was found false could stand for good, and nobody would have missed a thing.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from portal.cases import rules
from portal.cases.counting import AFTER, Ended, count_after
from portal.cases.jobs import check_in, escalate
from portal.cases.models import Case, MissedRow
from portal.cases.services import check_ins, corrections, decisions, rereading
from portal.cases.values import CaseState, Deadline, Finding, Reread, reference
from portal.foundation.context import Portal
from tests.cases.test_desk import do, titles, to_state
from tests.cases.test_rereading import drawn_case
from tests.cases.test_statistics import cases, decided, published
from tests.cases.test_steps import WATCH, later
from tests.factories.accounts import Someone, person
from tests.factories.cases import UNWRITTEN, Office, a_figure, desk_of

RIGHT = {"new_actual": "50", "new_target": "", "reason": "counted in the field"}
DAY = date(2026, 3, 2)
T = 10


def watched(portal: Portal, office: Office) -> bool:
    assert office.outside is not None
    escalate(portal)
    return WATCH in titles(portal, office.outside)


def missed(portal: Portal) -> list[str]:
    with portal.database.read() as session:
        return list(session.scalars(select(MissedRow.deadline).order_by(MissedRow.noticed_on)))


@pytest.mark.parametrize("deadline", sorted(AFTER))
def test_a_day_that_is_owed_counts_until_it_is_over(deadline: Deadline) -> None:
    owed = {f"{deadline.value.replace('-', '_')}_due": DAY}
    asked = {
        **dict.fromkeys(("message_due", "message_on", "answer_due")),
        "state": CaseState.CLOSED,
        "acknowledge_due": DAY,
        "feedback_due": DAY,
    }
    assert rules.missed(**asked, **owed, today=DAY) == ()  # type: ignore[arg-type]
    late = rules.missed(**asked, **owed, today=DAY + timedelta(1))  # type: ignore[arg-type]
    assert late == ((deadline, DAY),)
    assert rules.missed(**asked, today=date.max) == ()  # type: ignore[arg-type]


def test_a_correction_that_nobody_proposes_goes_outside_the_chain_and_is_late_in_the_queue(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED)
    assert not watched(portal, office)
    later(portal, 13)
    assert watched(portal, office)
    page = desk_of(portal, office.officer).get("/desk/cases?due=late").get_data(as_text=True)
    assert f"/desk/cases/{reference(case_id)}" in page and "<b>late</b>" in page
    shown = desk_of(portal, office.officer).get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)
    assert "Missed: proposing the correction of the figure" in shown
    do(portal, corrections.propose, office.officer, case_id, **RIGHT)
    assert not watched(portal, office)
    assert missed(portal) == ["correct"], "that it was missed stays, to be counted"
    with portal.database.read() as session:
        assert session.get_one(Case, case_id).corrected_on == portal.clock.now().date()


def test_a_case_that_is_reopened_owes_no_correction(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    with portal.database.write() as session:
        session.get_one(Case, case_id).correct_due_on = DAY
    do(portal, decisions.reopen, office.officer, case_id, reason="anew")
    with portal.database.read() as session:
        case = session.get_one(Case, case_id)
        assert (case.correct_due_on, case.corrected_on) == (None, None)


def test_a_dismissed_case_that_nobody_reads_again_goes_outside_the_chain(portal: Portal, office: Office) -> None:
    third = person(portal, roles=["case-officer"], name="Dora Third")
    case_id = drawn_case(portal, office)
    assert not watched(portal, office)
    later(portal, 50)
    assert watched(portal, office)
    assert "reread" in missed(portal)
    do(portal, rereading.read_again, third, case_id, result=Reread.AGREES, reason="it stands")
    assert not watched(portal, office)


def test_a_reporter_who_is_not_asked_after_closing_is_seen_to(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    later(portal, 84)
    check_in(portal)
    assert not watched(portal, office)
    later(portal, 14)
    assert watched(portal, office)
    assert missed(portal) == ["check-in"]
    do(portal, check_ins.ask, office.officer, case_id, text="How are you?", submission="s")
    assert not watched(portal, office)


@given(
    st.lists(
        st.builds(Ended, st.sampled_from(sorted(AFTER)), missed=st.booleans(), done=st.booleans()), max_size=50
    )
)
def test_what_few_owed_is_never_told(ended: list[Ended]) -> None:
    for duty, kept in count_after(ended, threshold=T).items():
        assert kept.in_time + kept.missed >= T
        assert kept.missed == sum(one.duty is duty and one.missed and not one.done for one in ended)


def test_what_was_done_late_is_missed_once_and_its_days_are_told() -> None:
    late = (
        Ended(Deadline.CORRECT, missed=True, done=False),
        Ended(Deadline.CORRECT, missed=True, done=True, days=30),
    )
    good = [Ended(Deadline.CORRECT, missed=False, done=True, days=4)] * 9
    kept = count_after([*good, *late], threshold=T)[Deadline.CORRECT]
    assert (kept.in_time, kept.missed, kept.median_days) == (9, 1, 4)


def test_too_few_corrections_to_tell_are_told_with_those_of_the_next_quarter(portal: Portal) -> None:
    """Each is told once, and the first quarter alone tells nothing of the few that ended in it."""
    a_figure(portal)
    ada, ben = (person(portal, roles=[role], name=role) for role in ("case-officer", "case-decider"))
    decided(portal, 24, "upheld", by=(ada.id, ben.id))
    with portal.database.write() as session:
        made = session.scalars(select(Case).order_by(Case.id)).all()
        for case in made[:6]:
            case.corrected_on = date(2026, 5, 15)
        for case in made[6:9]:
            case.corrected_on = date(2026, 8, 9)
        due, noticed = date(2026, 5, 18), date(2026, 7, 3)
        rows = [
            {"case_id": case.id, "deadline": "correct", "due_on": due, "noticed_on": noticed} for case in made[9:]
        ]
        session.execute(insert(MissedRow), rows)
    (first,) = published(portal, date(2026, 7, 1))
    assert "acknowledge" in first["duties"] and "correct" not in first["duties"]
    decided_later(portal, (ada, ben))
    second, _ = published(portal, date(2026, 10, 1))
    told = second["duties"]["correct"]
    assert (told["in_time"], told["missed"], told["median_days"]) == (9, 15, None)
    assert "reread" not in second["duties"]


def decided_later(portal: Portal, two: tuple[Someone, Someone]) -> None:
    """Enough reports of the second quarter that something may be told of it."""
    people = {"assigned_to": two[0].id, "proposed_by": two[0].id, "decided_by": two[1].id}
    made = cases(portal, 12, received=date(2026, 4, 20), state="decided", finding="referred", **people, **DAYS)
    assert len(made) == 12


DAYS = {"acknowledged_on": date(2026, 4, 22), "decided_on": date(2026, 6, 1)}
