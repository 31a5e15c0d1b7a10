"""No case skips a step, sits past its day unseen, or has its term stretched by one person."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.cases import rules
from portal.cases.errors import NobodyToDecide, NotEligible, WrongState
from portal.cases.jobs import escalate
from portal.cases.models import Case, MissedRow, StepRow, Transition
from portal.cases.queries import read_case
from portal.cases.services import casework, decisions, extensions
from portal.cases.values import CaseState, Deadline, Finding
from portal.duties.errors import OwnProposal
from portal.duties.queries import duties_of
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.migrate import downgrade
from tests.cases.test_desk import DAY, TO_ASSIGN, do, state_of, titles, to_state
from tests.conftest import new_client
from tests.factories.accounts import person
from tests.factories.cases import Office, a_figure, an_office, answer, bring_up, desk_of, filed_report, officer_of

WATCH = "A deadline of a case was missed: see that it is acted on"


def later(portal: Portal, days: int) -> None:
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += days * DAY


def read(portal: Portal, office: Office, case_id: str) -> Any:
    with portal.database.read() as session:
        officer = officer_of(office.officer)
        return read_case(session, case_id=case_id, officer=officer, now=portal.clock.now())


def test_the_database_holds_the_same_table_of_steps_as_the_rules(portal: Portal) -> None:
    steps = {
        (before.value, after.value)
        for sources, after in rules.TRANSITIONS.values()
        for before in sources
        if before is not after
    }
    with portal.database.read() as session:
        assert {(row.before, row.after) for row in session.scalars(select(Transition))} == steps


def test_every_state_can_be_entered_and_left() -> None:
    entered = {after for _, after in rules.TRANSITIONS.values()}
    left = {state for sources, _ in rules.TRANSITIONS.values() for state in sources}
    assert entered | {CaseState.RECEIVED} == left == set(CaseState)


@pytest.mark.parametrize("state", ["decided", "closed", "investigating", "reopened", "received"])
def test_the_database_itself_refuses_a_step_that_is_none(portal: Portal, office: Office, state: str) -> None:
    """Whoever writes to the table past the program gets no further than the program does."""
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    values: dict[str, Any] = {"state": state, "assigned_to": office.officer.id}
    if state in ("decided", "closed"):
        values |= {"finding": "not-upheld", "decided_on": date(2026, 2, 9), "decided_by": office.decider.id}
    if state == "closed":
        values["closed_on"] = date(2026, 2, 9)

    with pytest.raises(IntegrityError, match="no such step"), portal.database.write() as session:
        session.execute(update(Case).where(Case.id == case_id).values(**values))


def test_a_case_walks_the_whole_line_and_every_step_is_kept(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    ada, mailbox = desk_of(portal, office.officer), new_client(portal)
    answer(mailbox, "/report/mailbox", code=report.code)
    answer(ada, f"{report.address}/acknowledge")
    answer(ada, f"{report.address}/triage")
    answer(ada, f"{report.address}/assign", person=office.officer.id)
    answer(ada, f"{report.address}/investigate")
    assert "An officer is investigating" in mailbox.get("/report/mailbox").get_data(as_text=True)
    answer(ada, f"{report.address}/propose", finding="not-upheld", reason="it is right")
    do(portal, decisions.decide, office.decider, report.case_id)
    answer(ada, f"{report.address}/close", unwritten="They asked us not to.")
    answer(ada, f"{report.address}/reopen", reason="new sheets")
    assert "looked at again" in mailbox.get("/report/mailbox").get_data(as_text=True)
    page = ada.get(report.address).get_data(as_text=True)

    assert "Reopened" in page and "new sheets" in page
    states = [step.state.value for step in read(portal, office, report.case_id).steps]
    assert states == [
        *("received", "acknowledged", "triage", "assigned", "investigating"),
        *("proposed", "decided", "closed", "reopened"),
    ]
    assert state_of(portal, report.case_id) == ("reopened", None)


def test_what_was_found_false_in_public_is_not_reopened_by_one_person(portal: Portal, office: Office) -> None:
    assert not rules.may_reopen(state=CaseState.CLOSED, finding=Finding.UPHELD)
    assert not rules.may_reopen(state=CaseState.CLOSED, finding=Finding.PARTLY)
    assert not rules.may_reopen(state=CaseState.DECIDED, finding=Finding.NOT_UPHELD)
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.REFERRED)
    with pytest.raises(WrongState):
        do(portal, decisions.reopen, office.officer, case_id, reason="x")


def test_only_the_assignee_begins_the_investigation(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)

    with pytest.raises(NotEligible):
        do(portal, casework.investigate, office.decider, case_id)


def test_terms_end_on_working_days_and_never_later_than_was_said(portal: Portal, office: Office) -> None:
    """The seventh day is the eve of the Spring Festival, when the office is shut."""
    later(portal, 6)  # 15 February 2026, a Sunday: the term would end on the 22nd, in the holidays
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    with portal.database.read() as session:
        case = session.get_one(Case, case_id)
        assert case.received_on == date(2026, 2, 15)
        assert case.acknowledge_due_on <= date(2026, 2, 22)
        assert case.message_due_on == date(2026, 2, 26)  # the third working day, after the Spring Festival
    days_off = {date(2026, 5, 8), date(2026, 5, 9)}
    assert rules.on_working_day(date(2026, 5, 9), lambda day: day not in days_off, after=date(2026, 2, 9)) == date(
        2026, 5, 7
    )
    assert rules.on_working_day(date(2026, 5, 9), lambda _: False, after=date(2026, 5, 7)) == date(2026, 5, 9)


def test_a_person_writes_within_three_working_days_of_acknowledging(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    assert titles(portal, office.officer) == TO_ASSIGN
    do(portal, casework.write_to_reporter, office.officer, case_id, text="We have it.", submission="1")

    assert titles(portal, office.officer) == TO_ASSIGN - {"Write a first message to a reporter"}


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        (CaseState.RECEIVED, 8, [Deadline.ACKNOWLEDGE]),
        (CaseState.ACKNOWLEDGED, 4, [Deadline.MESSAGE]),
        (CaseState.INVESTIGATING, 100, [Deadline.MESSAGE, Deadline.FEEDBACK]),
        (CaseState.DECIDED, 100, []),
        (CaseState.RECEIVED, 7, []),
    ],
)
def test_a_day_is_missed_when_it_is_over(state: CaseState, days: int, expected: list[Deadline]) -> None:
    start = date(2026, 2, 9)
    found = rules.missed(
        state=state,
        acknowledge_due=start + 7 * DAY,
        message_due=None if state is CaseState.RECEIVED else start + 3 * DAY,
        message_on=None,
        answer_due=None,
        feedback_due=start + 89 * DAY,
        today=start + timedelta(days),
    )
    assert [deadline for deadline, _ in found] == expected


def test_a_missed_day_goes_outside_the_chain_and_is_kept(portal: Portal, office: Office) -> None:
    """Were it only shown to those who missed it, a case could be left to lie."""
    case_id = to_state(portal, office, CaseState.RECEIVED)
    assert office.outside is not None
    escalate(portal)
    assert WATCH not in titles(portal, office.outside)
    later(portal, 12)
    escalate(portal)
    escalate(portal)
    assert WATCH in titles(portal, office.outside)
    for someone in (office.officer, office.decider, office.connected):
        assert WATCH not in titles(portal, someone)
    assert "Missed: acknowledging the report" in desk_of(portal, office.outside).get(
        f"/desk/cases/{read(portal, office, case_id).summary.reference}"
    ).get_data(as_text=True)
    do(portal, casework.acknowledge, office.officer, case_id)

    assert WATCH not in titles(portal, office.outside)
    with portal.database.read() as session:
        assert list(session.scalars(select(MissedRow.deadline))) == ["acknowledge"]


def test_without_an_outside_recipient_it_goes_to_one_who_decides_and_is_not_assigned(portal: Portal) -> None:
    a_figure(portal)
    office = an_office(portal, outside=False)
    to_state(portal, office, CaseState.ASSIGNED)
    later(portal, 30)
    escalate(portal)

    assert WATCH in titles(portal, office.decider)
    assert WATCH not in titles(portal, office.officer)


def test_the_term_is_extended_once_and_by_two_people(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    do(portal, casework.acknowledge, office.decider, report.case_id)
    do(portal, casework.assign, office.decider, report.case_id, person_id=office.decider.id)
    before = read(portal, office, report.case_id).summary
    with pytest.raises(NotEligible):
        do(portal, extensions.propose_extension, office.officer, report.case_id, reason="slow")
    with pytest.raises(NobodyToDecide):
        do(portal, extensions.propose_extension, office.decider, report.case_id, reason="slow")
    other = person(portal, roles=["case-decider"], name="Dan Decider")
    do(portal, casework.share, office.decider, report.case_id, person_id=other.id)
    do(portal, extensions.propose_extension, office.decider, report.case_id, reason="the archive is slow")
    with pytest.raises(OwnProposal):
        do(portal, extensions.agree_to_extension, office.decider, report.case_id)
    with pytest.raises(WrongState):
        do(portal, extensions.propose_extension, office.decider, report.case_id, reason="again")
    answer(desk_of(portal, other), f"{report.address}/extend-agree")

    with portal.database.read() as session:
        case = session.get_one(Case, report.case_id)
        assert case.feedback_due_on > before.received_on + 150 * DAY
        waiting = duties_of(session, office.decider.actor, now=portal.clock.now())
        due = {one.due_at.date() for one in waiting if one.kind == "case-feedback"}
        assert due == {case.feedback_due_on}
    with pytest.raises(WrongState):
        do(portal, extensions.propose_extension, office.decider, report.case_id, reason="once more")
    mailbox = new_client(portal)
    answer(mailbox, "/report/mailbox", code=report.code)
    page = mailbox.get("/report/mailbox").get_data(as_text=True)
    assert "Two officers extended this term" in page and "archive" not in page
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).values(extended_by=Case.extension_by))


def test_more_time_asked_for_by_somebody_who_steps_aside_is_no_longer_asked_for(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    do(portal, extensions.propose_extension, office.officer, case_id, reason="slow")
    assert "More time for a case waits for a second signature" in titles(portal, office.decider)
    do(portal, casework.recuse, office.officer, case_id)

    assert "More time for a case waits for a second signature" not in titles(portal, office.decider)
    with pytest.raises(WrongState):
        do(portal, extensions.agree_to_extension, office.decider, case_id)


def test_cases_that_were_there_before_keep_everything(portal: Portal, office: Office) -> None:
    """An upgrade that lost a case, or a key to one, would be a deletion by one person."""
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    with portal.database.write() as session:
        session.execute(delete(StepRow).where(StepRow.number == 2))
    downgrade(portal.database, "0019_places")
    bring_up(portal)
    case = read(portal, office, case_id)

    assert case.report.what == "The parks were never inspected."
    assert [step.state.value for step in case.steps] == ["received", "assigned"]
    do(portal, casework.investigate, office.officer, case_id)
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).values(state="acknowledged", acknowledged_on=None))
