"""A report that names no body stays with the outside recipient: nobody knows yet whom it would connect."""

import pytest

from portal.cases.errors import CannotJoin, NotEligible, WrongState
from portal.cases.models import Case
from portal.cases.services import casework, joining
from portal.cases.services.epochs import holders_of
from portal.foundation.context import Portal
from tests.cases.test_joining import do
from tests.factories.accounts import Someone
from tests.factories.cases import Filed, Office, answer, desk_of, filed_report


@pytest.fixture
def unnamed(portal: Portal, office: Office) -> Filed:
    return filed_report(portal, subject={}, what="some park")


@pytest.fixture
def olga(office: Office) -> Someone:
    assert office.outside is not None
    return office.outside


def holders(portal: Portal, report: Filed) -> set[str]:
    with portal.database.read() as session:
        return set(holders_of(session, report.case_id))


def test_it_can_be_given_to_nobody_of_the_office(
    portal: Portal, office: Office, unnamed: Filed, olga: Someone
) -> None:
    do(portal, casework.acknowledge, olga, unnamed)
    for act, someone in (
        (casework.share, office.decider),
        (casework.assign, office.officer),
        (casework.share, office.connected),
    ):
        with pytest.raises(NotEligible):
            do(portal, act, olga, unnamed, person_id=someone.id)
    assert holders(portal, unnamed) == {olga.id}


def test_the_page_says_why_and_leads_to_what_is_missing(portal: Portal, unnamed: Filed, olga: Someone) -> None:
    do(portal, casework.acknowledge, olga, unnamed)
    page = desk_of(portal, olga).get(f"{unnamed.address}/share").get_data(as_text=True)
    assert "Nobody has said which body this report is about" in page
    assert f'href="{unnamed.address}/body"' in page
    assert 'name="person"' not in page


def test_it_is_not_brought_to_them_by_joining_it_into_a_case_that_they_hold(
    portal: Portal, office: Office, unnamed: Filed, olga: Someone
) -> None:
    named = filed_report(portal)
    do(portal, casework.acknowledge, olga, unnamed)
    do(portal, casework.acknowledge, olga, named)
    with pytest.raises(CannotJoin):
        do(portal, joining.propose_joining, olga, unnamed, into_id=named.case_id, reason="the same")
    assert holders(portal, unnamed) == {olga.id}


def test_once_it_is_said_that_none_can_be_named_it_can_be_given_to_colleagues(
    portal: Portal, office: Office, unnamed: Filed, olga: Someone
) -> None:
    desk = desk_of(portal, olga)
    do(portal, casework.acknowledge, olga, unnamed)
    answer(desk, f"{unnamed.address}/body", body="-")

    with portal.database.read() as session:
        assert session.get_one(Case, unnamed.case_id).no_body_on == portal.clock.now().date()
    assert "None can be named (said on" in desk.get(unnamed.address).get_data(as_text=True)
    assert holders(portal, unnamed) == {olga.id}, "saying so gives the case to nobody"
    do(portal, casework.share, olga, unnamed, person_id=office.decider.id)
    assert holders(portal, unnamed) == {olga.id, office.decider.id}
    assert "Said that no public body can be named" in desk.get(f"{unnamed.address}/timeline").get_data(
        as_text=True
    )


def test_that_none_can_be_named_is_said_once_and_a_body_can_be_named_afterwards(
    portal: Portal, office: Office, unnamed: Filed, olga: Someone
) -> None:
    desk = desk_of(portal, olga)
    assert 'value="-"' in desk.get(f"{unnamed.address}/body").get_data(as_text=True)
    do(portal, casework.set_no_body, olga, unnamed)
    assert 'value="-"' not in desk.get(f"{unnamed.address}/body").get_data(as_text=True)
    with pytest.raises(WrongState):
        do(portal, casework.set_no_body, olga, unnamed)

    do(portal, casework.set_body, olga, unnamed, body_code="DPR")
    assert office.officer.id in holders(portal, unnamed) and office.connected.id not in holders(portal, unnamed)
    with pytest.raises(WrongState):
        do(portal, casework.set_no_body, olga, unnamed)


def test_nothing_chosen_is_asked_for_again(portal: Portal, unnamed: Filed, olga: Someone) -> None:
    page = answer(desk_of(portal, olga), f"{unnamed.address}/body", expect=422, body="")
    assert "Choose the body, or say that none can be named." in page.get_data(as_text=True)
