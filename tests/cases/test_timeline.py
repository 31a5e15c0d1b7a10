"""The timeline of a case: who did what on which day, for those who hold it alone."""

import re
from datetime import timedelta

import pytest

from portal.audit.jobs import HANDLERS as SEALING
from portal.audit.queries import acts_of_chain
from portal.audit.values import MAIN, case_chain
from portal.cases.errors import NoSuchCase
from portal.cases.jobs import escalate
from portal.cases.services import casework, decisions, masks
from portal.cases.timeline import timeline
from portal.cases.values import Event, FileMask, Finding, Shown
from portal.cases.web.timeline import ACTS
from portal.foundation.context import Portal
from portal.foundation.jobs import Runner
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do
from tests.cases.test_steps import later
from tests.factories.accounts import Someone
from tests.factories.cases import Filed, Office, answer, desk_of, filed_report, officer_of, send


def events_of(portal: Portal, report: Filed, someone: Someone) -> tuple[Event, ...]:
    with portal.database.read() as session:
        given = {"officer": officer_of(someone), "now": portal.clock.now()}
        return timeline(session, case_id=report.case_id, **given)


@pytest.fixture
def told(portal: Portal, office: Office) -> Filed:
    """A case with something from everybody: asked and answered on one day, proposed on the next."""
    report = filed_report(portal)
    ada = {"officer": officer_of(office.officer), "case_id": report.case_id}
    with portal.database.write() as session:
        now = portal.clock.now()
        casework.acknowledge(session, now=now, **ada)
        casework.assign(session, person_id=office.officer.id, now=now, **ada)
        casework.ask(session, text="when?", submission="q", now=now, **ada)
    answer(report.client, "/report/mailbox", code=report.code)
    send(report.client, "/report/mailbox/message", report.client.get("/report/mailbox"), text="On Monday.")
    with portal.database.write() as session:
        casework.add_note(session, text="hm", submission="n", now=portal.clock.now(), **ada)
        portal.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
        finding = Finding.NOT_UPHELD
        decisions.propose_finding(session, finding=finding, reason="so", now=portal.clock.now(), **ada)
    return report


def test_timeline_tells_who_did_what_in_its_order(portal: Portal, office: Office, told: Filed) -> None:
    first, ada = portal.clock.now().date() - timedelta(days=1), office.officer.id

    assert events_of(portal, told, office.decider) == (
        Event(first, "reporter.reported"),
        Event(first, "cases.acknowledge", ada),
        Event(first, "cases.assign", ada, to=ada),
        Event(first, "cases.ask", ada),
        Event(first, "reporter.wrote"),
        Event(first, "cases.note", ada),
        Event(first + timedelta(days=1), "cases.propose", ada),
    )


def test_a_conflict_declared_in_a_case_is_told_neither_by_the_main_record_nor_to_colleagues(
    portal: Portal, office: Office, told: Filed
) -> None:
    """The main record would say at the minute who had a case about something of theirs."""
    with portal.database.write() as session:
        given = {"officer": officer_of(office.decider), "case_id": told.case_id}
        casework.declare_conflict(session, now=portal.clock.now(), **given)
    with portal.database.read() as session:
        assert "accounts.declare-interest" not in {one.act for one in acts_of_chain(session, MAIN)}
        acts = acts_of_chain(session, case_chain(told.case_id))
    assert [one.act for one in acts if one.actor_id == office.decider.id][-1] == "accounts.declare-interest"
    assert events_of(portal, told, office.officer)[-1].act == "cases.recuse"


def test_the_record_of_a_case_does_not_say_which_body_it_was_about(portal: Portal, office: Office) -> None:
    """It stays when the case is deleted."""
    report = filed_report(portal, subject={})
    assert office.outside is not None
    with portal.database.write() as session:
        given = {"officer": officer_of(office.outside), "case_id": report.case_id}
        casework.set_body(session, body_code="DPR", now=portal.clock.now(), **given)
    with portal.database.read() as session:
        acts = acts_of_chain(session, case_chain(report.case_id))
    assert "cases.set-body" in {one.act for one in acts}
    assert "DPR" not in {value for one in acts for value in one.details.values()}


def test_timeline_is_the_same_before_and_after_its_rows_are_sealed(
    portal: Portal, office: Office, told: Filed
) -> None:
    before = events_of(portal, told, office.officer)
    runner = Runner(portal, SEALING, ())
    while runner.step():
        pass

    assert events_of(portal, told, office.officer) == before
    assert {event.act for event in before} <= set(ACTS)


def test_timeline_exists_for_holders_alone(portal: Portal, office: Office, told: Filed) -> None:
    with pytest.raises(NoSuchCase):
        events_of(portal, told, office.connected)
    assert desk_of(portal, office.connected).get(f"{told.address}/timeline").status_code == 404
    page = desk_of(portal, office.decider).get(f"{told.address}/timeline").get_data(as_text=True)
    assert "Asked the reporter a question" in page and "Ada Officer" in page and "when?" not in page


def test_events_of_two_cases_stay_apart(portal: Portal, office: Office, told: Filed) -> None:
    other = filed_report(portal)

    assert [event.act for event in events_of(portal, other, office.officer)] == ["reporter.reported"]


def test_timeline_says_which_files_original_was_taken_by_the_name_that_the_case_shows(
    portal: Portal, office: Office
) -> None:
    """The record keeps the file's random id; its name is sealed with the case, and hidden where a mask says so."""
    names = ("cormorant.csv", "puffin.csv")
    report = filed_report(portal, files=[(name, b"a,b\n1,2\n") for name in names])
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    ada = desk_of(portal, office.officer)
    page = ada.get(report.address).get_data(as_text=True)
    first, second = dict.fromkeys(re.findall(r"/desk/cases/[a-z0-9-]+/files/[a-z0-9]+", page))
    answer(ada, f"{second}/original", expect=200, sure="y")
    page = ada.get(f"{report.address}/timeline").get_data(as_text=True)
    assert "Took the original of a file" in page and f'{second}"><span dir="auto">puffin.csv' in page
    assert "cormorant" not in page and b"puffin" not in everything_stored(portal)

    hidden = [FileMask(one.rpartition("/")[2], Shown.WITHHELD, "hide") for one in (first, second)]
    do(portal, masks.propose, office.officer, report.case_id, words=[], files=hidden, reason="named so")
    do(portal, masks.agree, office.decider, report.case_id)
    page = ada.get(f"{report.address}/timeline").get_data(as_text=True)
    assert "File 2.csv" in page and "puffin" not in page


def test_timeline_says_which_day_passed(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    later(portal, 12)
    escalate(portal)

    page = desk_of(portal, office.decider).get(f"{report.address}/timeline").get_data(as_text=True)
    assert "Missed: the first message to the reporter" in page and "Missed: assigning the case" in page
    assert "A deadline passed" not in page
