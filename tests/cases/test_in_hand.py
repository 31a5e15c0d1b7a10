"""No case lies in nobody's hands: whoever may assign it is told by name, at once and until it is done. And
until it is closed, something waits for somebody in every state."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal.accounts.services import connect, disable_person
from portal.accounts.values import ConnectionKind
from portal.audit.queries import acts_of_chain
from portal.audit.values import case_chain
from portal.cases.jobs import change_locks, escalate, owe_corrections
from portal.cases.models import MissedRow, StepRow
from portal.cases.services import casework, corrections, decisions, joining
from portal.cases.services.epochs import holders_of
from portal.cases.services.steps import missed_of
from portal.cases.values import CaseState, Deadline, Finding, Missed, reference
from portal.duties import services as duties
from portal.duties.queries import duties_of, signatures_waiting_for
from portal.duties.values import Duty
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.publishing.services import append_waiting, approve_correction
from tests.cases.test_desk import do, state_of, titles, to_state
from tests.cases.test_steps import later
from tests.factories.accounts import Someone, person
from tests.factories.cases import UNWRITTEN, Office, a_figure, an_office, desk_of, filed_report, heard

ASSIGN = "Assign a case that nobody has in hand"
LYING = "Nobody has taken a case in hand for too long: see that it is assigned"


def told(portal: Portal, someone: Someone | None) -> set[str]:
    assert someone is not None
    return titles(portal, someone) & {ASSIGN, LYING}


def duty_of(portal: Portal, someone: Someone) -> Duty:
    with portal.database.read() as session:
        found = duties_of(session, someone.actor, now=portal.clock.now())
        return next(one for one in found if one.title.msgid == ASSIGN)


def step_aside(portal: Portal, office: Office, case_id: str) -> None:
    do(portal, casework.recuse, office.officer, case_id)


def declare(portal: Portal, office: Office, case_id: str) -> None:
    do(portal, casework.declare_conflict, office.officer, case_id)


def leave(portal: Portal, office: Office, case_id: str) -> None:
    with portal.database.write() as session:
        disable_person(session, person_id=office.officer.id, actor=Actor.system(), now=portal.clock.now())
    change_locks(portal)


def become_connected(portal: Portal, office: Office, case_id: str) -> None:
    with portal.database.write() as session:
        kind = ConnectionKind.DECLARED
        connect(session, person_id=office.officer.id, body_code="DPR", kind=kind, now=portal.clock.now())
    change_locks(portal)


@pytest.mark.parametrize("state", [CaseState.ASSIGNED, CaseState.PROPOSED])
@pytest.mark.parametrize("goes", [step_aside, declare, leave, become_connected])
def test_those_who_are_left_are_told_when_whoever_had_the_case_goes(
    portal: Portal, office: Office, goes: Any, state: CaseState
) -> None:
    """Else one officer could bury a report: take it in hand, then step aside."""
    case_id = to_state(portal, office, state)
    goes(portal, office, case_id)

    assert state_of(portal, case_id) == ("acknowledged", None)
    assert told(portal, office.decider) == {ASSIGN} == told(portal, office.outside)
    assert told(portal, office.officer) == set() == told(portal, office.connected)
    duty = duty_of(portal, office.decider)
    assert duty.due_at.date() == date(2026, 2, 12)  # the third working day
    do(portal, casework.assign, office.decider, case_id, person_id=office.decider.id)
    assert told(portal, office.decider) == set() == told(portal, office.outside)


def test_an_acknowledged_case_waits_to_be_assigned_until_it_is(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    assert told(portal, office.officer) == {ASSIGN} == told(portal, office.decider)
    assert told(portal, office.connected) == set()
    do(portal, casework.begin_triage, office.officer, case_id)
    assert told(portal, office.officer) == {ASSIGN}
    do(portal, casework.assign, office.officer, case_id, person_id=office.decider.id)

    assert told(portal, office.officer) == set() == told(portal, office.decider)


def test_whoever_is_let_in_later_is_told_too_and_whoever_steps_aside_is_not(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    third = person(portal, roles=["case-decider"], name="Theo Third")
    assert told(portal, third) == set()
    do(portal, casework.share, office.officer, case_id, person_id=third.id)
    assert told(portal, third) == {ASSIGN}
    do(portal, casework.recuse, third, case_id)

    assert told(portal, third) == set() and told(portal, office.officer) == {ASSIGN}


def test_a_case_that_goes_its_own_way_or_is_opened_again_waits_to_be_assigned(
    portal: Portal, office: Office
) -> None:
    main, other = (to_state(portal, office, CaseState.ACKNOWLEDGED) for _ in range(2))
    do(portal, casework.assign, office.officer, main, person_id=office.officer.id)
    do(portal, joining.propose_joining, office.officer, other, into_id=main, reason="same")
    do(portal, joining.agree_to_joining, office.decider, other)
    assert told(portal, office.decider) == set()
    do(portal, joining.part, office.officer, other, reason="not the same")
    assert duty_of(portal, office.decider).subject == other
    do(portal, casework.assign, office.officer, other, person_id=office.officer.id)
    do(portal, decisions.propose_finding, office.officer, other, finding=Finding.NOT_UPHELD, reason="so")
    do(portal, decisions.decide, office.decider, other)
    do(portal, decisions.close, office.officer, other, **UNWRITTEN)
    do(portal, decisions.reopen, office.officer, other, reason="new sheets")

    assert duty_of(portal, office.decider).subject == other


def test_a_case_that_nobody_takes_in_hand_goes_to_somebody_outside_its_chain(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    later(portal, 1)
    step_aside(portal, office, case_id)  # on a Tuesday
    later(portal, 3)
    escalate(portal)
    assert told(portal, office.outside) == {ASSIGN}
    later(portal, 1)
    escalate(portal)
    escalate(portal)

    assert told(portal, office.outside) == {ASSIGN, LYING} and told(portal, office.decider) == {ASSIGN}
    with portal.database.read() as session:
        noted = [act for act in acts_of_chain(session, case_chain(case_id)) if act.act == "cases.not-assigned"]
        assert [act.details for act in noted] == [{"deadline": "assign", "due": "2026-02-13"}]
        assert Missed(Deadline.ASSIGN, date(2026, 2, 13)) in missed_of(session, case_id)
    page = desk_of(portal, office.decider).get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)
    assert "Missed: assigning the case" in page
    do(portal, casework.assign, office.decider, case_id, person_id=office.decider.id)
    assert told(portal, office.outside) == set()


def test_each_day_by_which_a_case_was_not_assigned_counts_once(portal: Portal, office: Office) -> None:
    """Also where those outside were told of it already by a portal that did not count it."""
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    later(portal, 10)
    escalate(portal)
    with portal.database.write() as session:
        session.execute(delete(MissedRow))
    escalate(portal)
    escalate(portal)
    do(portal, casework.assign, office.decider, case_id, person_id=office.decider.id)
    do(portal, casework.recuse, office.decider, case_id)
    later(portal, 10)
    escalate(portal)

    with portal.database.read() as session:
        days = [one.due_on for one in missed_of(session, case_id) if one.deadline is Deadline.ASSIGN]
    assert days == [date(2026, 2, 12), date(2026, 2, 26)]  # the spring festival is no working day


def test_a_case_that_lay_there_before_this_was_asked_for_is_found(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    with portal.database.write() as session:
        duties.close_duty(session, kind="case-assign", subject=case_id)
    assert told(portal, office.decider) == set()
    escalate(portal)

    assert told(portal, office.decider) == {ASSIGN}


def assert_waits(portal: Portal, office: Office, case_id: str) -> None:
    """For somebody who holds it, by name: a duty, or a second signature."""
    now, chain = portal.clock.now(), case_chain(case_id)
    with portal.database.read() as session:
        held = set(holders_of(session, case_id))
        for someone in (office.officer, office.decider):
            waiting = {one.subject for one in duties_of(session, someone.actor, now=now)}
            signing = {one.chain for one in signatures_waiting_for(session, someone.actor, now=now)}
            if someone.id in held and (case_id in waiting or chain in signing):
                return
    raise AssertionError(f"nothing waits for anybody in the state {state_of(portal, case_id)[0]}")


CLOSE = "Tell a reporter what was found, and close the case"


def corrected(portal: Portal, office: Office, case_id: str) -> None:
    """The correction is proposed, approved and published."""
    do(portal, corrections.propose, office.officer, case_id, new_actual="61.5", new_target="", reason="so")
    assert_waits(portal, office, case_id)
    with portal.database.write() as session:
        now, actor = portal.clock.now(), office.decider.actor
        (proposal,) = signatures_waiting_for(session, actor, now=now)
        approve_correction(session, proposal_id=proposal.id, actor=actor, now=now)
    append_waiting(portal)
    owe_corrections(portal)


def answered(portal: Portal, office: Office, case_id: str) -> None:
    heard(portal, office.officer, case_id)


def joined(portal: Portal, office: Office, case_id: str) -> None:
    """Into a case that the decider has in hand."""
    main = to_state(portal, office, CaseState.ASSIGNED)
    do(portal, joining.propose_joining, office.officer, case_id, into_id=main, reason="same")
    do(portal, joining.agree_to_joining, office.decider, case_id)


def closed(portal: Portal, office: Office, case_id: str) -> None:
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)


LINES: tuple[tuple[tuple[Any, str, dict[str, Any]], ...], ...] = (
    (
        (casework.acknowledge, "officer", {}),
        (casework.begin_triage, "officer", {}),
        (casework.assign, "officer", {"person_id": "officer"}),
        (casework.investigate, "officer", {}),
        (answered, "", {}),
        (decisions.propose_finding, "officer", {"finding": Finding.UPHELD, "reason": "so"}),
        (decisions.send_back, "decider", {"reason": "look again"}),
        (decisions.propose_finding, "officer", {"finding": Finding.UPHELD, "reason": "so"}),
        (decisions.decide, "decider", {}),
        (corrected, "", {}),
    ),
    (
        (casework.acknowledge, "officer", {}),
        (casework.assign, "officer", {"person_id": "officer"}),
        (decisions.propose_finding, "officer", {"finding": Finding.NOT_UPHELD, "reason": "so"}),
        (decisions.decide, "decider", {}),
        (closed, "", {}),
        (decisions.reopen, "officer", {"reason": "new sheets"}),
        (casework.begin_triage, "officer", {}),
        (casework.assign, "officer", {"person_id": "decider"}),
    ),
    (
        (casework.acknowledge, "officer", {}),
        (casework.assign, "officer", {"person_id": "officer"}),
        (decisions.propose_finding, "officer", {"finding": Finding.NOT_UPHELD, "reason": "so"}),
        (casework.recuse, "officer", {}),
    ),
    (
        (casework.acknowledge, "officer", {}),
        (joined, "", {}),
        (joining.part, "officer", {"reason": "not the same"}),
    ),
)


def test_every_open_case_waits_for_somebody_who_may_act(portal: Portal, office: Office) -> None:
    """In every state, from the day it is received until it is closed. A new state has to be passed above."""
    for line in LINES:
        case_id = filed_report(portal).case_id
        assert_waits(portal, office, case_id)
        for act, who, given in line:
            fields = {name: getattr(office, one).id if name == "person_id" else one for name, one in given.items()}
            if who:
                do(portal, act, getattr(office, who), case_id, **fields)
            else:
                act(portal, office, case_id)
            if state_of(portal, case_id)[0] != "closed":
                assert_waits(portal, office, case_id)
    with portal.database.read() as session:
        assert set(session.scalars(select(StepRow.state))) == {one.value for one in CaseState}


@pytest.mark.parametrize("finding", [Finding.NOT_UPHELD, Finding.UPHELD])
def test_a_case_of_which_all_is_done_waits_to_be_closed(portal: Portal, office: Office, finding: Finding) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED, finding)
    if finding is Finding.UPHELD:
        owe_corrections(portal)
        assert CLOSE not in titles(portal, office.officer)
        corrected(portal, office, case_id)
    assert CLOSE in titles(portal, office.officer)  # it is in their hands
    assert CLOSE not in titles(portal, office.decider)
    owe_corrections(portal)
    closed(portal, office, case_id)
    owe_corrections(portal)

    assert CLOSE not in titles(portal, office.officer)


UNCLOSED = "A case of which all is done was not closed for too long: see that it is"


def noted(portal: Portal, case_id: str, act: str) -> list[Any]:
    with portal.database.read() as session:
        return [one.details for one in acts_of_chain(session, case_chain(case_id)) if one.act == act]


def test_a_case_that_nobody_closes_goes_to_somebody_outside_its_chain(portal: Portal, office: Office) -> None:
    """Else whoever has it in hand could leave its reporter without a word for as long as they like."""
    assert office.outside is not None
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    due = date(2026, 2, 14)  # a Saturday on which people work, before the spring festival
    later(portal, 5)
    escalate(portal)
    assert UNCLOSED not in titles(portal, office.outside)
    later(portal, 1)
    escalate(portal)
    escalate(portal)
    assert [UNCLOSED in titles(portal, one) for one in (office.outside, office.officer, office.decider)] == [
        True, False, False
    ]  # fmt: skip
    assert noted(portal, case_id, "cases.not-closed") == [{"due": due.isoformat()}]
    address = f"/desk/cases/{reference(case_id)}/timeline"
    assert "The day passed by which it was to be closed" in desk_of(portal, office.officer).get(address).text
    closed(portal, office, case_id)

    assert UNCLOSED not in titles(portal, office.outside)
    assert noted(portal, case_id, "cases.not-closed") == [{"due": due.isoformat()}]


def test_where_nobody_is_outside_those_who_decide_are_told_that_a_case_was_not_closed(portal: Portal) -> None:
    a_figure(portal)
    office = an_office(portal, outside=False)
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    later(portal, 10)
    escalate(portal)
    assert UNCLOSED in titles(portal, office.decider) and UNCLOSED not in titles(portal, office.officer)
    do(portal, casework.recuse, office.decider, case_id)

    assert UNCLOSED not in titles(portal, office.decider) and UNCLOSED in titles(portal, office.officer)
