"""Who was trained in what, until when, and whose certificates end soon."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import policy, rules
from portal.accounts.models import Certificate, PersonRow, RoleGrant
from portal.accounts.values import CertificateCard, EndingTraining


def certificates(session: Session, person_id: str | None = None) -> tuple[CertificateCard, ...]:
    """Of one person, or of everybody active; by name, the one that is valid longest first."""
    query = select(Certificate, PersonRow.name).join(PersonRow, PersonRow.id == Certificate.person_id)
    query = query.where(PersonRow.disabled_at.is_(None))
    if person_id is not None:
        query = query.where(Certificate.person_id == person_id)
    rows = session.execute(
        query.order_by(PersonRow.name, Certificate.course, Certificate.valid_until.desc(), Certificate.id)
    )
    return tuple(
        CertificateCard(row.id, row.person_id, name, row.course, row.issued_on, row.valid_until)
        for row, name in rows
    )


def ending_training(session: Session, today: date) -> tuple[EndingTraining, ...]:
    """Active people with a role whose training ends within the time of warning, or has ended since."""
    needed = policy.current().training
    newest = (
        select(Certificate.person_id, Certificate.course, func.max(Certificate.valid_until).label("until"))
        .group_by(Certificate.person_id, Certificate.course)
        .subquery()
    )
    rows = session.execute(
        select(RoleGrant.person_id, newest.c.course, newest.c.until, RoleGrant.role)
        .join(newest, newest.c.person_id == RoleGrant.person_id)
        .join(PersonRow, PersonRow.id == RoleGrant.person_id)
        .where(PersonRow.disabled_at.is_(None), newest.c.until < today + rules.TRAINING_WARNING)
        .order_by(RoleGrant.person_id, newest.c.course)
    )
    found = {(person, course): until for person, course, until, role in rows if needed.get(role) == course}
    return tuple(EndingTraining(person, course, until) for (person, course), until in found.items())


def courses() -> dict[str, int]:
    """Every course, and for how many months its certificates are valid."""
    return dict(policy.current().courses)


def roles_by_course() -> dict[str, tuple[str, ...]]:
    """Which roles need which course."""
    needed = policy.current().training
    return {course: tuple(sorted(role for role, one in needed.items() if one == course)) for course in courses()}
