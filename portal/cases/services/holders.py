"""Who could receive a case: trusted keys and connections come from accounts, the decision from rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.services import load_anchors
from portal.accounts.values import Scope, TrustedKey
from portal.cases import rules
from portal.cases.permissions import CasesPermission
from portal.cases.rules import Candidate
from portal.cases.values import HolderKind, Subject
from portal.config import Settings


def scope_of(subject: Subject) -> Scope | None:
    """What somebody must not be connected to. A report about a whole body touches every connection to it."""
    return Scope(subject.body, subject.indicator, subject.period) if subject.body else None


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
    touched = tuple(scopes)
    kind = HolderKind.OUTSIDE if permission is CasesPermission.OUTSIDE else HolderKind.HANDLER
    found = []
    for key in accounts.trusted_keys(
        session, permission, load_anchors(settings.var), even_held_back=even_held_back
    ):
        person = accounts.get_person(session, key.person_id)
        connected = is_connected(session, person_id=person.id, scopes=touched, now=now)
        found.append(
            Candidate(person.id, person.name, person.address, key.key_id, key.box_public, kind, connected)
        )
    return tuple(sorted(found, key=lambda one: one.person_id))


def trusted(session: Session, *, permission: CasesPermission, settings: Settings) -> tuple[TrustedKey, ...]:
    """The trusted keys of everybody with this permission."""
    return accounts.trusted_keys(session, permission, load_anchors(settings.var))


def receivers(
    session: Session,
    *,
    subject: Subject,
    names: str = "",
    bodies: Iterable[str] = (),
    outside_only: bool = False,
    settings: Settings,
    now: datetime,
) -> tuple[Candidate, ...]:
    """Who would receive a report now; nobody means that reporting is not open for this body."""
    accused = scope_of(subject)
    scopes = [Scope(body) for body in bodies] + ([accused] if accused else [])
    people = [
        one
        for permission in (CasesPermission.INTAKE, CasesPermission.OUTSIDE)
        for one in candidates(session, permission=permission, scopes=scopes, settings=settings, now=now)
    ]
    return rules.recipients(people, names=names, body_known=accused is not None, outside_only=outside_only)


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
    accused = scope_of(subject)
    scopes = (accused,) if accused else ()
    found = {
        one.person_id: one
        for permission in permissions
        for one in candidates(
            session,
            permission=permission,
            scopes=scopes,
            settings=settings,
            now=now,
            even_held_back=even_held_back,
        )
    }
    return tuple(one for _, one in sorted(found.items()) if not one.connected)
