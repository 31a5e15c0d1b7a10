"""Who is away, and who stands in for them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import AbsenceRow
from portal.accounts.values import Absence


def away_on(session: Session, day: date) -> dict[str, Absence]:
    """Everybody who is away on this day."""
    rows = session.scalars(select(AbsenceRow).where(AbsenceRow.until >= day))
    return {row.person_id: Absence(row.until, row.stand_in_id) for row in rows}


def absence_of(session: Session, person_id: str, *, day: date) -> Absence | None:
    """Whether this person is away on this day."""
    row = session.get(AbsenceRow, person_id)
    return Absence(row.until, row.stand_in_id) if row is not None and row.until >= day else None
