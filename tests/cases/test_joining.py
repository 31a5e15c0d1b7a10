"""Cases about one matter: linked for those who know of both, joined by two people, told truly to each reporter."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.cases.errors import CannotJoin, NoSuchCase, WrongState
from portal.cases.models import Case
from portal.cases.queries import together, upheld_for_evaluation
from portal.cases.services import casework, decisions, extensions, joining
from portal.cases.services.epochs import holders_of
from portal.cases.timeline import timeline
from portal.cases.values import CaseSummary, Finding
from portal.duties.errors import NoSuchProposal, OwnProposal
from portal.duties.queries import duties_of, signatures_waiting_for
from portal.foundation.context import Portal
from tests.conftest import new_client
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import UNWRITTEN, Filed, Office, answer, desk_of, filed_report, heard, officer_of, send


def do(portal: Portal, act: Any, someone: Someone, report: Filed, **fields: Any) -> None:
    with portal.database.write() as session:
        act(session, case_id=report.case_id, officer=officer_of(someone), now=portal.clock.now(), **fields)


def read(portal: Portal, *reports: Filed, by: Someone) -> None:
    for report in reports:
        do(portal, casework.acknowledge, by, report)


def ids_of(cases: tuple[CaseSummary, ...]) -> set[str]:
    return {one.id for one in cases}


@pytest.fixture
def pair(portal: Portal, office: Office) -> tuple[Filed, Filed]:
    """Two reports about the same figure, both read."""
    both = filed_report(portal, what="first"), filed_report(portal, what="again")
    read(portal, *both, by=office.officer)
    return both


def joined(portal: Portal, office: Office, pair: tuple[Filed, Filed]) -> tuple[Filed, Filed]:
    first, again = pair
    do(portal, joining.propose_joining, office.officer, again, into_id=first.case_id, reason="the same")
    do(portal, joining.agree_to_joining, office.decider, again)
    return pair


def status_of(report: Filed) -> str:
    return str(_open_mailbox(report, new_client(report.portal)).get_data(as_text=True))


def state_of(portal: Portal, report: Filed) -> tuple[str, str | None]:
    with portal.database.read() as session:
        case = session.get_one(Case, report.case_id)
        return case.state, case.finding


def test_cases_about_one_figure_are_offered_and_linked_for_those_who_know_of_both(
    portal: Portal, office: Office, pair: tuple[Filed, Filed]
) -> None:
    first, again = pair
    published.append(portal, published.body("DOT"))
    other = filed_report(portal, subject={"body": "DOT"})
    near = person(portal, roles=["case-officer"], name="Nea Near", connected_to=["DOT"])
    with portal.database.write() as session:
        given: dict[str, Any] = {"officer": officer_of(office.officer), "now": portal.clock.now()}
        assert ids_of(together(session, case_id=first.case_id, **given).same) == {again.case_id}
        joining.link(session, case_id=first.case_id, other_id=other.case_id, **given)
        assert ids_of(together(session, case_id=other.case_id, **given).linked) == {first.case_id}
        casework.share(session, case_id=first.case_id, person_id=office.decider.id, **given)
    do(portal, upkeep_grant, office.officer, first, person_id=near.id)
    with portal.database.read() as session:
        theirs: dict[str, Any] = {"case_id": first.case_id, "officer": officer_of(near), "now": portal.clock.now()}
        assert together(session, **theirs).linked == ()
        assert "cases.link" not in {event.act for event in timeline(session, **theirs)}
    with pytest.raises(NoSuchCase):
        do(portal, joining.unlink, near, first, other_id=other.case_id)
    do(portal, joining.unlink, office.officer, other, other_id=first.case_id)
    with pytest.raises(WrongState):
        do(portal, joining.unlink, office.officer, first, other_id=other.case_id)


def upkeep_grant(session: Any, *, case_id: str, person_id: str, officer: Any, now: Any) -> None:
    casework.assign(session, case_id=case_id, person_id=person_id, officer=officer, now=now)


def test_joining_takes_two_people(portal: Portal, office: Office, pair: tuple[Filed, Filed]) -> None:
    first, again = pair
    ben, dan = office.decider, person(portal, roles=["case-decider"], name="Dan Decider")
    for report in pair:
        do(portal, casework.share, ben, report, person_id=dan.id)
    do(portal, joining.propose_joining, ben, again, into_id=first.case_id, reason="the same")
    with pytest.raises((OwnProposal, NoSuchProposal)):
        do(portal, joining.agree_to_joining, ben, again)
    assert state_of(portal, again) == ("acknowledged", None)
    do(portal, joining.refuse_joining, ben, again, reason="x")
    do(portal, joining.propose_joining, office.officer, again, into_id=first.case_id, reason="the same")
    with portal.database.read() as session:
        waiting = signatures_waiting_for(session, ben.actor, now=portal.clock.now())
    assert [one.payload for one in waiting] == [{"into": first.case_id}]
    do(portal, joining.agree_to_joining, ben, again)

    assert state_of(portal, again) == ("joined", None)
    assert "joined with another about the same matter" in status_of(again)
    with pytest.raises(WrongState):
        do(portal, joining.propose_joining, office.officer, again, into_id=first.case_id, reason="twice")


def test_whoever_may_not_hold_both_keeps_cases_apart(portal: Portal, office: Office) -> None:
    """Were this to fail, somebody named by one reporter would read that report by way of another."""
    first, again = filed_report(portal), filed_report(portal, names="Ben Decider")
    read(portal, first, again, by=office.officer)

    with pytest.raises(CannotJoin):
        do(portal, joining.propose_joining, office.officer, again, into_id=first.case_id, reason="the same")
    with pytest.raises(CannotJoin):
        do(portal, joining.propose_joining, office.officer, first, into_id=again.case_id, reason="the same")


def test_who_holds_one_holds_both_and_steps_aside_from_both(
    portal: Portal, office: Office, pair: tuple[Filed, Filed]
) -> None:
    first, again = pair
    third = person(portal, roles=["case-officer"], name="Theo Third")
    do(portal, casework.assign, office.officer, first, person_id=third.id)
    joined(portal, office, pair)
    assert desk_of(portal, third).get(again.address).status_code == 200
    later = person(portal, roles=["case-officer"], name="Lia Later")
    do(portal, casework.assign, office.officer, first, person_id=later.id)
    do(portal, casework.recuse, third, first)

    with portal.database.read() as session:
        held = [set(holders_of(session, one.case_id)) for one in pair]
    assert held[0] == held[1] and later.id in held[1] and third.id not in held[1]


@pytest.fixture
def unknown(portal: Portal, office: Office) -> tuple[Filed, Filed, Someone]:
    """Two joined reports whose body was thought impossible to name, in the hands of somebody employed by one."""
    rhoda = person(portal, roles=["case-decider"], name="Rhoda Roads", connected_to=["DOT"])
    first, again = filed_report(portal, subject={}), filed_report(portal, subject={}, what="again")
    assert office.outside is not None
    read(portal, first, again, by=office.outside)
    for report in (first, again):
        do(portal, casework.set_no_body, office.outside, report)
        for someone in (office.decider, rhoda):
            do(portal, casework.share, office.outside, report, person_id=someone.id)
    do(portal, joining.propose_joining, office.outside, again, into_id=first.case_id, reason="the same")
    do(portal, joining.agree_to_joining, office.decider, again)
    do(portal, casework.assign, office.outside, first, person_id=rhoda.id)
    return first, again, rhoda


def holders_of_each(portal: Portal, *reports: Filed) -> list[set[str]]:
    with portal.database.read() as session:
        return [set(holders_of(session, one.case_id)) for one in reports]


@pytest.mark.parametrize("which", [0, 1], ids=["of the case", "of the one joined into it"])
def test_who_is_connected_to_a_body_that_is_set_loses_all_that_was_joined(
    portal: Portal, unknown: tuple[Filed, Filed, Someone], office: Office, which: int
) -> None:
    """Else they would read about their own body by way of the other case, and go on working on it."""
    first, again, rhoda = unknown
    desk = desk_of(portal, rhoda)
    do(portal, casework.set_body, office.decider, (first, again)[which], body_code="DOT")

    assert all(rhoda.id not in held for held in holders_of_each(portal, first, again))
    assert state_of(portal, first) == ("acknowledged", None)
    for report in (first, again):
        assert desk.get(report.address).status_code == 404
    with portal.database.read() as session:
        assert session.get_one(Case, first.case_id).assigned_to is None
        assert duties_of(session, rhoda.actor, now=portal.clock.now()) == ()


def test_bodies_of_joined_cases_are_all_known_before_their_officers_receive_any(
    portal: Portal, unknown: tuple[Filed, Filed, Someone], office: Office
) -> None:
    """Else somebody would hold one of two joined cases, and not the other."""
    first, again, _ = unknown
    do(portal, casework.set_body, office.decider, again, body_code="DOT")
    one, other = holders_of_each(portal, first, again)
    assert one == other and office.officer.id not in one and office.connected.id not in one
    do(portal, casework.set_body, office.decider, first, body_code="DPR")

    one, other = holders_of_each(portal, first, again)
    assert one == other and office.officer.id in one and office.connected.id not in one
    for report in (first, again):
        assert desk_of(portal, office.officer).get(report.address).status_code == 200


def test_every_reporter_reads_what_was_found_and_a_figure_is_counted_once(
    portal: Portal, office: Office, pair: tuple[Filed, Filed]
) -> None:
    first, again = joined(portal, office, pair)
    do(portal, casework.assign, office.officer, first, person_id=office.officer.id)
    heard(portal, office.officer, first.case_id)
    do(portal, decisions.propose_finding, office.officer, first, finding=Finding.UPHELD, reason="so")
    send(again.client, "/report/mailbox/message", _open_mailbox(again, again.client), text="I have more.")
    do(portal, decisions.decide, office.decider, first)

    assert state_of(portal, again) == state_of(portal, first) == ("decided", "upheld")
    assert "Two officers found that what you reported is so." in status_of(again)
    assert "I have more." in desk_of(portal, office.officer).get(again.address).get_data(as_text=True)
    with portal.database.read() as session:
        assert len(upheld_for_evaluation(session, "DPR", "2022")) == 1
    with pytest.raises(WrongState):
        do(portal, decisions.close, office.officer, again, **UNWRITTEN)


def test_what_was_joined_is_closed_and_opened_again_with_its_case(
    portal: Portal, office: Office, pair: tuple[Filed, Filed]
) -> None:
    first, again = joined(portal, office, pair)
    do(portal, casework.assign, office.officer, first, person_id=office.officer.id)
    do(portal, decisions.propose_finding, office.officer, first, finding=Finding.NOT_UPHELD, reason="so")
    do(portal, decisions.decide, office.decider, first)
    do(portal, decisions.close, office.officer, first, **UNWRITTEN)
    assert state_of(portal, again) == ("closed", "not-upheld")
    do(portal, decisions.reopen, office.officer, first, reason="new")

    assert (state_of(portal, first), state_of(portal, again)) == (("reopened", None), ("joined", None))


def test_joined_case_can_go_its_own_way_again(portal: Portal, office: Office, pair: tuple[Filed, Filed]) -> None:
    first, again = joined(portal, office, pair)
    do(portal, joining.part, office.officer, again, reason="it tells of another year")

    assert state_of(portal, again) == ("acknowledged", None)
    with portal.database.read() as session:
        given: dict[str, Any] = {"officer": officer_of(office.officer), "now": portal.clock.now()}
        assert together(session, case_id=first.case_id, **given).taken_in == ()
        told = [event.act for event in timeline(session, case_id=first.case_id, **given)]
    assert told[-2:] == ["cases.take-in", "cases.part"]


def test_database_refuses_a_joined_case_that_names_no_other(
    portal: Portal, office: Office, pair: tuple[Filed, Filed]
) -> None:
    first, again = joined(portal, office, pair)
    for into in (None, again.case_id):
        with pytest.raises(IntegrityError), portal.database.write() as session:
            session.execute(update(Case).where(Case.id == again.case_id).values(merged_into=into))
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).where(Case.id == first.case_id).values(state="joined"))


def test_pages_link_and_join_cases(portal: Portal, office: Office, pair: tuple[Filed, Filed]) -> None:
    first, again = pair
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    assert again.address in ada.get(first.address).get_data(as_text=True)
    refused = answer(ada, f"{first.address}/link", expect=422, other="k7qf2")
    assert "no other case with this mark" in refused.get_data(as_text=True)
    answer(ada, f"{first.address}/link", other=f"https://portal.test{again.address}?list=closed")
    answer(ada, f"{again.address}/join", other=first.case_id, reason="the same")
    answer(ben, f"{again.address}/join-agree")

    page = ben.get(again.address).get_data(as_text=True)
    assert "Joined into:" in page and "/close" not in page and "/assign" not in page
    assert desk_of(portal, office.connected).get(f"{again.address}/join-agree").status_code == 404


def _open_mailbox(report: Filed, client: Any) -> Any:
    answer(client, "/report/mailbox", code=report.code)
    return client.get("/report/mailbox")


@pytest.mark.parametrize("first", ["joined", "extended"])
def test_more_time_for_a_case_is_more_time_for_what_is_joined_to_it(
    portal: Portal, office: Office, pair: tuple[Filed, Filed], first: str
) -> None:
    """It is decided with the other: a day of its own would pass, be counted as missed, and be a false promise."""
    main, again = pair

    def extended() -> None:
        do(portal, extensions.propose_extension, office.officer, main, reason="more sheets")
        do(portal, extensions.agree_to_extension, office.decider, main)

    do(portal, casework.assign, office.officer, main, person_id=office.officer.id)
    if first == "joined":
        joined(portal, office, pair)
        extended()
    else:
        extended()
        joined(portal, office, pair)
    with portal.database.read() as session:
        days = [session.get_one(Case, one.case_id).feedback_due_on for one in pair]
        assert days[0] == days[1]
    assert "Two officers extended this term" in status_of(again)
