"""If these failed, a report could be sealed to somebody who may not have it any more, by what was known before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from portal.accounts.models import ConnectionRow, HandlerKey, KeySignature, PersonRow, RoleGrant, Standing
from portal.accounts.policy import current
from portal.accounts.queries import connected_people, receiving, trusted_people
from portal.accounts.services import connect, end_connection, load_anchors
from portal.accounts.values import ConnectionKind, Scope
from portal.cases.permissions import CasesPermission
from portal.foundation.context import Portal
from tests.factories.accounts import Someone, person

NOW = datetime(2026, 2, 9, 9, tzinfo=UTC)
RIGHTS = (CasesPermission.INTAKE, CasesPermission.OUTSIDE)
BODY, FIGURE = Scope("DPR"), Scope("DPR", "parks", "2022")

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
CHANGES: dict[str, Callable[[Someone], object]] = {
    "a person is disabled": lambda one: update(PersonRow).where(PersonRow.id == one.id).values(disabled_at=BEFORE),
    "a role is held back": lambda one: (
        update(RoleGrant).where(RoleGrant.person_id == one.id).values(held_back=True)
    ),
    "a role is taken": lambda one: delete(RoleGrant).where(RoleGrant.person_id == one.id),
    "a key is retired": lambda one: (
        update(HandlerKey).where(HandlerKey.person_id == one.id).values(retired_at=BEFORE)
    ),
    "a key is gone": lambda one: delete(HandlerKey).where(HandlerKey.person_id == one.id),
}


def officer(portal: Portal) -> Someone:
    return person(portal, roles=["case-officer"])


def known(portal: Portal, scope: Scope = FIGURE, at: datetime = NOW) -> tuple[set[str], frozenset[str]]:
    anchors = load_anchors(portal.settings.var)
    people, near = receiving(portal.database, RIGHTS, [scope], anchors, at=at)
    return {one.id for one in people[CasesPermission.INTAKE]}, near


def asked(portal: Portal, scope: Scope = FIGURE, at: datetime = NOW) -> tuple[set[str], frozenset[str]]:
    """The same without anything known before."""
    with portal.database.read() as session:
        people = trusted_people(session, RIGHTS, load_anchors(portal.settings.var))
        return {one.id for one in people[CasesPermission.INTAKE]}, connected_people(session, [scope], at=at)


@pytest.mark.parametrize("change", CHANGES)
def test_who_may_receive_is_known_anew_as_soon_as_anybody_changes_it(portal: Portal, change: str) -> None:
    stays, leaves = officer(portal), officer(portal)
    assert known(portal) == ({stays.id, leaves.id}, frozenset()) == known(portal)
    with portal.database.write() as session:
        session.execute(CHANGES[change](leaves))  # type: ignore[call-overload]
    assert known(portal) == ({stays.id}, frozenset()) == asked(portal)


def test_a_new_person_and_a_new_signature_are_known_at_once(portal: Portal) -> None:
    stays = officer(portal)
    assert known(portal)[0] == {stays.id}
    comes = officer(portal)
    assert known(portal)[0] == {stays.id, comes.id}
    before = stamp(portal)
    with portal.database.write() as session:
        one, other = session.scalars(select(HandlerKey.id).order_by(HandlerKey.id))
        session.add(KeySignature(key_id=one, signer_key_id=other, signature=bytes(64), signed_at=NOW))
    assert stamp(portal) != before
    with portal.database.write() as session:
        session.execute(delete(KeySignature))
    assert known(portal) == asked(portal)


def test_a_connection_is_known_at_once_when_it_begins_and_when_it_is_ended(portal: Portal) -> None:
    someone = officer(portal)
    assert known(portal)[1] == known(portal, BODY)[1] == frozenset()
    with portal.database.write() as session:
        connect(session, person_id=someone.id, body_code="DPR", kind=ConnectionKind.DECLARED, now=NOW)
    assert known(portal)[1] == known(portal, BODY)[1] == {someone.id}
    assert known(portal, Scope("DSNY"))[1] == frozenset()
    with portal.database.write() as session:
        tie = session.scalars(select(ConnectionRow.id)).one()
        end_connection(session, connection_id=tie, actor=someone.actor, now=NOW)
    lasts = current().connection_lasts
    for after in (timedelta(0), lasts, lasts + timedelta(seconds=1)):
        assert known(portal, at=NOW + after) == asked(portal, at=NOW + after), after
    assert known(portal, at=NOW + lasts + timedelta(days=1))[1] == frozenset()


def test_a_connection_that_is_yet_to_begin_is_none_before_and_one_from_then_on(portal: Portal) -> None:
    someone, day = officer(portal), timedelta(days=1)
    with portal.database.write() as session:
        connect(session, person_id=someone.id, body_code="DPR", kind=ConnectionKind.EMPLOYED, now=NOW + day)
    assert [known(portal, at=NOW + days * day)[1] for days in (0, 1, 2)] == [
        frozenset(),
        {someone.id},
        {someone.id},
    ]


def test_what_another_transaction_has_not_committed_is_not_known(portal: Portal) -> None:
    someone = officer(portal)
    before = known(portal)
    with portal.database.write() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.person_id == someone.id))
        session.flush()
        assert known(portal) == before
    assert known(portal)[0] == set()


def test_a_transaction_that_was_undone_leaves_the_stamp_as_it_was(portal: Portal) -> None:
    someone = officer(portal)
    before = stamp(portal)
    with pytest.raises(KeyError), portal.database.write() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.person_id == someone.id))
        raise KeyError
    assert stamp(portal) == before


def stamp(portal: Portal) -> str:
    with portal.database.read() as session:
        return session.scalars(select(Standing.stamp)).one()
