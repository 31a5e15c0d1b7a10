"""Without the file of the first trusted keys no lock can be changed: the page says so, and who can mend it.

Were this to fail, officers and bodies would lose what they typed, or be told that something else stood in the way.
"""

import pytest
from sqlalchemy import select

from portal.accounts.services.anchors import anchor_file
from portal.cases.errors import KeysNotTrusted
from portal.cases.models import HearingRow
from portal.cases.services import casework, decisions
from portal.cases.values import CaseState, reference
from portal.foundation.context import Portal
from tests.cases.test_desk import do, state_of, to_state
from tests.cases.test_inspected import inspected
from tests.cases.test_new_lock import newest
from tests.factories.accounts import person
from tests.factories.cases import UNWRITTEN, Office, answer, desk_of, filed_report, problems

MISSING = "Tell whoever runs the portal, who can put the file back"
MISSING_ZH = "请告知平台的运行人员，由其恢复该文件"
TYPED = "A screen was photographed in room 12."


def miss(portal: Portal) -> bytes:
    path = anchor_file(portal.settings.var)
    held = path.read_bytes()
    path.unlink()
    return held


@pytest.mark.parametrize(("prefix", "said"), [("", MISSING), ("/zh-Hans", MISSING_ZH)])
def test_a_new_lock_that_cannot_be_made_gives_back_its_reason(
    portal: Portal, office: Office, prefix: str, said: str
) -> None:
    report = filed_report(portal)
    ada, address = desk_of(portal, office.officer), f"{prefix}{report.address}/lock"
    held = miss(portal)
    refused = answer(ada, address, expect=503, reason=TYPED)
    assert TYPED in refused.get_data(as_text=True)
    assert any(said in one for one in problems(refused)), problems(refused)
    assert newest(portal, report.case_id) == 1

    anchor_file(portal.settings.var).write_bytes(held)
    answer(ada, address, reason=TYPED)
    assert newest(portal, report.case_id) == 2


def test_whoever_steps_aside_hears_of_the_file_and_not_that_they_are_the_last(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal)
    miss(portal)
    with pytest.raises(KeysNotTrusted):
        do(portal, casework.recuse, office.officer, report.case_id)
    for name in ("recuse", "conflict"):
        refused = answer(desk_of(portal, office.officer), f"{report.address}/{name}", expect=503, sure="y")
        assert any(MISSING in one for one in problems(refused)), (name, problems(refused))


def test_a_case_that_was_inspected_is_not_said_to_have_nobody_else(portal: Portal, office: Office) -> None:
    case_id = inspected(portal, office, office.officer)
    held = miss(portal)
    with pytest.raises(KeysNotTrusted):
        do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    assert state_of(portal, case_id)[0] == "decided"
    anchor_file(portal.settings.var).write_bytes(held)
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)


def test_a_body_keeps_the_answer_that_cannot_be_taken(portal: Portal, office: Office) -> None:
    signer = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    answer(desk_of(portal, office.officer), f"/desk/cases/{reference(case_id)}/hear", text="Show your sheets.")
    with portal.database.read() as session:
        asked = session.scalars(select(HearingRow.id)).one()
    desk, address = desk_of(portal, signer), f"/desk/asked/{asked}"
    held = miss(portal)
    refused = answer(desk, address, expect=503, text=TYPED)
    assert TYPED in refused.get_data(as_text=True)
    assert any(MISSING in one for one in problems(refused)), problems(refused)

    anchor_file(portal.settings.var).write_bytes(held)
    answer(desk, address, text=TYPED)
    assert "Your body answered on" in desk.get(address).get_data(as_text=True)


def test_keys_that_cannot_be_given_up_leave_the_cases_where_they_are(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    ada = desk_of(portal, office.officer)
    miss(portal)
    given: dict[str, str] = {"of": office.officer.id, "to": "", "gives_up_keys": "y"}
    refused = answer(ada, "/desk/cases/handover", expect=503, **given)
    assert any(MISSING in one for one in problems(refused)), problems(refused)
    assert "was handed over" not in refused.get_data(as_text=True)
    assert state_of(portal, case_id)[0] == "assigned"
