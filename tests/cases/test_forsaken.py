"""When everybody who holds a case is disabled or loses the role, their keys lie for a while before they go.

Were this to fail, one wrong list of leavers, mended in a minute, would bury every report for good. Whoever becomes
connected loses a case at once all the same.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.accounts.services import connect, disable_person, enable_person, grant_role, revoke_role
from portal.accounts.values import ConnectionKind
from portal.cases import rules
from portal.cases.errors import LastHolder
from portal.cases.jobs import change_locks
from portal.cases.models import Epoch, ForsakenRow, Wrap
from portal.cases.services import casework
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.removals import known_removals
from tests.cases.test_anchoring import holders, opens
from tests.cases.test_desk import do
from tests.cases.test_steps import later
from tests.factories.accounts import Someone
from tests.factories.cases import Office, filed_report

ROLES = {"Ada Officer": "case-officer", "Ben Decider": "case-decider", "Olga Outside": "outside-recipient"}
PEOPLE = st.frozensets(st.sampled_from("abcd"))


@given(unfit=PEOPLE, barred=PEOPLE, is_last=st.booleans(), waited=st.booleans())
def test_only_those_who_merely_left_are_waited_for_and_only_the_last(
    unfit: frozenset[str], barred: frozenset[str], is_last: bool, waited: bool
) -> None:
    gone = rules.losing(unfit=unfit, barred=barred, is_last=is_last, waited=waited)
    assert unfit & barred <= gone <= unfit
    assert (gone == unfit) == (not unfit - barred or waited or not is_last)


def everybody(office: Office) -> tuple[Someone, ...]:
    assert office.outside is not None
    return office.officer, office.decider, office.outside


def leave(portal: Portal, *people: Someone) -> None:
    with portal.database.write() as session:
        for one in people:
            disable_person(session, person_id=one.id, actor=Actor.system(), now=portal.clock.now())


def return_(portal: Portal, *people: Someone) -> None:
    with portal.database.write() as session:
        for one in people:
            enable_person(session, person_id=one.id, actor=Actor.system(), now=portal.clock.now())


def wraps(portal: Portal, case_id: str) -> set[str]:
    with portal.database.read() as session:
        return set(session.scalars(select(Wrap.person_id).where(Wrap.case_id == case_id)))


def test_everybody_disabled_and_enabled_again_still_opens_the_case(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    leave(portal, *everybody(office))
    change_locks(portal)
    with portal.database.read() as session:
        assert known_removals_of_cases(portal) == []
        assert session.scalar(select(func.count()).select_from(ForsakenRow)) == 1

    return_(portal, *everybody(office))
    change_locks(portal)
    assert holders(portal, report.case_id) == {one.id for one in everybody(office)}
    assert opens(portal, office.decider, report.case_id)
    with portal.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ForsakenRow)) == 0


def known_removals_of_cases(portal: Portal) -> list[str]:
    with portal.database.read() as session:
        return [one.subject for one in known_removals(session) if one.kind.startswith("cases.")]


def test_roles_taken_from_everybody_and_given_back_cost_no_case(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    for act in (revoke_role, grant_role):
        with portal.database.write() as session:
            for one in everybody(office):
                act(
                    session,
                    person_id=one.id,
                    role=ROLES[one.name],
                    actor=Actor.system(),
                    now=portal.clock.now(),
                )
        change_locks(portal)
    assert opens(portal, office.officer, report.case_id)


def test_keys_of_those_who_left_go_as_soon_as_somebody_holds_the_case_who_may(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal)
    leave(portal, *everybody(office))
    change_locks(portal)
    return_(portal, office.officer)
    change_locks(portal)
    assert wraps(portal, report.case_id) == {office.officer.id}


def test_what_is_written_while_nobody_may_open_the_case_waits_for_those_who_return(
    portal: Portal, office: Office
) -> None:
    """Somebody else becomes connected meanwhile: the new lock is sealed to those whose keys are kept."""
    report = filed_report(portal)
    leave(portal, office.officer, office.decider)
    with portal.database.write() as session:
        assert office.outside is not None
        given = {"person_id": office.outside.id, "body_code": "DPR", "kind": ConnectionKind.DECLARED}
        connect(session, **given, now=portal.clock.now())
    change_locks(portal)
    assert wraps(portal, report.case_id) == {office.officer.id, office.decider.id}
    with portal.database.read() as session:
        assert session.scalars(select(Epoch.number).where(Epoch.case_id == report.case_id)).all() == [1, 2]
    return_(portal, office.officer)
    assert opens(portal, office.officer, report.case_id)
    do(portal, casework.acknowledge, office.officer, report.case_id)


def test_the_last_who_becomes_connected_loses_it_at_once(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    leave(portal, *everybody(office))
    change_locks(portal)
    with portal.database.write() as session:
        for one in everybody(office):
            given = {"person_id": one.id, "body_code": "DPR", "kind": ConnectionKind.DECLARED}
            connect(session, **given, now=portal.clock.now())
    change_locks(portal)
    assert wraps(portal, report.case_id) == set()


def test_kept_keys_go_when_the_days_are_over_and_not_before(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    leave(portal, *everybody(office))
    change_locks(portal)
    later(portal, portal.settings.keep_last_keys_days - 1)
    change_locks(portal)
    assert len(wraps(portal, report.case_id)) == 3
    later(portal, 1)
    change_locks(portal)
    assert wraps(portal, report.case_id) == set()
    change_locks(portal)
    with portal.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ForsakenRow)) == 0


def test_nobody_steps_aside_while_the_others_have_left(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    assert office.outside is not None
    leave(portal, office.decider, office.outside)
    with pytest.raises(LastHolder):
        do(portal, casework.recuse, office.officer, report.case_id)
