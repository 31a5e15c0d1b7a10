"""The register of training: certificates, and the roles that count only while one of theirs is valid.

A role granted to somebody without a valid certificate is *held back*: it stands in the register and gives no
right. It comes into force when the certificate is recorded, and is held back again the day after that ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import policy, rules
from portal.accounts.errors import NoSuchCertificate, NoSuchCourse, NotOnThatDay, OwnCertificate
from portal.accounts.models import Certificate, RoleGrant
from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries.people import get_person
from portal.accounts.services.sessions import end_all_sessions
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.ids import new_id


def record_certificate(
    session: Session,
    *,
    person_id: str,
    course: str,
    issued_on: date,
    valid_until: date | None = None,
    actor: Actor,
    now: datetime,
) -> str:
    """Record that somebody was trained; return the certificate's id. Roles that waited for it count from now.

    It is valid for as long as the course's certificates are, unless `valid_until` says an earlier day. Raises
    Forbidden, OwnCertificate (nobody vouches for themselves), NoSuchPerson, NoSuchCourse, NotOnThatDay.
    """
    actor.require(AccountsPermission.RECORD_TRAINING)
    if actor.person_id == person_id:
        raise OwnCertificate
    return enter_certificate(
        session,
        person_id=person_id,
        course=course,
        issued_on=issued_on,
        valid_until=valid_until,
        actor=actor,
        now=now,
    )


def enter_certificate(
    session: Session,
    *,
    person_id: str,
    course: str,
    issued_on: date,
    valid_until: date | None = None,
    actor: Actor,
    now: datetime,
) -> str:
    """The same for whoever runs the machine."""
    get_person(session, person_id)
    courses = policy.current().courses
    months = courses.get(course)
    if months is None:
        raise NoSuchCourse(course, sorted(courses))
    longest = rules.valid_until(issued_on, months)
    until = min(valid_until or longest, longest)
    if issued_on > now.date() or until < now.date():
        raise NotOnThatDay
    row = Certificate(
        id=new_id(),
        person_id=person_id,
        course=course,
        issued_on=issued_on,
        valid_until=until,
        recorded_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    details = {"course": course, "until": until.isoformat()}
    record(session, actor=actor, act="accounts.record-certificate", subject=person_id, details=details, now=now)
    settle_roles(session, people=[person_id], now=now)
    return row.id


def withdraw_certificate(session: Session, *, certificate_id: str, actor: Actor, now: datetime) -> None:
    """Take a certificate out of the register (recorded by mistake). Raises Forbidden, NoSuchCertificate."""
    actor.require(AccountsPermission.RECORD_TRAINING)
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NoSuchCertificate
    session.execute(delete(Certificate).where(Certificate.id == certificate_id))
    details = {"course": row.course, "until": row.valid_until.isoformat()}
    record(
        session,
        actor=actor,
        act="accounts.withdraw-certificate",
        subject=row.person_id,
        details=details,
        now=now,
    )
    settle_roles(session, people=[row.person_id], now=now)


def settle_roles(session: Session, *, people: Iterable[str] | None = None, now: datetime) -> int:
    """Hold back the roles whose training has lapsed, let those count whose training is there; return how many.

    Of `people`, or of everybody. Sessions of those concerned end, so that none goes on under other rights.
    """
    changed = unsettled_roles(session, people=people, now=now)
    for grant in changed:
        grant.held_back = not grant.held_back
        end_all_sessions(session, person_id=grant.person_id)
        act = "accounts.hold-role" if grant.held_back else "accounts.restore-role"
        details = {"role": grant.role}
        record(session, actor=Actor.system(), act=act, subject=grant.person_id, details=details, now=now)
    session.flush()
    return len(changed)


def unsettled_roles(
    session: Session, *, people: Iterable[str] | None = None, now: datetime
) -> tuple[RoleGrant, ...]:
    """Grants that count without their training, or are held back with it."""
    query = select(RoleGrant).where(RoleGrant.role.in_(sorted(policy.current().training)))
    if people is not None:
        query = query.where(RoleGrant.person_id.in_(sorted(people)))
    grants = session.scalars(query.order_by(RoleGrant.person_id, RoleGrant.role)).all()
    return tuple(
        one for one in grants if one.held_back == is_trained(session, one.person_id, one.role, now.date())
    )


def is_trained(session: Session, person_id: str, role: str, day: date) -> bool:
    """Whether nothing is missing for the role on that day: it needs no training, or a certificate is valid."""
    course = policy.current().training.get(role)
    if course is None:
        return True
    valid = select(Certificate.id).where(
        Certificate.person_id == person_id,
        Certificate.course == course,
        Certificate.issued_on <= day,
        Certificate.valid_until >= day,
    )
    return session.scalar(valid.limit(1)) is not None
