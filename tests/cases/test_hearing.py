"""Nothing is found against a body that was not heard; it is heard on an extract and learns nothing else.

Nobody connected to it inspects it.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from portal.cases import hearing
from portal.cases.errors import (
    AnswerLate,
    AnswersHere,
    NobodyAnswers,
    NoSuchCase,
    NotEligible,
    NotHeard,
    WrongState,
)
from portal.cases.models import Case, HearingRow, InspectionRow
from portal.cases.queries import read_case
from portal.cases.services import casework, decisions, hearings, inspections, letters, mailbox
from portal.cases.values import CaseFile, CaseState, Finding, Hearing, Method, Says, ToHear, reference
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.errors import Invalid
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import DAY, do, state_of, titles, to_state
from tests.factories.accounts import Someone, person
from tests.factories.cases import (
    UNWRITTEN,
    Office,
    answer,
    desk_of,
    filed_report,
    heard,
    officer_of,
    problems,
    send,
)

EXTRACT = "Please explain the inspections of midsummer-meadow"
ANSWER = "The inspector of midwinter-meadow was on leave"
ASKED = "The office asks your body for an answer"
INSPECT = "Make an inspection, and attach what you found"


@pytest.fixture
def signer(portal: Portal) -> Someone:
    return person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])


def ask(portal: Portal, someone: Someone, case_id: str) -> None:
    do(portal, hearings.ask_body, someone, case_id, text=EXTRACT, submission="1", keys=portal.keys)


def opened(portal: Portal, someone: Someone, case_id: str) -> CaseFile:
    with portal.database.read() as session:
        return read_case(session, case_id=case_id, officer=officer_of(someone), now=portal.clock.now())


def the_hearing(case: CaseFile) -> Hearing:
    """Of the one body it is about."""
    (found,) = (one.hearing for one in case.heard)
    assert found is not None
    return found


def notes(case: CaseFile) -> dict[Says | None, str]:
    return {one.says: one.text for one in case.entries}


def test_the_body_answers_at_its_desk_and_the_answer_goes_into_the_case(
    portal: Portal, office: Office, signer: Someone
) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    desk = desk_of(portal, signer)
    assert "There is nothing here." in desk.get("/desk/asked").get_data(as_text=True)
    ada = desk_of(portal, office.officer)
    answer(ada, f"/desk/cases/{reference(case_id)}/hear", text=EXTRACT)
    stored = everything_stored(portal)
    assert EXTRACT.encode() not in stored and b"midsummer" not in stored

    assert titles(portal, signer) == {ASKED}
    with portal.database.read() as session:
        (asked,) = hearings.asked_of(session, actor=signer.actor, keys=portal.keys, now=portal.clock.now())
    page = desk.get(f"/desk/asked/{asked.id}").get_data(as_text=True)
    assert EXTRACT in page and case_id not in page and reference(case_id) not in page
    assert "asked on 9 February 2026" in page
    listed = desk.get("/desk/asked").get_data(as_text=True)
    assert "Waits for your answer" in listed and "9 Feb 2026" in listed  # beside the day by which to answer
    answer(desk, f"/desk/asked/{asked.id}", text=ANSWER)

    after = desk.get(f"/desk/asked/{asked.id}").get_data(as_text=True)
    assert "Answered on 9 Feb 2026" in desk.get("/desk/asked").get_data(as_text=True)
    assert "Your body answered on" in after and EXTRACT not in after and ANSWER not in after
    case = opened(portal, office.officer, case_id)
    assert notes(case)[Says.EXTRACT] == EXTRACT and notes(case)[Says.BODY_ANSWER] == ANSWER
    (one,) = case.heard
    assert one.hearing is not None and one.hearing.answered_on is not None
    assert titles(portal, signer) == set()
    assert b"midwinter" not in everything_stored(portal)
    assert "Answer of the body" in ada.get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)


def test_only_people_of_the_body_with_the_right_see_what_it_was_asked(
    portal: Portal, office: Office, signer: Someone
) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    ask(portal, office.officer, case_id)
    stranger = person(portal, roles=["body-signer"], name="Other Signer", connected_to=["DOT"])
    with portal.database.read() as session:
        (asked,) = hearings.asked_of(session, actor=signer.actor, keys=portal.keys, now=portal.clock.now())
        assert hearings.asked_of(session, actor=stranger.actor, keys=portal.keys, now=portal.clock.now()) == ()
        with pytest.raises(NoSuchCase):
            hearings.get_asked(
                session, hearing_id=asked.id, actor=stranger.actor, keys=portal.keys, now=portal.clock.now()
            )
    assert desk_of(portal, office.connected).get("/desk/asked").status_code == 403
    assert desk_of(portal, signer).get(f"/desk/cases/{reference(case_id)}").status_code != 200


def test_a_body_answers_once_and_in_its_time(portal: Portal, office: Office, signer: Someone) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    ask(portal, office.officer, case_id)
    with pytest.raises(WrongState):
        ask(portal, office.officer, case_id)
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += 40 * DAY
    with portal.database.write() as session:
        (asked,) = hearings.asked_of(session, actor=signer.actor, keys=portal.keys, now=portal.clock.now())
        assert asked.text is None
        with pytest.raises(AnswerLate):
            late: dict[str, Any] = {"keys": portal.keys, "settings": portal.settings, "now": portal.clock.now()}
            hearings.answer(session, hearing_id=asked.id, text="late", actor=signer.actor, **late)
        hearings.forget_over(session, today=portal.clock.now().date())
        assert session.get_one(HearingRow, asked.id).sealed == b""
    assert titles(portal, signer) == set()
    assert the_hearing(opened(portal, office.officer, case_id)).is_over(portal.clock.now().date())


def on_the_last_evening(portal: Portal, office: Office, signer: Someone) -> str:
    """Where a body is asked, a quarter of an hour before its time is over."""
    ask(portal, office.officer, to_state(portal, office, CaseState.ASSIGNED))
    with portal.database.read() as session:
        (asked,) = hearings.asked_of(session, actor=signer.actor, keys=portal.keys, now=portal.clock.now())
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = datetime.combine(asked.due_on, time(23, 45), portal.settings.zone)
    return f"/desk/asked/{asked.id}"


@pytest.mark.parametrize("tidied", [False, True])
def test_an_answer_that_comes_after_the_last_day_is_given_back(
    portal: Portal, office: Office, signer: Someone, tidied: bool
) -> None:
    """Were this to fail, whoever wrote for days would lose it, without a word of why."""
    address = on_the_last_evening(portal, office, signer)
    desk = desk_of(portal, signer)
    page = desk.get(address)
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += timedelta(minutes=20)
    if tidied:
        with portal.database.write() as session:
            hearings.forget_over(session, today=portal.clock.now().astimezone(portal.settings.zone).date())
    sent = send(desk, address, page, text=ANSWER)
    shown = sent.get_data(as_text=True)

    assert sent.status_code == 409 and ANSWER in shown and EXTRACT not in shown
    assert any("Your answer was not taken: the time to answer was over on" in one for one in problems(sent))


def test_an_answer_after_a_colleague_answered_is_given_back(
    portal: Portal, office: Office, signer: Someone
) -> None:
    colleague = person(portal, roles=["body-signer"], name="Second Signer", connected_to=["DPR"])
    address = on_the_last_evening(portal, office, signer)
    first, second = desk_of(portal, signer), desk_of(portal, colleague)
    page = second.get(address)
    answer(first, address, text="The sheets are here.")
    sent = send(second, address, page, text=ANSWER)
    shown = sent.get_data(as_text=True)

    assert sent.status_code == 409 and ANSWER in shown and "The sheets are here." not in shown
    assert any("somebody of your body answered on" in one for one in problems(sent))


def test_a_body_of_which_nobody_is_here_cannot_be_asked(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    with pytest.raises(NobodyAnswers):
        ask(portal, office.officer, case_id)


ON = date(2026, 2, 9)
WAITS, OVER = Hearing(ON, ON + DAY, None), Hearing(ON, ON - DAY, None)
ANSWERED = Hearing(ON, ON + DAY, ON)


@pytest.mark.parametrize(
    ("accused", "missing"),
    [
        ({}, (ToHear.NO_BODY, None)),
        ({"DPR": None}, (ToHear.NOT_ASKED, None)),
        ({"DPR": WAITS}, (ToHear.MAY_ANSWER, ON + DAY)),
        ({"DPR": Hearing(ON, ON, None)}, (ToHear.MAY_ANSWER, ON)),
        ({"DPR": OVER}, None),
        ({"DPR": ANSWERED}, None),
        ({"DPR": ANSWERED, "DOT": None}, (ToHear.NOT_ASKED, None)),
        ({"DPR": OVER, "DOT": WAITS}, (ToHear.MAY_ANSWER, ON + DAY)),
    ],
)
@pytest.mark.parametrize("finding", list(Finding))
def test_only_what_goes_against_a_body_waits_until_it_was_heard(
    finding: Finding, accused: dict[str, Hearing | None], missing: tuple[ToHear, date | None] | None
) -> None:
    against = finding in (Finding.UPHELD, Finding.PARTLY)
    found = hearing.still_to_hear(finding=finding, accused=accused, today=ON)
    assert found == (missing if against else None)


def propose(portal: Portal, office: Office, case_id: str, finding: Finding = Finding.PARTLY) -> None:
    do(portal, decisions.propose_finding, office.officer, case_id, finding=finding, reason="so")


def test_no_finding_against_a_body_is_proposed_before_it_answered_or_its_time_is_over(
    portal: Portal, office: Office, signer: Someone
) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    with pytest.raises(NotHeard, match="has to be heard"):
        propose(portal, office, case_id)
    ask(portal, office.officer, case_id)
    assert isinstance(portal.clock, FixedClock)
    due_on = the_hearing(opened(portal, office.officer, case_id)).due_on
    portal.clock.at += (due_on - portal.clock.now().date()).days * DAY
    with pytest.raises(NotHeard, match="may still answer"):
        propose(portal, office, case_id)
    page = desk_of(portal, office.officer).get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)
    assert "Before it can be upheld: the body answers" in page
    portal.clock.at += DAY
    propose(portal, office, case_id)
    do(portal, decisions.decide, office.decider, case_id)
    assert state_of(portal, case_id) == ("decided", "partly")


def test_a_finding_that_was_proposed_unheard_is_not_decided(portal: Portal, office: Office) -> None:
    """Proposed before this held, or past the desk: the second officer can send it back, and nothing else."""
    case_id = to_state(portal, office, CaseState.PROPOSED)
    with portal.database.write() as session:
        session.execute(delete(HearingRow))
    answer(desk_of(portal, office.decider), f"/desk/cases/{reference(case_id)}/decide", expect=409)
    assert state_of(portal, case_id) == ("proposed", None)
    do(portal, decisions.send_back, office.decider, case_id, reason="hear them first")
    propose(portal, office, case_id, Finding.NOT_UPHELD)
    do(portal, decisions.decide, office.decider, case_id)


def test_a_body_is_heard_anew_when_its_case_is_opened_again(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    heard(portal, office.officer, case_id)
    propose(portal, office, case_id, Finding.NOT_UPHELD)
    do(portal, decisions.decide, office.decider, case_id)
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    do(portal, decisions.reopen, office.officer, case_id, reason="new sheets")
    do(portal, casework.assign, office.officer, case_id, person_id=office.officer.id)
    with pytest.raises(NotHeard):
        propose(portal, office, case_id)


def test_nothing_is_found_against_a_body_nobody_named(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    with portal.database.write() as session:
        session.execute(update(Case).values(body_code=None))
    with pytest.raises(NotHeard, match="which body"):
        propose(portal, office, case_id)


def test_a_case_that_took_in_one_about_another_body_waits_for_both(portal: Portal, office: Office) -> None:
    case_id, other = to_state(portal, office, CaseState.ASSIGNED), to_state(portal, office, CaseState.ACKNOWLEDGED)
    heard(portal, office.officer, case_id)
    with portal.database.write() as session:
        moved = {"state": "joined", "merged_into": case_id, "body_code": "DOT"}
        session.execute(update(Case).where(Case.id == other).values(**moved))
    with pytest.raises(NotHeard):
        propose(portal, office, case_id)
    answer(desk_of(portal, office.officer), f"/desk/cases/{reference(case_id)}/letter", text="Why?", body="DOT")
    do(portal, letters.enter_answer, office.officer, case_id, text="So.", submission="dot", body="DOT")
    propose(portal, office, case_id)


def test_a_body_is_asked_by_letter_only_where_none_of_its_people_can_answer_here(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    desk = desk_of(portal, office.officer)
    address = f"/desk/cases/{reference(case_id)}"
    assert desk.get(f"{address}/hear").status_code == 404
    answer(desk, f"{address}/letter", text=EXTRACT)
    assert "The body was asked by letter" in desk.get(address).get_data(as_text=True)
    with pytest.raises(NotHeard):
        propose(portal, office, case_id)
    answer(desk, f"{address}/letter-answer", text=ANSWER)
    assert notes(opened(portal, office.officer, case_id)) == {Says.EXTRACT: EXTRACT, Says.BODY_ANSWER: ANSWER}
    with pytest.raises(WrongState):
        do(portal, letters.enter_answer, office.officer, case_id, text="more", submission="2")
    late = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    with pytest.raises(AnswersHere):
        do(portal, letters.write_letter, office.officer, case_id, text=EXTRACT, submission="3")
    assert "There is nothing here." in desk_of(portal, late).get("/desk/asked").get_data(as_text=True)


def order(portal: Portal, office: Office, case_id: str, *team: Someone, **fields: Any) -> None:
    wanted = {
        "method": Method.SECRET_VISIT,
        "day": date(2026, 3, 2),
        "text": "Look at the lawns",
        "submission": "i",
    }
    team_ids = [one.id for one in team]
    do(
        portal,
        inspections.order,
        office.officer,
        case_id,
        team=team_ids,
        **({"submission": "i"} | wanted | fields),
    )


def test_an_inspection_is_made_by_its_team_and_its_result_is_attached(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    late = person(portal, roles=["case-officer"], name="Eve Late")
    order(portal, office, case_id, late)
    stored = everything_stored(portal)
    assert b"secret-visit" not in stored and b"the lawns" not in stored
    assert INSPECT in titles(portal, late) and INSPECT not in titles(portal, office.officer)
    with pytest.raises(NotEligible):
        do(portal, inspections.attach_result, office.officer, case_id, text="all well", submission="r")
    with pytest.raises(WrongState):
        order(portal, office, case_id, late)
    answer(desk_of(portal, late), f"/desk/cases/{reference(case_id)}/inspected", text="The lawns were not cut.")
    case = opened(portal, office.officer, case_id)
    assert notes(case)[Says.INSPECTED] == "The lawns were not cut."
    assert next(one.method for one in case.entries if one.says is Says.INSPECTION) is Method.SECRET_VISIT
    assert INSPECT not in titles(portal, late)


def test_nobody_connected_or_gone_inspects(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    with pytest.raises(NotEligible):
        order(portal, office, case_id, office.connected)
    late = person(portal, roles=["case-officer"], name="Eve Late")
    order(portal, office, case_id, late, day=portal.clock.now().date())
    do(portal, casework.recuse, late, case_id)
    assert opened(portal, office.officer, case_id).inspection.team == ()  # type: ignore[union-attr]
    do(portal, inspections.cancel, office.officer, case_id)
    order(portal, office, case_id, office.officer, submission="again")


def test_the_database_refuses_an_inspection_that_ended_without_a_day(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    order(portal, office, case_id, office.officer)
    for wrong in ({"state": "done"}, {"state": "dreamt"}, {"day": date(2020, 1, 1)}):
        with pytest.raises(IntegrityError), portal.database.write() as session:
            session.execute(update(InspectionRow).values(**wrong))


OWN = "Everybody at the counter knows that the lists were signed at night by one hand."


@pytest.mark.parametrize(("place", "with_signer"), [("hear", True), ("letter", False)])
def test_no_sentence_of_the_reporters_goes_to_the_body(
    portal: Portal, office: Office, place: str, with_signer: bool
) -> None:
    """It knows its people by how they write."""
    if with_signer:
        person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    report = filed_report(portal, what=OWN)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    desk, typed = desk_of(portal, office.officer), f"Is it true that {OWN.lower()}?"
    refused = answer(desk, f"{report.address}/{place}", text=typed, expect=422)
    said = "own words: “everybody at the counter knows that the lists”. Say it in yours."
    assert any(said in one for one in problems(refused))
    assert typed in refused.get_data(as_text=True), "nothing is lost"
    named = "By whom, and at what hour, were the lists of Share of parks kept clean signed?"
    answer(desk, f"{report.address}/{place}", text=named)


def test_nor_one_of_a_message(portal: Portal, office: Office, signer: Someone) -> None:
    report = filed_report(portal)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    fields: dict[str, Any] = {"settings": portal.settings, "now": portal.clock.now()}
    with portal.database.write() as session:
        secret = mailbox.enter(session, code=report.code, keys=portal.keys, **fields)
        mailbox.write(session, secret=secret, text=OWN, submission="message", **fields)
    with pytest.raises(Invalid):
        do(portal, hearings.ask_body, office.officer, report.case_id, text=OWN, submission="1", keys=portal.keys)
