"""Whoever inspected a figure is connected to it once the case is closed: the next report is for others."""

from typing import Any

import pytest

from portal.accounts.queries import connections_of
from portal.accounts.values import ConnectionKind
from portal.cases.errors import OnlyInspectors
from portal.cases.services import casework, decisions, inspections
from portal.cases.services.epochs import holders_of
from portal.cases.values import CaseState, Finding, Method, reference
from portal.foundation.context import Portal
from tests.cases.test_desk import do, state_of, to_state
from tests.factories.accounts import Someone
from tests.factories.cases import UNWRITTEN, Office, answer, desk_of, filed_report


def inspected(portal: Portal, office: Office, *team: Someone) -> str:
    """A case that was decided after the team had inspected what it is about."""
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    order: dict[str, Any] = {"method": Method.FIELD, "day": portal.clock.now().date(), "text": "Count the sheets."}
    people = [one.id for one in team]
    do(portal, inspections.order, office.officer, case_id, team=people, submission="order", **order)
    do(portal, inspections.attach_result, team[0], case_id, text="They are right.", submission="result")
    do(portal, decisions.propose_finding, office.officer, case_id, finding=Finding.NOT_UPHELD, reason="so")
    do(portal, decisions.decide, office.decider, case_id)
    return case_id


def kinds(portal: Portal, someone: Someone) -> list[tuple[str, str | None, str | None, str]]:
    with portal.database.read() as session:
        found = connections_of(session, someone.id)
    return [(one.body_code, one.indicator_code, one.period, one.kind) for one in found]


def test_the_team_is_connected_to_the_figure_when_the_case_is_closed(portal: Portal, office: Office) -> None:
    case_id = inspected(portal, office, office.officer)
    assert kinds(portal, office.officer) == []
    ada = desk_of(portal, office.officer)
    closed = answer(ada, f"/desk/cases/{reference(case_id)}/close", **UNWRITTEN)
    assert closed.headers["Location"] == "/desk/cases"
    assert kinds(portal, office.officer) == [("DPR", "clean-parks", "2022", ConnectionKind.INSPECTED)]
    assert ada.get(f"/desk/cases/{reference(case_id)}").status_code == 404
    assert desk_of(portal, office.decider).get(f"/desk/cases/{reference(case_id)}").status_code == 200
    again = filed_report(portal)
    with portal.database.read() as session:
        assert office.officer.id not in holders_of(session, again.case_id)


def test_a_case_is_not_closed_when_only_inspectors_hold_it(portal: Portal, office: Office) -> None:
    assert office.outside is not None
    case_id = inspected(portal, office, office.officer, office.decider)
    do(portal, casework.recuse, office.outside, case_id)
    with pytest.raises(OnlyInspectors):
        do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    assert state_of(portal, case_id)[0] == "decided"
    assert kinds(portal, office.officer) == []
