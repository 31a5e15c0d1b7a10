"""What a reporter writes is answered in days by whoever has the case, or somebody outside the chain is told."""

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.cases import rules
from portal.cases.jobs import change_locks, escalate
from portal.cases.models import Case, MissedRow
from portal.cases.queries import queue
from portal.cases.services import casework, decisions, mailbox
from portal.cases.values import CaseState, Deadline, Finding, Lane
from portal.duties.models import DutyRow
from portal.duties.queries import duties_of
from portal.foundation.context import Portal
from portal.foundation.migrate import downgrade
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import DAY, do, titles
from tests.cases.test_followups import reporter
from tests.cases.test_joining import joined, pair
from tests.cases.test_steps import WATCH, later
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.factories.cases import (
    UNWRITTEN,
    Filed,
    Office,
    answer,
    bring_up,
    desk_of,
    filed_report,
    officer_of,
    send,
)

__all__ = ["pair"]

WROTE = "A reporter wrote: read it and answer"


def wrote(portal: Portal, report: Filed, text: str = "I found the SECRETSHEET.", submission: str = "1") -> None:
    assert reporter(portal, mailbox.write, report, text=text, submission=submission)


def given_to(portal: Portal, report: Filed, someone: Someone, *, by: Someone) -> None:
    do(portal, casework.acknowledge, by, report.case_id)
    do(portal, casework.assign, by, report.case_id, person_id=someone.id)


def due_days(portal: Portal, someone: Someone) -> list[date]:
    with portal.database.read() as session:
        waiting = duties_of(session, someone.actor, now=portal.clock.now())
        return [one.due_at.date() for one in waiting if one.title.msgid == WROTE]


def test_what_the_reporter_writes_waits_for_whoever_has_the_case(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    given_to(portal, report, office.decider, by=office.officer)
    wrote(portal, report)

    assert due_days(portal, office.decider) == [date(2026, 2, 12)]  # three working days after Monday the 9th
    assert office.outside is not None
    for someone in (office.officer, office.outside, office.connected):
        assert WROTE not in titles(portal, someone)
    page = desk_of(portal, office.decider).get("/desk").get_data(as_text=True)
    assert WROTE in page and report.address in page and "12 Feb" in page


def test_while_nobody_has_it_everybody_who_may_see_the_case_is_told(portal: Portal, office: Office) -> None:
    report, box = filed_report(portal), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    answer(box, "/report/mailbox/1", file=(BytesIO(b"one more sheet"), "sheet.csv"))
    assert office.outside is not None
    for someone in (office.officer, office.decider, office.outside):
        assert WROTE in titles(portal, someone)
    assert WROTE not in titles(portal, office.connected)
    given_to(portal, report, office.officer, by=office.officer)

    assert WROTE in titles(portal, office.officer)
    assert WROTE not in titles(portal, office.decider) | titles(portal, office.outside)


def test_what_waits_goes_with_the_case_to_other_hands(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    given_to(portal, report, office.officer, by=office.officer)
    wrote(portal, report)
    do(portal, casework.recuse, office.officer, report.case_id)

    assert WROTE not in titles(portal, office.officer)
    assert WROTE in titles(portal, office.decider)


def test_an_answer_closes_it_and_a_second_message_asks_for_no_later_day(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    given_to(portal, report, office.officer, by=office.officer)
    wrote(portal, report)
    later(portal, 2)
    wrote(portal, report, submission="2")
    assert due_days(portal, office.officer) == [date(2026, 2, 12)]
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text="We look.", submission="a")
    assert WROTE not in titles(portal, office.officer)
    wrote(portal, report, submission="2")  # the same form once more

    assert WROTE not in titles(portal, office.officer)


def test_desk_and_mailbox_say_by_when_it_is_answered(portal: Portal, office: Office) -> None:
    report, box = filed_report(portal), new_client(portal)
    given_to(portal, report, office.officer, by=office.officer)
    answer(box, "/report/mailbox", code=report.code)
    sent = send(box, "/report/mailbox/message", box.get("/report/mailbox"), text="More.")
    assert sent.status_code == 303
    ada = desk_of(portal, office.officer)

    assert "An officer is to answer it by 12 February 2026." in box.get("/report/mailbox").get_data(as_text=True)
    assert "The reporter wrote: answer by 12 February 2026." in ada.get(report.address).get_data(as_text=True)
    assert "Reporter wrote" in ada.get("/desk/cases").get_data(as_text=True)
    answer(ada, f"{report.address}/message", text="Thank you.")
    assert "is to answer it by" not in box.get("/report/mailbox").get_data(as_text=True)


def test_a_message_that_nobody_answers_goes_outside_the_chain_also_after_a_decision(
    portal: Portal, office: Office
) -> None:
    """A closed case is where a reporter's cry would be heard last."""
    report = filed_report(portal)
    given_to(portal, report, office.officer, by=office.officer)
    do(portal, decisions.propose_finding, office.officer, report.case_id, finding=Finding.REFERRED, reason="so")
    do(portal, decisions.decide, office.decider, report.case_id)
    do(portal, decisions.close, office.officer, report.case_id, **UNWRITTEN)
    wrote(portal, report)
    later(portal, 3)
    escalate(portal)
    assert office.outside is not None and WATCH not in titles(portal, office.outside)
    later(portal, 1)
    for _ in range(2):
        escalate(portal)

    assert WATCH in titles(portal, office.outside)
    assert WATCH not in titles(portal, office.officer)
    ada = desk_of(portal, office.officer)
    assert "Missed: answering what the reporter wrote" in ada.get(report.address).get_data(as_text=True)
    answer(ada, f"{report.address}/message", text="Thank you.")
    assert WATCH not in titles(portal, office.outside)
    with portal.database.read() as session:
        assert list(session.scalars(select(MissedRow.deadline))) == ["answer"]


def test_a_decision_does_not_end_the_watch_over_a_message_that_is_overdue(portal: Portal, office: Office) -> None:
    """What is noticed once is not noticed again: the reporter would wait for ever."""
    report = filed_report(portal)
    given_to(portal, report, office.officer, by=office.officer)
    wrote(portal, report)
    later(portal, 20)
    escalate(portal)
    assert office.outside is not None and WATCH in titles(portal, office.outside)
    do(portal, decisions.propose_finding, office.officer, report.case_id, finding=Finding.REFERRED, reason="so")
    do(portal, decisions.decide, office.decider, report.case_id)
    assert WATCH in titles(portal, office.outside)
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text="Sorry.", submission="late")
    assert WATCH not in titles(portal, office.outside)


def test_somebody_outside_looks_on_until_nothing_is_overdue(portal: Portal, office: Office) -> None:
    """One answer does not make good that the term for the finding has passed."""
    report = filed_report(portal)
    given_to(portal, report, office.officer, by=office.officer)
    wrote(portal, report)
    later(portal, 100)
    escalate(portal)
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text="We look.", submission="a")

    assert office.outside is not None and WATCH in titles(portal, office.outside)


