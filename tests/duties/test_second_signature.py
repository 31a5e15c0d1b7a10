"""Two people, never both halves by one: what would be lost is the protection from a lone decision."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.accounts.permissions import AccountsPermission
from portal.accounts.services import connect, declare_interest
from portal.accounts.values import ConnectionKind, Scope
from portal.audit.values import case_chain
from portal.duties.errors import AlreadyDecided, AlreadyProposed, NoSuchProposal, OwnProposal
from portal.duties.queries import find_newest, get_proposal, proposed_by, signatures_waiting_for
from portal.duties.services import countersign, decline
from portal.duties.values import Proposal, ProposalState
from portal.foundation.context import Portal
from portal.foundation.errors import PortalError
from tests.factories.accounts import Someone, person
from tests.factories.duties import proposal


def sign(portal: Portal, found: Proposal, someone: Someone) -> Proposal:
    with portal.database.write() as session:
        return countersign(session, proposal_id=found.id, actor=someone.actor, now=portal.clock.now())


def refuse(portal: Portal, found: Proposal, someone: Someone) -> Proposal:
    with portal.database.write() as session:
        return decline(session, proposal_id=found.id, actor=someone.actor, now=portal.clock.now())


def waiting_for(portal: Portal, someone: Someone) -> list[str]:
    with portal.database.read() as session:
        found = signatures_waiting_for(session, someone.actor, now=portal.clock.now())
    return [item.subject for item in found]


def officers(portal: Portal, count: int) -> list[Someone]:
    return [person(portal, roles=["case-officer"]) for _ in range(count)]


def test_colleague_with_the_right_signs(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    assert waiting_for(portal, two) == ["thing"]
    assert found.proposer_name == one.name
    signed = sign(portal, found, two)
    assert (signed.state, signed.decided_by) == (ProposalState.SIGNED, two.id)
    assert waiting_for(portal, two) == []


def test_proposer_never_gives_the_second_half(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS, people=[one.id, two.id])
    assert waiting_for(portal, one) == []
    with pytest.raises(OwnProposal):
        sign(portal, found, one)


def test_proposer_may_take_it_back(portal: Portal) -> None:
    (one,) = officers(portal, 1)
    assert (
        refuse(portal, proposal(portal, one, permission=AccountsPermission.SIGN_KEYS), one).state
        is ProposalState.DECLINED
    )


def test_database_itself_refuses_two_halves_by_one(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    sign(portal, found, two)
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(text("UPDATE proposal SET decided_by = proposer_id"))


@pytest.mark.parametrize("first", [sign, refuse])
@pytest.mark.parametrize("then", [sign, refuse])
def test_nothing_is_decided_twice(portal: Portal, first: object, then: object) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    first(portal, found, two)  # type: ignore[operator]
    with pytest.raises(AlreadyDecided):
        then(portal, found, three)  # type: ignore[operator]


def test_for_people_without_the_right_the_proposal_does_not_exist(portal: Portal) -> None:
    (one,), other = officers(portal, 1), person(portal, roles=["registrar"])
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    assert waiting_for(portal, other) == []
    for act in (sign, refuse):
        with pytest.raises(NoSuchProposal):
            act(portal, found, other)
    with portal.database.read() as session, pytest.raises(NoSuchProposal):
        get_proposal(session, found.id, actor=other.actor, now=portal.clock.now())


def test_named_people_only(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, people=[two.id])
    assert waiting_for(portal, three) == []
    with pytest.raises(NoSuchProposal):
        sign(portal, found, three)
    assert sign(portal, found, two).state is ProposalState.SIGNED


def test_named_people_must_still_hold_the_right(portal: Portal) -> None:
    (one,), two = officers(portal, 1), person(portal)
    found = proposal(portal, one, people=[two.id], permission=AccountsPermission.SIGN_KEYS)
    with pytest.raises(NoSuchProposal):
        sign(portal, found, two)


def test_proposal_for_nobody_is_for_nobody(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, people=[])
    assert waiting_for(portal, two) == []
    with pytest.raises(NoSuchProposal):
        sign(portal, found, two)


def test_whoever_becomes_connected_loses_it_at_once(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, people=[two.id], about=Scope("DPR", "parks", "2022"))
    assert waiting_for(portal, two) == ["thing"]
    with portal.database.write() as session:
        declare_interest(session, actor=two.actor, body_code="DPR", now=portal.clock.now())
    assert waiting_for(portal, two) == []
    with pytest.raises(NoSuchProposal):
        sign(portal, found, two)


def test_connected_proposer_no_longer_sees_their_own(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, people=[two.id], about=Scope("DPR"))
    with portal.database.write() as session:
        connect(session, person_id=one.id, body_code="DPR", kind=ConnectionKind.DECLARED, now=portal.clock.now())
    with portal.database.read() as session:
        assert proposed_by(session, one.actor, now=portal.clock.now()) == ()
    with pytest.raises(NoSuchProposal):
        refuse(portal, found, one)


def test_same_act_waits_once(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    with pytest.raises(AlreadyProposed):
        proposal(portal, two, permission=AccountsPermission.SIGN_KEYS)
    refuse(portal, found, two)
    proposal(portal, two, permission=AccountsPermission.SIGN_KEYS)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(microseconds=1)])
def test_of_proposals_of_one_moment_the_newest_is_the_one_decided_last(portal: Portal, later: timedelta) -> None:
    """Ids tell no order. By the wrong one a correction would be owed again that was signed, or not be owed."""
    one, two = officers(portal, 2)
    for number in range(8):
        subject = f"figure-{number}"
        first = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS, subject=subject)
        refuse(portal, first, two)
        second = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS, subject=subject)
        assert newest(portal, subject) == second.id
        portal.clock.at += later  # type: ignore[attr-defined]
        if later:
            sign(portal, second, two)
            assert newest(portal, subject) == second.id


def newest(portal: Portal, subject: str) -> str | None:
    with portal.database.read() as session:
        found = find_newest(session, kind="test.act", subject=subject)
    return found.id if found else None


def test_signature_and_act_are_lost_together(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    with pytest.raises(ZeroDivisionError), portal.database.write() as session:
        countersign(session, proposal_id=found.id, actor=two.actor, now=portal.clock.now())
        raise ZeroDivisionError  # the act itself failed
    assert waiting_for(portal, two) == ["thing"]


def test_of_two_who_sign_at_the_same_moment_one_is_refused(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    actors, barrier, outcomes = (two.actor, three.actor), threading.Barrier(2), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            with portal.database.write() as session:
                countersign(session, proposal_id=found.id, actor=actors[number], now=portal.clock.now())
            outcomes.append("signed")
        except PortalError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["AlreadyDecided", "signed"]


def test_acts_of_a_case_are_recorded_in_its_own_chain(portal: Portal) -> None:
    one, two = officers(portal, 2)
    sign(portal, proposal(portal, one, people=[two.id], chain=case_chain("abc")), two)
    with portal.database.read() as session:
        chains = session.execute(text("SELECT act, chain FROM audit_row WHERE act LIKE 'duties.%'")).all()
    assert {tuple(row) for row in chains} == {
        ("duties.propose", "case:abc"),
        ("duties.countersign", "case:abc"),
    }


def test_person_without_rights_any_more_cannot_sign(portal: Portal) -> None:
    one, two = officers(portal, 2)
    found = proposal(portal, one, permission=AccountsPermission.SIGN_KEYS)
    stale = replace(two.actor, permissions=frozenset())
    with pytest.raises(NoSuchProposal), portal.database.write() as session:
        countersign(session, proposal_id=found.id, actor=stale, now=portal.clock.now() + timedelta(days=1))
