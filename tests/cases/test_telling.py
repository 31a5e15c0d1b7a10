"""No case is closed over the head of its reporter: they were written to about what was found, or somebody said why
they were not."""

import pytest

from portal.audit.queries import acts_of_chain
from portal.audit.values import case_chain
from portal.cases import rules
from portal.cases.errors import NotTold
from portal.cases.models import Case
from portal.cases.services import casework, decisions, joining
from portal.cases.values import CaseState, Finding, reference
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do, state_of, to_state
from tests.factories.cases import Office, answer, desk_of, problems

WHY = "They-asked-on-the-telephone."
MISSING = "Nobody has written to the reporter since the decision. Write what was found, or say here why not."


def write(portal: Portal, office: Office, case_id: str, submission: str = "1") -> None:
    do(portal, casework.write_to_reporter, office.officer, case_id, text="This was found.", submission=submission)


def acts(portal: Portal, case_id: str) -> list[str]:
    with portal.database.read() as session:
        return [one.act for one in acts_of_chain(session, case_chain(case_id))]


@pytest.mark.parametrize(
    ("noted", "written"),
    [
        ([], False),
        (["cases.message", "cases.decide"], False),
        (["cases.decide", "cases.message"], True),
        (["cases.decide", "cases.message", "cases.note"], True),
        (["cases.decide", "cases.message", "cases.close", "cases.reopen", "cases.decide"], False),
        (["cases.decide", "cases.ask"], False),
    ],
)
def test_a_message_after_the_last_decision_tells_what_was_found(noted: list[str], written: bool) -> None:
    assert rules.written_since_decided(noted) is written


def test_a_case_is_not_closed_before_its_reporter_was_written_to(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED, Finding.NOT_UPHELD)
    write(portal, office, case_id)  # that they are heard of before is no word of what was found
    do(portal, decisions.decide, office.decider, case_id)
    for unwritten in ("", " \n "):
        with pytest.raises(NotTold):
            do(portal, decisions.close, office.officer, case_id, unwritten=unwritten)
    assert state_of(portal, case_id)[0] == "decided"
    write(portal, office, case_id, submission="2")
    do(portal, decisions.close, office.officer, case_id)

    assert state_of(portal, case_id)[0] == "closed" and "cases.leave-untold" not in acts(portal, case_id)


def test_why_nobody_wrote_is_sealed_and_on_the_record(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    do(portal, decisions.close, office.officer, case_id, unwritten=WHY)

    assert acts(portal, case_id)[-2:] == ["cases.leave-untold", "cases.close"]
    assert WHY.encode() not in everything_stored(portal)
    page = desk_of(portal, office.decider).get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)
    assert "Reason for closing without writing to the reporter" in page and WHY in page


def test_the_page_says_what_is_missing_leads_there_and_loses_nothing(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    address = f"/desk/cases/{reference(case_id)}"
    ada = desk_of(portal, office.officer)
    assert f'{address}/message">Write to the reporter' in ada.get(f"{address}/close").get_data(as_text=True)
    refused = answer(ada, f"{address}/close", expect=422, unwritten="")
    assert problems(refused) == [MISSING]
    refused = answer(ada, f"{address}/close", expect=422, unwritten="w" * 20_001)
    assert "w" * 20_001 in refused.get_data(as_text=True)
    answer(ada, f"{address}/message", text="It is right as it stands.")
    page = ada.get(f"{address}/close").get_data(as_text=True)
    assert "unwritten" not in page and "/message" not in page
    answer(ada, f"{address}/close")

    assert state_of(portal, case_id)[0] == "closed"


def test_who_withdrew_is_left_in_peace(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED, Finding.NOT_UPHELD)
    with portal.database.write() as session:
        session.get_one(Case, case_id).withdrawn_on = portal.clock.now().date()
    do(portal, decisions.decide, office.decider, case_id)
    do(portal, decisions.close, office.officer, case_id)

    assert state_of(portal, case_id)[0] == "closed"


def test_reporters_of_what_was_joined_into_it_are_told_too(portal: Portal, office: Office) -> None:
    main, other = (to_state(portal, office, CaseState.ACKNOWLEDGED) for _ in range(2))
    do(portal, joining.propose_joining, office.officer, other, into_id=main, reason="same")
    do(portal, joining.agree_to_joining, office.decider, other)
    do(portal, casework.assign, office.officer, main, person_id=office.officer.id)
    do(portal, decisions.propose_finding, office.officer, main, finding=Finding.NOT_UPHELD, reason="so")
    do(portal, decisions.decide, office.decider, main)
    write(portal, office, main)
    with pytest.raises(NotTold):
        do(portal, decisions.close, office.officer, main)
    page = desk_of(portal, office.officer).get(f"/desk/cases/{reference(main)}/close").get_data(as_text=True)
    assert f"Write to the reporter of case {reference(other)[:11]}, which was joined into this one" in page
    write(portal, office, other)
    do(portal, decisions.close, office.officer, main)

    assert state_of(portal, other)[0] == "closed"
