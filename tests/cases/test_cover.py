"""Whether a body can be reported at all must be seen before somebody needs it."""

import re

from portal.cases.queries import cover
from portal.cases.services import casework
from portal.cases.values import Cover
from portal.foundation.context import Portal
from tests.cases.test_desk import do
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import Office, a_figure, an_office, desk_of, filed_report, officer_of


def found(portal: Portal, someone: Someone, *bodies: str) -> tuple[Cover, ...]:
    with portal.database.read() as session:
        return cover(session, bodies=bodies, officer=officer_of(someone), now=portal.clock.now())


def covered(portal: Portal, someone: Someone, *bodies: str) -> dict[str, tuple[int, bool, bool]]:
    return {one.body: (one.handlers, one.outside, one.open) for one in found(portal, someone, *bodies)}


def test_connected_people_and_keys_nobody_signed_are_not_counted(portal: Portal, office: Office) -> None:
    person(portal, roles=["case-officer"], trusted=False)
    assert covered(portal, office.officer, "DPR", "DOB") == {"DPR": (2, True, True), "DOB": (3, True, True)}


def test_one_officer_alone_is_too_few_unless_somebody_outside_receives_it(portal: Portal) -> None:
    a_figure(portal)
    ada = person(portal, roles=["case-officer"], name="Ada Officer")
    assert covered(portal, ada, "DPR") == {"DPR": (1, False, False)}
    page = desk_of(portal, ada).get("/desk/cases/cover").get_data(as_text=True)
    assert "Not open" in page
    person(portal, roles=["outside-recipient"], name="Olga Outside")
    assert covered(portal, ada, "DPR") == {"DPR": (1, True, True)}
    assert "Too few in the office" in desk_of(portal, ada).get("/desk/cases/cover").get_data(as_text=True)


def test_bodies_that_are_short_of_people_come_first(portal: Portal, office: Office) -> None:
    published.append(portal, published.body("DOB"))
    page = desk_of(portal, office.officer).get("/desk/cases/cover").get_data(as_text=True)
    rows = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', page)
    assert len(rows) == 2 and list(covered(portal, office.officer, "DOB", "DPR")) == ["DPR", "DOB"]


def test_only_those_who_receive_reports_see_it(portal: Portal, office: Office) -> None:
    assert office.outside is not None
    for someone in (person(portal, roles=["auditor"]), office.outside):
        assert desk_of(portal, someone).get("/desk/cases/cover").status_code == 403


def test_a_body_for_which_nobody_can_decide_is_said_so_first(portal: Portal) -> None:
    """Two officers receive every report, and no finding about it could ever be signed."""
    a_figure(portal)
    ada = person(portal, roles=["case-officer"], name="Ada Officer")
    person(portal, roles=["case-officer"], name="Abe Officer")
    person(portal, roles=["case-decider"], name="Cleo Connected", connected_to=["DPR"])
    published.append(portal, published.body("DOB"))
    assert [(one.body, one.handlers, one.deciders) for one in found(portal, ada, "DOB", "DPR")] == [
        ("DPR", 2, 0),
        ("DOB", 3, 1),
    ]
    assert "Nobody can decide" in desk_of(portal, ada).get("/desk/cases/cover").get_data(as_text=True)


def test_cases_that_too_few_hold_are_counted_for_those_alone_who_hold_them(portal: Portal) -> None:
    """A case of others that is counted would tell a connected officer that it is there."""
    a_figure(portal)
    office = an_office(portal, outside=False)
    report = filed_report(portal)
    counts = {one.name: found(portal, one, "DPR")[0].thin for one in (office.officer, office.connected)}
    do(portal, casework.recuse, office.decider, report.case_id)
    after = {
        one.name: found(portal, one, "DPR")[0].thin for one in (office.officer, office.decider, office.connected)
    }
    assert set(counts.values()) == {0}
    assert after == {office.officer.name: 1, office.decider.name: 0, office.connected.name: 0}
