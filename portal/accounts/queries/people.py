"""Who there is, and who holds which right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts import policy, rules
from portal.accounts.errors import NoSuchPerson
from portal.accounts.models import PersonRow, RoleGrant
from portal.accounts.values import NO_MAIL, Person, PersonKind
from portal.foundation.actor import Actor


def get_person(session: Session, person_id: str) -> Person:
    """Raises NoSuchPerson."""
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NoSuchPerson
    return _to_people(session, [row])[0]


def find_person_by_address(session: Session, address: str) -> Person | None:
    row = session.scalar(select(PersonRow).where(PersonRow.address == address.strip().lower()))
    return None if row is None else _to_people(session, [row])[0]


def list_people(session: Session) -> tuple[Person, ...]:
    """Everybody with an account, by name, disabled people included."""
    rows = session.scalars(select(PersonRow).order_by(PersonRow.name, PersonRow.id)).all()
    return _to_people(session, rows)


def people_with(session: Session, permission: str, *, even_held_back: bool = False) -> tuple[Person, ...]:
    """Active people who hold `permission` by one of their roles, by name.

    With `even_held_back` also those who only wait for training: what they have is not to be taken from them.
    """
    return tuple(
        person
        for person in list_people(session)
        if person.is_active
        and permission
        in rules.permissions_of(policy.current(), (*person.roles, *(person.held_back if even_held_back else ())))
    )


def people_to_mail(session: Session, *, after: str, limit: int) -> tuple[Person, ...]:
    """Active people who want mail, by id, those behind `after` first come."""
    wanted = or_(PersonRow.mail.is_(None), PersonRow.mail != NO_MAIL)
    query = select(PersonRow).where(PersonRow.disabled_at.is_(None), wanted, PersonRow.id > after)
    return _to_people(session, session.scalars(query.order_by(PersonRow.id).limit(limit)).all())


def name_of(session: Session, person_id: str) -> str:
    """The person's name, or the id of somebody who is not a person (the system)."""
    return session.scalar(select(PersonRow.name).where(PersonRow.id == person_id)) or person_id


def names_of(session: Session, people: Iterable[str]) -> dict[str, str]:
    """The same for several at once."""
    asked = sorted(set(people))
    rows = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(asked)))
    known = {row.id: row.name for row in rows}
    return {one: known.get(one) or one for one in asked}


def actor_for(person: Person) -> Actor:
    """The person as a value that acts. A disabled person acts with no right."""
    roles = person.roles if person.is_active else ()
    return Actor(person.id, person.name, rules.permissions_of(policy.current(), roles))


def roles_table() -> Mapping[str, frozenset[str]]:
    """The installed table: role -> permissions."""
    return policy.current().roles


def _to_people(session: Session, rows: Sequence[PersonRow]) -> tuple[Person, ...]:
    roles = _roles_of(session, [row.id for row in rows])
    return tuple(
        Person(
            id=row.id,
            name=row.name,
            address=row.address,
            kind=PersonKind(row.kind),
            roles=tuple(sorted(role for role, held_back in roles[row.id] if not held_back)),
            held_back=tuple(sorted(role for role, held_back in roles[row.id] if held_back)),
            disabled_at=row.disabled_at,
            mail=row.mail or "",
        )
        for row in rows
    )


def _roles_of(session: Session, people: Iterable[str]) -> Mapping[str, list[tuple[str, bool]]]:
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    grants = select(RoleGrant).where(RoleGrant.person_id.in_(list(people)))
    for grant in session.scalars(grants):
        found[grant.person_id].append((grant.role, grant.held_back))
    return found
