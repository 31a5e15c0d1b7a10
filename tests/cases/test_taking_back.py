"""What waits for a second officer never waits for somebody who is gone, and its proposer can take it back.

Were this to fail, a case would stand still for good once the one colleague named in it had left.
"""

from typing import Any

import pytest

from portal.accounts.services import grant_role
from portal.audit.queries import acts_of_chain
from portal.audit.values import case_chain
from portal.cases.errors import NotEligible, WrongState
from portal.cases.queries import read_case
from portal.cases.services import casework, decisions, exports, extensions, identities, joining, masks, taking_back
from portal.cases.values import CaseState, Finding, Proposed, reference
from portal.duties.queries import find_waiting
from portal.foundation.context import Portal
from tests.cases.test_desk import do, state_of, titles, to_state
from tests.cases.test_export import KEY
from tests.cases.test_identity import filed, people
from tests.factories.accounts import SYSTEM, Someone, person
from tests.factories.cases import Office, answer, desk_of, filed_report, officer_of

__all__ = ["people"]

FOUND = {"finding": Finding.NOT_UPHELD, "reason": "so"}


def let_in(portal: Portal, office: Office, case_id: str) -> Someone:
    dan = person(portal, roles=["case-decider"], name="Dan Decider")
    do(portal, casework.share, office.officer, case_id, person_id=dan.id)
    return dan


def ask_for_all(portal: Portal, office: Office, case_id: str) -> str:
    """The officer proposes all that can wait at once, and that another case is joined into this one; its id."""
    do(portal, extensions.propose_extension, office.officer, case_id, reason="more")
    do(portal, masks.propose, office.officer, case_id, words=["parks"], reason="x")
    officer, now = officer_of(office.officer), portal.clock.now()
    with portal.database.write() as session:
        case = read_case(session, case_id=case_id, officer=officer, now=now)
        exports.propose(session, case=case, recipient=KEY, reason="x", officer=officer, now=now)
    other = filed_report(portal).case_id
    do(portal, casework.acknowledge, office.officer, other)
    do(portal, joining.propose_joining, office.officer, other, into_id=case_id, reason="the same")
    return other


def waits(portal: Portal, case_id: str, what: Proposed) -> bool:
    with portal.database.read() as session:
        return find_waiting(session, kind=taking_back.KINDS[what], subject=case_id) is not None


def test_whoever_is_let_in_can_decide_although_everybody_named_is_gone(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED)
    do(portal, casework.recuse, office.decider, case_id)
    dan = let_in(portal, office, case_id)
    assert "A finding waits for a second decision" in titles(portal, dan)
    answer(desk_of(portal, dan), f"/desk/cases/{reference(case_id)}/decide")
    assert state_of(portal, case_id) == ("decided", "upheld")


def test_whoever_is_let_in_can_sign_all_that_waits(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    other = ask_for_all(portal, office, case_id)
    for one in (case_id, other):
        do(portal, casework.recuse, office.decider, one)
    dan = let_in(portal, office, case_id)
    do(portal, casework.share, office.officer, other, person_id=dan.id)
    assert sum("second signature" in one for one in titles(portal, dan)) == 4
    do(portal, extensions.agree_to_extension, dan, case_id)
    do(portal, casework.assign, office.officer, case_id, person_id=dan.id)
    do(portal, masks.agree, dan, case_id)
    do(portal, exports.agree, dan, case_id)
    do(portal, joining.agree_to_joining, dan, other)


def test_a_holder_who_is_given_the_right_later_can_decide(portal: Portal, office: Office) -> None:
    """The page offers it to whoever has the right and holds the case, so it must not be refused."""
    eve = person(portal, roles=["case-officer"], name="Eve Officer")
    case_id = to_state(portal, office, CaseState.PROPOSED, Finding.NOT_UPHELD)
    with portal.database.write() as session:
        grant_role(session, person_id=eve.id, role="case-decider", actor=SYSTEM, now=portal.clock.now())
    do(portal, decisions.decide, eve, case_id)
    assert state_of(portal, case_id) == ("decided", "not-upheld")


def test_the_proposer_takes_a_finding_back_and_can_propose_another(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED, Finding.NOT_UPHELD)
    ben, ada = desk_of(portal, office.decider), desk_of(portal, office.officer)
    address = f"/desk/cases/{reference(case_id)}"
    assert "/take-back" not in ben.get(address).get_data(as_text=True)
    answer(ada, f"{address}/take-back", what="finding")
    assert state_of(portal, case_id) == ("assigned", None)
    assert "A finding waits for a second decision" not in titles(portal, office.decider)
    assert "Took back what they had proposed" in ada.get(f"{address}/timeline").get_data(as_text=True)
    with pytest.raises(WrongState):
        do(portal, decisions.decide, office.decider, case_id)
    do(portal, decisions.propose_finding, office.officer, case_id, **FOUND)
    do(portal, decisions.decide, office.decider, case_id)


def test_all_that_waits_can_be_taken_back_by_its_proposer_alone(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    other = ask_for_all(portal, office, case_id)
    found = dict.fromkeys((Proposed.EXTENSION, Proposed.MASKING, Proposed.EXPORT), case_id)
    found[Proposed.JOINING] = other
    for what, one in found.items():
        with pytest.raises(NotEligible):
            do(portal, taking_back.take_back, office.decider, one, what=what)
        do(portal, taking_back.take_back, office.officer, one, what=what)
        assert not waits(portal, one, what)
        with pytest.raises(WrongState):
            do(portal, taking_back.take_back, office.officer, one, what=what)
    with portal.database.read() as session:
        acts = [one for one in acts_of_chain(session, case_chain(case_id)) if one.act == "cases.take-back"]
    assert [one.details["what"] for one in acts] == ["extension", "masking", "export"]
    assert ask_for_all(portal, office, case_id)


def test_a_second_decision_leaves_nothing_to_take_back(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    with pytest.raises(WrongState):
        do(portal, taking_back.take_back, office.officer, case_id, what=Proposed.FINDING)


def test_who_asked_for_an_identity_takes_it_back_with_the_half_that_was_handed_on(
    portal: Portal, people: Any
) -> None:
    ada, ben, *_ = people
    report = filed(portal)
    do(portal, identities.propose_opening, ada, report.case_id, reason="x")
    do(portal, taking_back.take_back, ada, report.case_id, what=Proposed.IDENTITY)
    with pytest.raises(WrongState):
        do(portal, identities.agree_to_opening, ben, report.case_id)
    do(portal, identities.propose_opening, ben, report.case_id, reason="x")
    do(portal, identities.agree_to_opening, ada, report.case_id)