def test_a_report_set_aside_in_a_flood_asks_for_no_answer_of_its_own(portal: Portal, office: Office) -> None:
    """Ten thousand junk reports with a message each must not bury a desk in duties."""
    report = filed_report(portal)
    with portal.database.write() as session:
        session.get_one(Case, report.case_id).lane = Lane.QUARANTINE
    wrote(portal, report)

    assert WROTE not in titles(portal, office.officer)


def test_the_duty_says_nothing_of_what_was_written(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    wrote(portal, report)
    with portal.database.read() as session:
        duty = session.scalars(select(DutyRow).where(DutyRow.kind == "case-wrote")).one()
        said = (duty.title, duty.title_params, duty.subject, duty.address)
        assert said == (WROTE, {}, report.case_id, report.address)
        assert (duty.opened_at.hour, duty.opened_at.minute, duty.opened_at.second) == (0, 0, 0)

    assert b"SECRETSHEET" not in everything_stored(portal)


def test_what_is_due_first_stands_first_in_the_queue(portal: Portal, office: Office) -> None:
    quiet, loud = filed_report(portal), filed_report(portal)
    for report in (quiet, loud):
        given_to(portal, report, office.officer, by=office.officer)
        do(portal, casework.write_to_reporter, office.officer, report.case_id, text="We have it.", submission="m")
    wrote(portal, loud)
    with portal.database.read() as session:
        listed = queue(session, officer=officer_of(office.officer), now=portal.clock.now()).cases

    assert [(one.id, one.wrote) for one in listed] == [(loud.case_id, True), (quiet.case_id, False)]
    assert listed[0].due_on == date(2026, 2, 12)


@pytest.mark.parametrize("state", list(CaseState))
def test_an_answer_is_owed_in_every_state(state: CaseState) -> None:
    day = date(2026, 2, 12)
    found = rules.missed(
        state=state,
        acknowledge_due=day + DAY,
        message_due=None,
        message_on=None,
        answer_due=day,
        feedback_due=day + DAY,
        today=day + DAY,
    )
    assert found == ((Deadline.ANSWER, day),)


def test_what_is_written_into_a_joined_case_waits_for_whoever_has_the_other(
    portal: Portal, office: Office, pair: tuple[Filed, Filed]
) -> None:
    first, again = joined(portal, office, pair)
    wrote(portal, again)
    assert WROTE in titles(portal, office.officer) & titles(portal, office.decider)
    do(portal, casework.assign, office.officer, first.case_id, person_id=office.officer.id)

    assert due_days(portal, office.officer) == [date(2026, 2, 12)]
    assert WROTE not in titles(portal, office.decider)


def test_whoever_becomes_connected_to_one_of_two_joined_cases_loses_both(
    portal: Portal, office: Office, pair: tuple[Filed, Filed]
) -> None:
    """What was joined is read together: half of it would tell the connected officer of the other half."""
    first, again = pair
    third = person(portal, roles=["case-officer"], name="Theo Third")
    do(portal, casework.assign, office.officer, first.case_id, person_id=third.id)
    joined(portal, office, pair)
    with portal.database.write() as session:
        session.get_one(Case, again.case_id).indicator_code = "dirty-parks"
    wrote(portal, again)
    with portal.database.write() as session:
        near = {"kind": ConnectionKind.ENTERED, "indicator_code": "dirty-parks", "now": portal.clock.now()}
        connect(session, person_id=third.id, body_code="DPR", **near)
    change_locks(portal)

    theo = desk_of(portal, third)
    for report in pair:
        assert theo.get(report.address).status_code == 404
    with portal.database.read() as session:
        case = session.get_one(Case, first.case_id)
        assert (case.state, case.assigned_to) == ("acknowledged", None)
    assert WROTE in titles(portal, office.decider)
    do(portal, casework.assign, office.officer, first.case_id, person_id=office.officer.id)
    assert WROTE in titles(portal, office.officer)


def test_what_was_answered_before_stays_so_on_the_way_down_and_up(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    given_to(portal, report, office.officer, by=office.officer)
    wrote(portal, report)
    later(portal, 10)
    escalate(portal)
    downgrade(portal.database, "0052_body_answers")
    bring_up(portal)
    with portal.database.read() as session:
        kept = set(session.scalars(select(MissedRow.deadline)))
        listed = queue(session, officer=officer_of(office.officer), now=portal.clock.now()).cases

    assert kept == {"message"} and [one.due_on for one in listed] == [date(2026, 2, 12)]
