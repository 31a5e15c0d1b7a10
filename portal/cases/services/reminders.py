"""What waits for whom: duties given to the holders of a case by name, so that they exist for nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.values import Scope
from portal.cases import rules
from portal.cases.models import Case
from portal.cases.services import epochs
from portal.cases.values import Lane, reference
from portal.config import Settings
from portal.duties import services as duties
from portal.foundation.i18n import N_, Message

ACKNOWLEDGE = "case-acknowledge"
ASIDE = "cases-aside"
FEEDBACK = "case-feedback"
CORRECT = "case-correct"
KINDS = (ACKNOWLEDGE, FEEDBACK, CORRECT)


def scope(case: Case) -> Scope | None:
    """Whoever becomes connected to this loses sight of what waits, in the moment they do."""
    return Scope(case.body_code, case.indicator_code, case.period) if case.body_code else None


def address(case_id: str) -> str:
    return f"/desk/cases/{reference(case_id)}"


def on_received(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Acknowledge within days. Reports set aside in a flood share one duty for each body and day."""
    aside = case.lane == Lane.QUARANTINE
    _open(
        session,
        case,
        kind=ASIDE if aside else ACKNOWLEDGE,
        subject=_aside(case) if aside else case.id,
        title=N_("Look through the reports set aside in a flood") if aside else N_("Acknowledge a report"),
        path="/desk/cases?list=aside" if aside else address(case.id),
        due_on=rules.acknowledge_by(case.received_on, settings.acknowledge_days),
        now=now,
    )


def on_acknowledged(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    duties.close_duty(session, kind=ACKNOWLEDGE, subject=case.id)
    if not _is_left_aside(session, case):
        duties.close_duty(session, kind=ASIDE, subject=_aside(case))
    _open(
        session,
        case,
        kind=FEEDBACK,
        title=N_("Tell a reporter what was found"),
        due_on=rules.feedback_by(case.received_on, settings.feedback_months),
        now=now,
    )


def on_decided(session: Session, case: Case, *, correction_due: bool, settings: Settings, now: datetime) -> None:
    duties.close_duty(session, kind=FEEDBACK, subject=case.id)
    if correction_due:
        _open(
            session,
            case,
            kind=CORRECT,
            title=N_("Propose the correction of a figure"),
            due_on=rules.acknowledge_by(now.date(), settings.acknowledge_days),
            now=now,
        )


def on_corrected(session: Session, case: Case) -> None:
    duties.close_duty(session, kind=CORRECT, subject=case.id)


def on_holders_changed(session: Session, case_id: str) -> None:
    """Open duties go to whoever holds the case now; for everybody else they cease to exist."""
    people = epochs.holders_of(session, case_id)
    for kind in KINDS:
        duties.reassign_duty(session, kind=kind, subject=case_id, people=people)


def _aside(case: Case) -> str:
    return f"aside:{case.body_code or 'no-body'}:{case.received_on}"


def _is_left_aside(session: Session, case: Case) -> bool:
    """Whether others of the same body and day still wait in the second list."""
    same_body = Case.body_code.is_not_distinct_from(case.body_code)
    query = select(Case.id).where(
        Case.id != case.id, Case.lane == Lane.QUARANTINE, Case.received_on == case.received_on, same_body
    )
    return session.scalar(query.limit(1)) is not None


def _open(
    session: Session,
    case: Case,
    *,
    kind: str,
    title: str,
    due_on: date,
    now: datetime,
    subject: str | None = None,
    path: str | None = None,
) -> None:
    duties.open_duty(
        session,
        kind=kind,
        subject=subject or case.id,
        title=Message(title),
        address=path or address(case.id),
        people=epochs.holders_of(session, case.id),
        about=scope(case),
        due_at=datetime.combine(due_on, time(23, 59), UTC),
        now=now.replace(hour=0, minute=0, second=0, microsecond=0),
    )
