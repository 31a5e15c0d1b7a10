"""Whoever entered, signed or checked a figure never sees a report about it, in no list and at no address."""

import pytest
from sqlalchemy import delete

from portal.accounts.models import ConnectionRow
from portal.accounts.services import grant_role
from portal.accounts.values import ConnectionKind
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from tests.factories.accounts import Someone, person
from tests.factories.cases import desk_of, filed_report
from tests.factories.rounds import BODY, CHECKED, DAYS, Collecting

FIGURE = {"body": BODY, "indicator": DAYS, "period": "2025"}


@pytest.fixture
def house(portal: Portal) -> Collecting:
    return Collecting(portal)


def sees(someone: Someone, portal: Portal, address: str) -> tuple[bool, bool]:
    """Whether the case opens for the person, and whether their queue shows it."""
    client = desk_of(portal, someone)
    queue = client.get("/desk/cases").get_data(as_text=True)
    return client.get(address).status_code == 200, address in queue


def test_the_one_who_checked_a_value_has_no_part_in_a_report_on_it(house: Collecting) -> None:
    """The office's checker works for no body: only the check itself ties her to this figure, and to no other."""
    portal = house.portal
    checker = person(portal, roles=["registrar", "case-officer"], name="Vera Verifier")
    free = [person(portal, roles=[role]) for role in ("case-officer", "case-officer", "case-decider")]
    person(portal, roles=["outside-recipient"])
    house.open()
    house.hand_in()
    house.accept(DAYS, by=checker)
    house.accept(CHECKED)
    edition = str(house.release())
    about = filed_report(portal, subject={**FIGURE, "edition": edition})
    other = filed_report(portal, subject={**FIGURE, "indicator": CHECKED, "edition": edition})
    assert sees(checker, portal, about.address) == (False, False)
    assert sees(checker, portal, other.address) == (True, True)
    assert sees(free[0], portal, about.address) == (True, True)


def test_those_who_entered_and_signed_have_no_part_after_leaving_the_body(house: Collecting) -> None:
    portal = house.portal
    for someone in (house.editor, house.signer):
        _also(portal, someone, "case-officer")
    for role in ("case-officer", "case-officer", "case-decider"):
        person(portal, roles=[role])
    person(portal, roles=["outside-recipient"])
    house.open()
    house.hand_in()
    house.accept()
    edition = str(house.release())
    with portal.database.write() as session:  # as if their employment had ended many years ago
        session.execute(delete(ConnectionRow).where(ConnectionRow.kind == ConnectionKind.EMPLOYED.value))
    report = filed_report(portal, subject={**FIGURE, "edition": edition})
    for someone in (house.editor, house.signer):
        assert sees(someone, portal, report.address) == (False, False)


def _also(portal: Portal, someone: Someone, role: str) -> None:
    with portal.database.write() as session:
        grant_role(session, person_id=someone.id, role=role, actor=Actor.system(), now=portal.clock.now())
