"""What officers can and cannot do with a case."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.services import connect, disable_person
from portal.accounts.values import ConnectionKind
from portal.cases import rules
from portal.cases.errors import LastHolder, NoSuchCase, NotEligible, NotYetCorrected, WrongState
from portal.cases.jobs import change_locks
from portal.cases.models import Case, Epoch, Wrap
from portal.cases.queries import queue, read_case
from portal.cases.services import casework, decisions
from portal.cases.services.epochs import holders_of
from portal.cases.values import CaseState, Finding, reference
from portal.duties.errors import OwnProposal
from portal.duties.queries import duties_of, signatures_waiting_for
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.publishing.services import append_waiting
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import (
    FIGURE,
    UNWRITTEN,
    Office,
    a_figure,
    an_office,
    answer,
    desk_of,
    filed_report,
    heard,
    officer_of,
    send,
)

DAY = timedelta(days=1)
UNDER_WAY = {"Write a first message to a reporter", "Tell a reporter what was found"}
"""What waits for those who hold an acknowledged case to which nobody has written yet."""
TO_ASSIGN = {*UNDER_WAY, "Assign a case that nobody has in hand"}
"""The same, as long as nobody has it in hand."""


def do(portal: Portal, act: Any, someone: Someone, case_id: str, **fields: Any) -> None:
    with portal.database.write() as session:
        act(session, case_id=case_id, officer=officer_of(someone), now=portal.clock.now(), **fields)


def to_state(portal: Portal, office: Office, state: CaseState, finding: Finding = Finding.UPHELD) -> str:
    """A case brought to `state` by the people of the office."""
    case_id = filed_report(portal).case_id
    steps: list[tuple[CaseState, Any, Someone, dict[str, Any]]] = [
        (CaseState.ACKNOWLEDGED, casework.acknowledge, office.officer, {}),
        (CaseState.ASSIGNED, casework.assign, office.officer, {"person_id": office.officer.id}),
        (CaseState.PROPOSED, decisions.propose_finding, office.officer, {"finding": finding, "reason": "so"}),
        (CaseState.DECIDED, decisions.decide, office.decider, {}),
    ]
    for reached, act, someone, fields in steps:
        if state is CaseState.RECEIVED:
            break
        if reached is CaseState.PROPOSED and finding in rules.FOUND_FALSE:
            heard(portal, office.officer, case_id)
        do(portal, act, someone, case_id, **fields)
        if reached is state:
            break
    return case_id


def state_of(portal: Portal, case_id: str) -> tuple[str, str | None]:
    with portal.database.read() as session:
        case = session.get_one(Case, case_id)
        return case.state, case.finding


def titles(portal: Portal, someone: Someone) -> set[str]:
    with portal.database.read() as session:
        now = portal.clock.now()
        waiting = [duty.title.msgid for duty in duties_of(session, someone.actor, now=now)]
        return {*waiting, *(one.title.msgid for one in signatures_waiting_for(session, someone.actor, now=now))}


def test_report_waits_for_those_who_received_it_and_nobody_else(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.RECEIVED)
    assert titles(portal, office.officer) == titles(portal, office.decider) == {"Acknowledge a report"}
    assert titles(portal, office.connected) == set()
    do(portal, casework.acknowledge, office.officer, case_id)

    assert titles(portal, office.decider) == TO_ASSIGN


def test_proposer_cannot_decide_even_with_the_right(portal: Portal, office: Office) -> None:
    other = person(portal, roles=["case-decider"], name="Dan Decider")
    case_id = filed_report(portal).case_id
    do(portal, casework.acknowledge, other, case_id)
    do(portal, casework.assign, other, case_id, person_id=other.id)
    do(portal, decisions.propose_finding, other, case_id, finding=Finding.NOT_UPHELD, reason="so")

    with pytest.raises(OwnProposal):
        do(portal, decisions.decide, other, case_id)
    assert state_of(portal, case_id) == ("proposed", None)


def test_a_lock_changed_on_one_case_hides_no_other(portal: Portal, office: Office) -> None:
    """Were this to fail, one officer stepping aside would bury every case whose lock was never changed."""
    left, other = to_state(portal, office, CaseState.RECEIVED), to_state(portal, office, CaseState.RECEIVED)
    do(portal, casework.recuse, office.decider, left)

    with portal.database.read() as session:
        queues = [
            {one.id for one in queue(session, officer=officer_of(someone), now=portal.clock.now()).cases}
            for someone in (office.officer, office.decider)
        ]
    assert queues == [{left, other}, {other}]


def test_only_the_assignee_proposes(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)

    with pytest.raises(NotEligible):
        do(portal, decisions.propose_finding, office.decider, case_id, finding=Finding.UPHELD, reason="x")


def test_officer_without_the_right_to_decide_cannot(portal: Portal, office: Office) -> None:
    third = person(portal, roles=["case-officer"], name="Theo Third")
    case_id = to_state(portal, office, CaseState.PROPOSED)
    page = desk_of(portal, third).get("/desk/cases").get_data(as_text=True)

    assert "Waits for a second decision" in page
    assert titles(portal, third) == UNDER_WAY
    with pytest.raises(Exception, match="do not have the right"):
        do(portal, decisions.decide, third, case_id)


@pytest.mark.parametrize("columns", [{"decided_by": "proposer"}, {"state": "decided"}, {"finding": "upheld"}])
def test_database_itself_refuses_one_person_decisions_and_skipped_steps(
    portal: Portal, office: Office, columns: dict[str, str]
) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED)
    values = {name: office.officer.id if value == "proposer" else value for name, value in columns.items()}

    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).where(Case.id == case_id).values(**values))


def test_case_sent_back_can_be_proposed_again(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED)
    do(portal, decisions.send_back, office.decider, case_id, reason="look at the sheets")
    assert state_of(portal, case_id) == ("assigned", None)
    do(portal, decisions.propose_finding, office.officer, case_id, finding=Finding.PARTLY, reason="half")
    do(portal, decisions.decide, office.decider, case_id)

    assert state_of(portal, case_id) == ("decided", "partly")


def test_a_decision_is_not_given_twice(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)

    with pytest.raises(WrongState):
        do(portal, decisions.decide, office.decider, case_id)


def test_figure_found_false_stays_open_until_it_is_corrected(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED)
    with pytest.raises(NotYetCorrected):
        do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    other = to_state(portal, office, CaseState.DECIDED, Finding.NOT_ADMISSIBLE)
    do(portal, decisions.close, office.officer, other, **UNWRITTEN)

    assert state_of(portal, other) == ("closed", "not-admissible")


def test_second_upheld_case_on_a_figure_under_review_is_decided_too(portal: Portal, office: Office) -> None:
    to_state(portal, office, CaseState.DECIDED)

    assert state_of(portal, to_state(portal, office, CaseState.DECIDED)) == ("decided", "upheld")


def test_recusal_takes_the_keys_and_changes_the_lock(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    do(portal, casework.recuse, office.officer, report.case_id)

    with portal.database.read() as session:
        assert office.officer.id not in holders_of(session, report.case_id)
        assert not session.scalars(select(Wrap).where(Wrap.person_id == office.officer.id)).all()
        assert session.scalar(select(func.max(Epoch.number))) == 2
    assert desk_of(portal, office.officer).get(report.address).status_code == 404
    assert titles(portal, office.officer) == set()


def test_who_stepped_aside_is_not_given_the_case_again(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    do(portal, casework.recuse, office.officer, case_id)

    with pytest.raises(NotEligible):
        do(portal, casework.assign, office.decider, case_id, person_id=office.officer.id)


def test_the_last_holder_cannot_leave_a_case_alone(portal: Portal) -> None:
    a_figure(portal)
    office = an_office(portal, outside=False)
    case_id = filed_report(portal).case_id
    do(portal, casework.recuse, office.officer, case_id)

    with pytest.raises(LastHolder):
        do(portal, casework.recuse, office.decider, case_id)


def test_proposal_of_somebody_who_steps_aside_does_not_stand(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED)
    do(portal, casework.recuse, office.officer, case_id)

    assert state_of(portal, case_id) == ("acknowledged", None)
    assert titles(portal, office.decider) == TO_ASSIGN


def test_second_officer_who_steps_aside_no_longer_sees_the_proposal(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED)
    do(portal, casework.recuse, office.decider, case_id)

    assert titles(portal, office.decider) == set()
    assert state_of(portal, case_id) == ("proposed", None)


def test_somebody_assigned_later_reads_everything_from_the_start(portal: Portal, office: Office) -> None:
    report = filed_report(portal, what="from the first day")
    later = person(portal, roles=["case-officer"], name="Lia Later")
    third = person(portal, roles=["case-decider"], name="Theo Third")
    assert desk_of(portal, later).get(report.address).status_code == 404
    do(portal, casework.recuse, office.decider, report.case_id)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=later.id)
    do(portal, casework.share, later, report.case_id, person_id=third.id)

    for someone in (later, third):
        assert "from the first day" in desk_of(portal, someone).get(report.address).get_data(as_text=True)


@pytest.mark.parametrize("kind", ["connected", "named", "untrusted", "other-role"])
def test_case_is_given_only_to_the_eligible(portal: Portal, office: Office, kind: str) -> None:
    report = filed_report(portal, names="Noor", bodies=())
    other = {
        "connected": lambda: office.connected,
        "named": lambda: person(portal, roles=["case-officer"], name="Noor Named"),
        "untrusted": lambda: person(portal, roles=["case-officer"], trusted=False),
        "other-role": lambda: person(portal, roles=["moderator"]),
    }[kind]()
    do(portal, casework.acknowledge, office.officer, report.case_id)

    with pytest.raises(NotEligible):
        do(portal, casework.assign, office.officer, report.case_id, person_id=other.id)


def test_people_of_a_body_the_reporter_named_receive_nothing(portal: Portal, office: Office) -> None:
    near = person(portal, roles=["case-officer"], name="Nea Near", connected_to=["DOT"])
    published.append(portal, published.body("DOT"))
    report = filed_report(portal, bodies=("DOT",))

    assert desk_of(portal, near).get(report.address).status_code == 404
    assert desk_of(portal, office.officer).get(report.address).status_code == 200


def test_who_becomes_connected_loses_the_case_at_once_and_its_lock_changes(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    ben = desk_of(portal, office.decider)
    assert ben.get(report.address).status_code == 200
    with portal.database.write() as session:
        connect(
            session,
            person_id=office.decider.id,
            body_code="DPR",
            kind=ConnectionKind.DECLARED,
            now=portal.clock.now(),
        )
    assert ben.get(report.address).status_code == 404
    assert titles(portal, office.decider) == set()
    change_locks(portal)

    with portal.database.read() as session:
        assert office.decider.id not in holders_of(session, report.case_id)
        assert session.scalar(select(func.max(Epoch.number))) == 2
    answer(report.client, "/report/mailbox", code=report.code)
    assert "Received" in report.client.get("/report/mailbox").get_data(as_text=True)


def test_assignee_who_left_makes_room_for_another(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED)
    with portal.database.write() as session:
        disable_person(session, person_id=office.officer.id, actor=Actor.system(), now=portal.clock.now())
    change_locks(portal)

    assert state_of(portal, case_id) == ("acknowledged", None)
    assert titles(portal, office.decider) == TO_ASSIGN


def test_messages_after_a_recusal_are_shut_to_whoever_left(portal: Portal, office: Office) -> None:
    """Even with a copy of everything: the new epoch was never sealed to them."""
    report = filed_report(portal)
    do(portal, casework.recuse, office.officer, report.case_id)
    do(portal, casework.add_note, office.decider, report.case_id, text="after", submission="s")

    with pytest.raises(NoSuchCase), portal.database.read() as session:
        read_case(session, case_id=report.case_id, officer=officer_of(office.officer), now=portal.clock.now())
    with portal.database.read() as session:
        wraps = session.scalars(select(Wrap).where(Wrap.epoch == 2)).all()
        assert {wrap.person_id for wrap in wraps} == {office.decider.id, office.outside.id}  # type: ignore[union-attr]


def test_report_about_no_known_body_is_the_outside_recipients_until_it_has_one(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal, subject={}, what="some park")
    assert office.outside is not None
    assert desk_of(portal, office.officer).get(report.address).status_code == 404
    olga = desk_of(portal, office.outside)
    assert "Body not recognised" in olga.get("/desk/cases").get_data(as_text=True)
    answer(olga, f"{report.address}/body", body="DPR")

    assert desk_of(portal, office.officer).get(report.address).status_code == 200
    assert desk_of(portal, office.connected).get(report.address).status_code == 404
    assert titles(portal, office.officer) == {"Acknowledge a report"}


def test_report_for_the_outside_recipient_alone_stays_there(portal: Portal, office: Office) -> None:
    report = filed_report(portal, outside_only=True)
    assert office.outside is not None

    assert desk_of(portal, office.outside).get(report.address).status_code == 200
    assert desk_of(portal, office.officer).get(report.address).status_code == 404


def test_file_comes_down_as_it_was_sent_and_is_never_shown(portal: Portal, office: Office) -> None:
    data = bytes(range(256)) * 5_000
    report = filed_report(portal, file=('报告"<script>.html', data))
    ada = desk_of(portal, office.officer)
    page = ada.get(report.address).get_data(as_text=True)
    (address,) = re.findall(rf'href="({re.escape(report.address)}/files/[0-9a-z]+)"', page)
    assert "Cleaned copy" in ada.get(address).get_data(as_text=True)
    response = answer(ada, f"{address}/original", expect=200, sure="y")

    assert response.data == data
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert desk_of(portal, office.connected).get(address).status_code == 404
    other = filed_report(portal)
    assert ada.get(address.replace(report.address, other.address)).status_code == 404


def test_officers_see_the_figure_then_and_now(portal: Portal, office: Office) -> None:
    report = filed_report(portal, subject={**FIGURE, "edition": "1"})
    published.append(portal, published.figure(actual="73.25", cause="source-correction", replaces=1))
    page = desk_of(portal, office.officer).get(report.address).get_data(as_text=True)

    assert "1, seen by the reporter" in page and "91.50" in page
    assert "2, now" in page and "73.25" in page


def test_addresses_written_otherwise_lead_nowhere(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    ada = desk_of(portal, office.officer)

    for address in (report.address.upper().replace("/DESK/CASES", "/desk/cases"), f"/desk/cases/{report.case_id}"):
        assert ada.get(address).status_code == 404


def test_note_sent_twice_is_kept_once(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    ada = desk_of(portal, office.officer)
    page = ada.get(f"{report.address}/note")
    for _ in range(2):
        assert send(ada, f"{report.address}/note", page, text="only one").status_code == 303

    assert ada.get(report.address).get_data(as_text=True).count("only one") == 1


def test_late_cases_come_first_and_say_so(portal: Portal, office: Office) -> None:
    first = filed_report(portal)
    portal.clock.at += 8 * DAY  # type: ignore[attr-defined]
    second = filed_report(portal)
    page = desk_of(portal, office.officer).get("/desk/cases").get_data(as_text=True)

    assert page.index(first.address) < page.index(second.address)
    assert page.count("<b>late</b>") == 1


def test_pages_of_acts_show_only_their_own_questions(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    ada = desk_of(portal, office.officer)
    for act in ("acknowledge", "message", "note", "share", "recuse"):
        page = ada.get(f"{report.address}/{act}")
        assert page.status_code == 200 and "CSRF" not in page.get_data(as_text=True)


def test_what_stands_in_the_way_is_said_above_what_was_typed(portal: Portal) -> None:
    """Nothing typed is lost, and nothing is half done."""
    a_figure(portal)
    office = an_office(portal, outside=False)
    third = person(portal, roles=["case-officer"], name="Theo Third")
    report = filed_report(portal)
    do(portal, casework.recuse, office.decider, report.case_id)
    do(portal, casework.acknowledge, third, report.case_id)
    do(portal, casework.assign, third, report.case_id, person_id=third.id)
    heard(portal, third, report.case_id)
    reason = "A long and careful reason."
    page = answer(desk_of(portal, third), f"{report.address}/propose", expect=409, finding="upheld", reason=reason)

    assert "Nobody else who may decide" in page.get_data(as_text=True) and reason in page.get_data(as_text=True)
    assert state_of(portal, report.case_id) == ("assigned", None)


def test_button_pressed_twice_says_that_the_case_has_moved_on(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    ada = desk_of(portal, office.officer)
    page = ada.get(f"{report.address}/acknowledge")
    assert send(ada, f"{report.address}/acknowledge", page).status_code == 303

    assert send(ada, f"{report.address}/acknowledge", page).status_code == 409


def test_refused_correction_keeps_the_form(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED)
    append_waiting(portal)
    address = f"/desk/cases/{reference(case_id)}/correct"
    page = answer(desk_of(portal, office.officer), address, expect=422, new_actual="91.5", reason="same value")

    assert "same value" in page.get_data(as_text=True)
