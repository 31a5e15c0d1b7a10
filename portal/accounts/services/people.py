"""People and their roles. Whoever manages people gains no key by it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import policy, rules
from portal.accounts.errors import AddressTaken, NoSuchLanguage, NoSuchPerson
from portal.accounts.models import PersonRow, RoleGrant
from portal.accounts.queries.people import get_person
from portal.accounts.services.passkeys import remove_all_passkeys
from portal.accounts.services.sessions import end_all_sessions
from portal.accounts.services.training import is_trained
from portal.accounts.values import NO_MAIL, Person, PersonKind
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import LOCALES
from portal.foundation.ids import new_id
from portal.foundation.removals import note_removal

PERSON_DISABLED = "accounts.disabled"
ROLE_REVOKED = "accounts.role-revoked"


def create_person(
    session: Session,
    *,
    name: str,
    address: str,
    roles: Collection[str] = (),
    kind: PersonKind = PersonKind.STAFF,
    actor: Actor,
    now: datetime,
) -> Person:
    """Make an account that cannot sign in yet (see `issue_start_code`).

    Raises AddressTaken, NoSuchRole, RolesClash.
    """
    rules.require_roles_fit(policy.current(), kind, roles)
    lowered = address.strip().lower()
    if session.scalar(select(PersonRow.id).where(PersonRow.address == lowered)) is not None:
        raise AddressTaken
    row = PersonRow(id=new_id(), name=name.strip(), address=lowered, kind=kind.value, created_at=now)
    session.add(row)
    session.flush()
    record(session, actor=actor, act="accounts.create-person", subject=row.id, now=now)
    for role in sorted(set(roles)):
        _grant(session, row.id, role, actor=actor, now=now)
    session.flush()
    return get_person(session, row.id)


def grant_role(session: Session, *, person_id: str, role: str, actor: Actor, now: datetime) -> None:
    """Give a role; sessions begun without it end. Nothing happens when it is held already.

    A role that needs training is held back until a certificate is there (`services.training`).

    Raises NoSuchPerson, NoSuchRole, RolesClash.
    """
    person = get_person(session, person_id)
    held = {*person.roles, *person.held_back}
    rules.require_roles_fit(policy.current(), person.kind, {*held, role})
    if role not in held:
        _grant(session, person_id, role, actor=actor, now=now)
        end_all_sessions(session, person_id=person_id)


def revoke_role(session: Session, *, person_id: str, role: str, actor: Actor, now: datetime) -> None:
    """Take a role; sessions begun with it end. Nothing happens when it is not held."""
    gone = session.execute(
        delete(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.role == role).returning(RoleGrant.role)
    ).first()
    if gone is not None:
        end_all_sessions(session, person_id=person_id)
        note_removal(session, kind=ROLE_REVOKED, subject=f"{person_id}:{role}", now=now)
        _note(session, "accounts.revoke-role", person_id, actor=actor, now=now, role=role)


def disable_person(session: Session, *, person_id: str, actor: Actor, now: datetime) -> None:
    """End a person's access: sessions end and passkeys go at once. Raises NoSuchPerson."""
    row = _row(session, person_id)
    row.disabled_at = row.disabled_at or now
    note_removal(session, kind=PERSON_DISABLED, subject=person_id, now=now)
    end_all_sessions(session, person_id=person_id)
    remove_all_passkeys(session, person_id=person_id, actor=actor, now=now)
    _note(session, "accounts.disable-person", person_id, actor=actor, now=now)


def enable_person(session: Session, *, person_id: str, actor: Actor, now: datetime) -> None:
    """Give a disabled person access again. Raises NoSuchPerson."""
    _row(session, person_id).disabled_at = None
    _note(session, "accounts.enable-person", person_id, actor=actor, now=now)


def choose_mail(session: Session, *, person_id: str, mail: str, actor: Actor, now: datetime) -> None:
    """In which language a person is written to: a locale, NO_MAIL for not at all, "" for the office's.

    Raises NoSuchPerson, NoSuchLanguage.
    """
    if mail not in {"", NO_MAIL, *LOCALES}:
        raise NoSuchLanguage
    _row(session, person_id).mail = mail or None
    _note(session, "accounts.choose-mail", person_id, actor=actor, now=now)


def _grant(session: Session, person_id: str, role: str, *, actor: Actor, now: datetime) -> None:
    held_back = not is_trained(session, person_id, role, now.date())
    session.add(RoleGrant(person_id=person_id, role=role, granted_at=now, held_back=held_back))
    _note(session, "accounts.grant-role", person_id, actor=actor, now=now, role=role)


def _note(session: Session, act: str, person_id: str, *, actor: Actor, now: datetime, **details: str) -> None:
    record(session, actor=actor, act=act, subject=person_id, details=details, now=now)


def _row(session: Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NoSuchPerson
    return row
