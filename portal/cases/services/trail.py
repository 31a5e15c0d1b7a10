"""What was done with a case, as a row of that case's own audit chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.audit.values import case_chain
from portal.cases.models import Case
from portal.cases.services.access import Officer
from portal.foundation.actor import Actor


def note(session: Session, case: Case, officer: Officer, act: str, now: datetime, **details: str) -> None:
    """What an officer did. Codes and ids only. Raises NotACode."""
    _note(session, case, officer.actor, act, now, details)


def note_by_itself(session: Session, case: Case, act: str, now: datetime, **details: str) -> None:
    """What nobody at a desk did: a job, a day that passed, the reporter. Codes and ids only. Raises NotACode."""
    _note(session, case, Actor.system(), act, now, details)


def _note(session: Session, case: Case, actor: Actor, act: str, now: datetime, details: dict[str, str]) -> None:
    record(
        session,
        actor=actor,
        act=act,
        subject=case.id,
        details=details,
        now=now,
        chain=case_chain(case.id),
    )
