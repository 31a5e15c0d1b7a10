"""From an upheld report to a corrected figure: proposed here, approved and published by publishing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.values import case_chain
from portal.cases import rules
from portal.cases.errors import WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, reminders, steps, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseFile, CaseKind, CaseState, Finding
from portal.duties import queries as duties
from portal.publishing import queries as published
from portal.publishing import services as publishing
from portal.publishing.values import Cause, FigureKey


def propose(
    session: Session,
    *,
    case_id: str,
    new_actual: str,
    new_target: str,
    reason: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Put the right values forward; somebody else approves them. An empty value stays as it was.

    Raises NoSuchCase, WrongState, and what publishing.propose_correction raises.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    key = figure_of(case)
    state = rules.after("act", CaseState(case.state))
    if key is None or case.finding not in rules.FOUND_FALSE or case.merged_into is not None:
        raise WrongState
    proposal = publishing.propose_correction(
        session,
        figure=key,
        cause=Cause.UPHELD_REPORT,
        new_actual=new_actual.strip() or None,
        new_target=new_target.strip() or None,
        reason=reason,
        actor=officer.actor,
        now=now,
        chain=case_chain(case.id),
    )
    case.correction_id = proposal.id
    if state != case.state:
        steps.move(session, case, state, day=now.date())
    reminders.on_corrected(session, case)
    trail.note(session, case, officer, "cases.propose-correction", now, proposal=proposal.id)


def figure_of(case: Case) -> FigureKey | None:
    """The figure a case is about, or None."""
    if not (case.body_code and case.indicator_code and case.period):
        return None
    return FigureKey(case.body_code, case.indicator_code, case.period)


def is_corrected(session: Session, case: Case) -> bool:
    """Whether a correction caused by an upheld report was published after this case was decided."""
    key = figure_of(case)
    if key is None or case.edition_decided is None:
        return False
    figure = published.find_figure(session, key, edition=published.current_edition(session).n)
    return figure is not None and any(
        version.cause is Cause.UPHELD_REPORT and version.edition > case.edition_decided
        for version in figure.versions
    )


def may_propose(session: Session, case: CaseFile) -> bool:
    """Whether the figure of a decided case still has to be corrected, and no correction is waiting."""
    found_false = case.summary.finding in rules.FOUND_FALSE and case.summary.kind is CaseKind.FIGURE
    if not found_false or not rules.may("act", case.summary.state) or case.summary.joined_to:
        return False
    row = session.get_one(Case, case.summary.id)
    return not is_corrected(session, row) and not _waits(session, row)


def may_close(session: Session, case: CaseFile) -> bool:
    row = session.get_one(Case, case.summary.id)
    return rules.may_close(
        finding=case.summary.finding or Finding.NOT_UPHELD,
        about_figure=case.summary.kind is CaseKind.FIGURE,
        corrected=is_corrected(session, row),
    )


def _waits(session: Session, case: Case) -> bool:
    subject = f"figure:{figure_of(case)}"
    return duties.find_waiting(session, kind=publishing.CORRECTION, subject=subject) is not None
