"""Who could receive a case: trusted keys and connections come from accounts, the decision from rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.services import load_anchors
from portal.accounts.values import Scope, TrustedKey, TrustedPerson
from portal.cases import rules
from portal.cases.permissions import CasesPermission
from portal.cases.rules import Candidate
from portal.cases.values import Draft, HolderKind, Subject
from portal.config import Settings
from portal.foundation.db import Database


def scopes_of(subject: Subject) -> tuple[Scope, ...]:
    """What somebody must not be connected to: anything the report is about. A report about a whole body touches
    every connection to it; none where no body is known."""
    return tuple(Scope(one.body, one.indicator, one.period) for one in subject.parts if one.body)


def is_connected(session: Session, *, person_id: str, scopes: Iterable[Scope], now: datetime) -> bool:
    return any(accounts.is_connected_to(session, person_id=person_id, scope=scope, at=now) for scope in scopes)


def candidates(
    session: Session,
    *,
    permission: CasesPermission,
    scopes: Iterable[Scope],
    settings: Settings,
    now: datetime,
    even_held_back: bool = False,
) -> tuple[Candidate, ...]:
    """Everybody with a trusted key and this permission, and whether they are connected to any of `scopes`.

    With `even_held_back` also those whose training has lapsed: they see nothing, but do not lose what they hold.
    """
    (found,) = _candidates(
        session, (permission,), scopes, settings=settings, now=now, even_held_back=even_held_back
    ).values()
    return found


def _candidates(
    session: Session,
    permissions: Sequence[CasesPermission],
    scopes: Iterable[Scope],
    *,
    settings: Settings,
    now: datetime,
    even_held_back: bool = False,
) -> dict[CasesPermission, tuple[Candidate, ...]]:
    trusted = accounts.trusted_people(
        session, permissions, load_anchors(settings.var), even_held_back=even_held_back
    )
    near = accounts.connected_people(session, scopes, at=now)
    return {permission: _candidates_of(permission, trusted[permission], near) for permission in permissions}


def _candidates_of(
    permission: CasesPermission, people: Iterable[TrustedPerson], near: Collection[str]
) -> tuple[Candidate, ...]:
    holder = HolderKind.OUTSIDE if permission is CasesPermission.OUTSIDE else HolderKind.HANDLER
    return tuple(
        Candidate(one.id, one.name, one.address, one.key_id, one.box_public, holder, one.id in near)
        for one in people
    )


def trusted(session: Session, *, permission: CasesPermission, settings: Settings) -> tuple[TrustedKey, ...]:
    """The trusted keys of everybody with this permission."""
    return accounts.trusted_keys(session, permission, load_anchors(settings.var))


def receivers(session: Session, draft: Draft, *, settings: Settings, now: datetime) -> tuple[Candidate, ...]:
    """Who would receive a report now, as its writer wishes; nobody means that it cannot be sent.

    As `receivers_known`, and of what this very transaction has changed, too.
    """
    found = _candidates(session, _RECEIVING, _shunned(draft), settings=settings, now=now)
    return _recipients([one for right in _RECEIVING for one in found[right]], draft)


def receivers_known(
    database: Database, draft: Draft, *, settings: Settings, now: datetime, stamp: str | None = None
) -> tuple[Candidate, ...]:
    """The same of what is committed, as every page of a report asks it. `stamp`: see `accounts.receiving`."""
    anchors = load_anchors(settings.var)
    trusted, near = accounts.receiving(database, _RECEIVING, _shunned(draft), anchors, at=now, stamp=stamp)
    if draft.names:  # nothing is to remember what somebody typed
        return _recipients(_of(trusted, near), draft)
    return _naming_nobody(trusted, near, bool(draft.subject.bodies), draft.outside_only)


@lru_cache(256)
def _naming_nobody(
    trusted: accounts.Trusted, near: frozenset[str], body_known: bool, outside_only: bool
) -> tuple[Candidate, ...]:
    return rules.recipients(_of(trusted, near), names="", body_known=body_known, outside_only=outside_only)


_RECEIVING = (CasesPermission.INTAKE, CasesPermission.OUTSIDE)


def _of(trusted: accounts.Trusted, near: Collection[str]) -> list[Candidate]:
    return [one for right in _RECEIVING for one in _candidates_of(right, trusted[right], near)]


def _shunned(draft: Draft) -> tuple[Scope, ...]:
    return (*(Scope(body) for body in draft.bodies), *scopes_of(draft.subject))


def _recipients(people: Iterable[Candidate], draft: Draft) -> tuple[Candidate, ...]:
    known = bool(scopes_of(draft.subject))
    return rules.recipients(people, names=draft.names, body_known=known, outside_only=draft.outside_only)


def outside_recipient(session: Session, *, settings: Settings) -> str | None:
    """The name of the outside recipient, when one has a trusted key."""
    keys = accounts.trusted_keys(session, CasesPermission.OUTSIDE, load_anchors(settings.var))
    return accounts.name_of(session, keys[0].person_id) if keys else None


def fit(
    session: Session,
    *,
    permissions: Iterable[CasesPermission],
    subject: Subject,
    settings: Settings,
    now: datetime,
    even_held_back: bool = False,
) -> tuple[Candidate, ...]:
    """Unconnected people with a trusted key and any of these permissions; the last one named says as what."""
    people = _candidates(
        session, tuple(permissions), scopes_of(subject), settings=settings, now=now, even_held_back=even_held_back
    )
    found = {one.person_id: one for some in people.values() for one in some}
    return tuple(one for _, one in sorted(found.items()) if not one.connected)
