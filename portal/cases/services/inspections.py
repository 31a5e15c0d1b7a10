"""Inspections that a case orders: how, on which day, by whom; what came of it is attached to the case, sealed.

How it is made and what for is sealed; the day and the team stand in clear, for their duty says as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.cases import rules
from portal.cases.errors import NotEligible, OnlyInspectors, WrongState
from portal.cases.models import Case, InspectionRow, InspectorRow, Item, StoredFile
from portal.cases.permissions import CasesPermission
from portal.cases.services import (
    about,
    access,
    anchoring,
    casework,
    epochs,
    holders,
    items,
    reminders,
    trail,
    upkeep,
)
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Inspection, InspectionState, ItemKind, Method, Says, SentFile
from portal.config import Settings
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message

MOST_FILES = 30


def of(session: Session, case_id: str) -> Inspection | None:
    """The newest inspection of a case."""
    row = _newest(session, case_id)
    if row is None:
        return None
    return Inspection(InspectionState(row.state), row.day, reminders.inspectors(session, case_id), row.ended_on)


def order(
    session: Session,
    *,
    case_id: str,
    method: Method,
    day: date,
    team: Sequence[str],
    text: str,
    submission: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Order an inspection; its team, whom nothing connects to the body, gets to read the case.

    Raises NoSuchCase, WrongState outside of an investigation or while one is ordered, NotEligible.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    before = _newest(session, case.id)
    if not rules.may("propose", CaseState(case.state)) or not team or day < now.date():
        raise WrongState
    if before is not None and before.state == InspectionState.ORDERED:
        raise WrongState
    for person_id in team:
        casework.let_in(session, case, person_id, CasesPermission.HANDLE, officer, now)
    number = before.number + 1 if before else 1
    session.add(
        InspectionRow(
            case_id=case.id, number=number, state=InspectionState.ORDERED, ordered_on=now.date(), day=day
        )
    )
    session.flush()
    session.add_all(InspectorRow(case_id=case.id, number=number, person_id=one) for one in sorted(set(team)))
    session.flush()
    more = {"says": Says.INSPECTION.value, "method": method.value}
    casework.write_item(session, case, ItemKind.NOTE, text, submission, officer, now, more=more)
    reminders.on_inspection(session, case, day=day, now=now)
    trail.note(session, case, officer, "cases.order-inspection", now, day=day.isoformat())


def attach_result(
    session: Session, *, case_id: str, text: str, submission: str, officer: Officer, now: datetime
) -> None:
    """What one of the team found. Raises NoSuchCase, WrongState, NotEligible for whoever is not of the team."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    row = _ordered(session, case)
    if officer.id not in reminders.inspectors(session, case.id):
        raise NotEligible
    says = {"says": Says.INSPECTED.value}
    casework.write_item(session, case, ItemKind.NOTE, text, submission, officer, now, more=says)
    _end(session, case, row, InspectionState.DONE, now)
    trail.note(session, case, officer, "cases.inspected", now)


def attach_file(
    session: Session, *, case_id: str, file: SentFile, submission: str, officer: Officer, now: datetime
) -> bool:
    """Add a sealed upload of one of the team to what the inspection found: for those who hold the case alone.

    The same form sent twice is kept once; False says that this upload is not needed, and the caller drops it.
    Raises NoSuchCase, WrongState, NotEligible for whoever is not of the team, Invalid when there are MOST_FILES.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    row = _newest(session, case.id)
    state = InspectionState(row.state) if row else None
    if not rules.may_attach(state=CaseState(case.state), inspection=state):
        raise WrongState
    if officer.id not in reminders.inspectors(session, case.id):
        raise NotEligible
    if items.is_there(session, case_id=case.id, submission=submission):
        return False
    attached = select(func.count()).where(Item.case_id == case.id, Item.kind == ItemKind.INSPECTION_FILE)
    if session.scalar(attached) == MOST_FILES:
        full = Message(N_("A case takes {most} files of inspections, and has them."), {"most": MOST_FILES})
        raise Invalid(N_("There is a problem"), {"file": full})
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    session.add(StoredFile(id=file.id, case_id=case.id, day=now.date()))
    # the number of files that stands in clear at the case is what its reporter sent, and limits them alone
    items.add_item(
        session,
        case_id=case.id,
        keys=keys,
        kind=ItemKind.INSPECTION_FILE,
        content={**items.file_content(file), "author": officer.id},
        day=now.date(),
        submission=submission,
    )
    trail.note(session, case, officer, "cases.attach-file", now, file=file.id)
    return True


def cancel(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """It is not made. Raises NoSuchCase, WrongState when none is ordered."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    _end(session, case, _ordered(session, case), InspectionState.CANCELLED, now)
    trail.note(session, case, officer, "cases.cancel-inspection", now)


def on_closed(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Whoever inspected what the case is about is connected to it from now on, and so loses the case: the next one
    about it is for others. Until the case is closed the team works on it.

    Raises OnlyInspectors when nobody else could open the case then, and KeysNotTrusted while nobody can say.
    """
    done = select(InspectorRow.person_id).join(
        InspectionRow,
        and_(InspectionRow.case_id == InspectorRow.case_id, InspectionRow.number == InspectorRow.number),
    )
    done = done.where(InspectorRow.case_id == case.id, InspectionRow.state == InspectionState.DONE)
    team = set(session.scalars(done.distinct()))
    if not team:
        return
    anchoring.require(session, settings)
    fit = {one.person_id for one in upkeep.fit_to_hold(session, case, settings=settings, now=now)}
    if not fit & set(epochs.holders_of(session, case.id)) - team:
        raise OnlyInspectors
    for scope in holders.scopes_of(about.subject_of(session, case)):
        for person_id in sorted(team):
            connect(
                session,
                person_id=person_id,
                body_code=scope.body_code,
                indicator_code=scope.indicator_code,
                period=scope.period,
                kind=ConnectionKind.INSPECTED,
                now=now,
            )


def _end(session: Session, case: Case, row: InspectionRow, state: InspectionState, now: datetime) -> None:
    row.state, row.ended_on = state, now.date()
    session.flush()
    reminders.on_inspected(session, case)


def _ordered(session: Session, case: Case) -> InspectionRow:
    row = _newest(session, case.id)
    if row is None or row.state != InspectionState.ORDERED:
        raise WrongState
    return row


def _newest(session: Session, case_id: str) -> InspectionRow | None:
    query = select(InspectionRow).where(InspectionRow.case_id == case_id)
    return session.scalar(query.order_by(InspectionRow.number.desc()).limit(1))
