"""What a second officer reads at the desk: who proposed it, where the reason is, and how much time is left for it.

Were the time that of the case, an act on an old case would be late in the moment it was proposed.
"""

from datetime import timedelta

from portal.cases.jobs import find_substitutes
from portal.cases.services import masks
from portal.cases.values import CaseState, reference
from portal.duties.queries import signatures_waiting_for
from portal.duties.substitutes import name_all
from portal.foundation.context import Portal
from tests.cases.test_desk import do, state_of, titles, to_state
from tests.cases.test_taking_back import let_in
from tests.factories.accounts import Someone
from tests.factories.cases import Office, answer, desk_of
from tests.factories.duties import ids

LET_IN = "A second signature waits too long and nobody else may give it: let another officer in"


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


def wait(portal: Portal, days: int = 0) -> None:
    """Let days pass, and the hourly work be done."""
    portal.clock.at += timedelta(days=days, hours=1)  # type: ignore[attr-defined]
    name_all(portal)
    find_substitutes(portal)


def takes_over(portal: Portal, someone: Someone) -> bool:
    with portal.database.read() as session:
        waiting = signatures_waiting_for(session, someone.actor, now=portal.clock.now())
    return any(one.is_substitute(someone.id) for one in waiting)


def test_another_who_holds_the_case_takes_over_a_finding_that_waits_too_long(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    dan = let_in(portal, office, case_id)
    do(portal, masks.propose, office.officer, case_id, words=["parks"], reason="x")
    wait(portal, days=2)
    assert not takes_over(portal, dan) and not takes_over(portal, office.decider)
    wait(portal, days=30)
    assert takes_over(portal, dan) != takes_over(portal, office.decider), "one of them, and not both"
    assert not takes_over(portal, office.officer)
    assert LET_IN not in titles(portal, dan) | titles(portal, office.decider)
    do(portal, masks.agree, dan, case_id)


def test_where_nobody_else_may_sign_somebody_is_told_to_let_another_in_who_takes_over(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED)
    wait(portal, days=30)
    assert not takes_over(portal, office.decider), "whoever left it lying is no substitute for themselves"
    watcher = office.outside or office.decider
    told = [one for one in (office.officer, office.decider, watcher) if LET_IN in titles(portal, one)]
    assert set(ids(told)) == {watcher.id}, "outside the chain: not whoever has the case in hand"
    assert LET_IN not in titles(portal, office.connected)
    dan = let_in(portal, office, case_id)
    assert LET_IN not in titles(portal, watcher)
    wait(portal)
    assert takes_over(portal, dan)
    assert LET_IN not in titles(portal, watcher)
    answer(desk_of(portal, dan), f"/desk/cases/{reference(case_id)}/decide")
    assert state_of(portal, case_id) == ("decided", "upheld")
    assert "Named who takes over" in desk_of(portal, dan).get(
        f"/desk/cases/{reference(case_id)}/timeline"
    ).get_data(as_text=True)
