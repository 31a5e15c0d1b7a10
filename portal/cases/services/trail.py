"""What an officer did with a case, as a row of that case's own audit chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.audit.values import case_chain
from portal.cases.models import Case
from portal.cases.services.access import Officer


def note(session: Session, case: Case, officer: Officer, act: str, now: datetime, **details: str) -> None:
    """Codes and ids only. Raises NotACode."""
    record(
        session,
        actor=officer.actor,
        act=act,
        subject=case.id,
        details=details,
        now=now,
        chain=case_chain(case.id),
    )
