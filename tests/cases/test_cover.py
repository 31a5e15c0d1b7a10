"""Whether a body can be reported at all must be seen before somebody needs it."""

import re

from portal.cases.queries import cover
from portal.foundation.context import Portal
from tests.factories import publishing as published
from tests.factories.accounts import person
from tests.factories.cases import Office, a_figure, desk_of


def covered(portal: Portal, *bodies: str) -> dict[str, tuple[int, bool, bool]]:
    with portal.database.read() as session:
        found = cover(session, bodies=bodies, settings=portal.settings, now=portal.clock.now())
    return {one.body: (one.handlers, one.outside, one.open) for one in found}


def test_connected_people_and_keys_nobody_signed_are_not_counted(portal: Portal, office: Office) -> None:
    person(portal, roles=["case-officer"], trusted=False)
    assert covered(portal, "DPR", "DOB") == {"DPR": (2, True, True), "DOB": (3, True, True)}


def test_one_officer_alone_is_too_few_unless_somebody_outside_receives_it(portal: Portal) -> None:
    a_figure(portal)
    ada = person(portal, roles=["case-officer"], name="Ada Officer")
    assert covered(portal, "DPR") == {"DPR": (1, False, False)}
    page = desk_of(portal, ada).get("/desk/cases/cover").get_data(as_text=True)
    assert "Not open" in page
    person(portal, roles=["outside-recipient"], name="Olga Outside")
    assert covered(portal, "DPR") == {"DPR": (1, True, True)}
    assert "Too few in the office" in desk_of(portal, ada).get("/desk/cases/cover").get_data(as_text=True)


def test_bodies_that_are_short_of_people_come_first(portal: Portal, office: Office) -> None:
    published.append(portal, published.body("DOB"))
    page = desk_of(portal, office.officer).get("/desk/cases/cover").get_data(as_text=True)
    rows = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', page)
    assert len(rows) == 2 and list(covered(portal, "DOB", "DPR")) == ["DPR", "DOB"]


def test_only_those_who_receive_reports_see_it(portal: Portal, office: Office) -> None:
    assert office.outside is not None
    for someone in (person(portal, roles=["auditor"]), office.outside):
        assert desk_of(portal, someone).get("/desk/cases/cover").status_code == 403
