"""What a second officer reads at the desk: who proposed it, where the reason is, and how much time is left for it.

Were the time that of the case, an act on an old case would be late in the moment it was proposed.
"""

from datetime import timedelta

from portal.cases.services import masks
from portal.cases.values import CaseState
from portal.duties.queries import signatures_waiting_for
from portal.foundation.context import Portal
from tests.cases.test_desk import do, to_state
from tests.factories.cases import Office, desk_of


def test_signature_has_days_of_its_own_however_late_the_case_is(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    portal.clock.at += timedelta(days=200)  # type: ignore[attr-defined]
    do(portal, masks.propose, office.officer, case_id, words=["parks"], reason="a reason that is sealed")
    now = portal.clock.now()
    with portal.database.read() as session:
        (waiting,) = signatures_waiting_for(session, office.decider.actor, now=now)
    assert timedelta(days=5) <= waiting.due_at - now <= timedelta(days=16)
    page = desk_of(portal, office.decider).get("/desk").get_data(as_text=True)
    _, _, line = page.partition('id="to-sign"')
    line = line[: line.index("</section>")]
    assert f"proposed by {office.officer.name}" in line
    assert "the reason is sealed, on the page of the case" in line
    assert "days left" in line and "late" not in line
    assert "a reason that is sealed" not in page
