"""From an upheld report to a corrected figure: proposed here, approved and published by publishing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.values import case_chain
from portal.cases import rules
from portal.cases.errors import WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import about, access, distance, reminders, steps, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseFile, CaseKind, CaseState, Finding
from portal.config import Settings
from portal.duties import queries as duties
from portal.duties.values import ProposalState
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
    figure: FigureKey | None = None,
    officer: Officer,
    now: datetime,
) -> None:
    """Put the right values forward; somebody else approves them. An empty value stays as it was.

    `figure` is one of those the finding covers; without it the first that is still to be corrected. Raises
    NoSuchCase, WrongState, TooSoon before some days after the mark, and what publishing.propose_correction raises.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    state = rules.after("act", CaseState(case.state))
    if case.finding not in rules.FOUND_FALSE or case.merged_into is not None:
        raise WrongState
    distance.require_for_correction(case, officer.settings, today=now.date())
    left = still_to_correct(session, case)
    key = figure or next(iter(left), None)
    if key is None or key not in about.figures_of(session, case):
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
        may_stay=_was_set_right(session, case, key),
    )
    case.correction_id = proposal.id
    if state != case.state:
        steps.move(session, case, state, day=now.date())
    if not still_to_correct(session, case):
        reminders.on_corrected(session, case, today=now.date())
    trail.note(session, case, officer, "cases.propose-correction", now, proposal=proposal.id)


def still_to_correct(session: Session, case: Case) -> tuple[FigureKey, ...]:
    """Figures that the finding covers, that are not corrected since, and for which no correction waits."""
    found = (key for key in about.figures_of(session, case) if not is_figure_corrected(session, case, key))
    return tuple(key for key in found if not _waits(session, key))


def cases_to_look_at(session: Session) -> tuple[str, ...]:
    """Cases that found a figure false and are not closed, of which no correction is owed by a day."""
    query = select(Case.id).where(
        Case.finding.in_(sorted(rules.FOUND_FALSE)),
        Case.state.in_((CaseState.DECIDED, CaseState.ACTION)),
        Case.merged_into.is_(None),
        Case.correct_due_on.is_(None),
    )
    return tuple(session.scalars(query.order_by(Case.id)))


def cases_to_close(session: Session) -> tuple[str, ...]:
    """Cases of which something was found, that are not closed, and that nobody was asked to close."""
    query = select(Case.id).where(
        Case.state.in_((CaseState.DECIDED, CaseState.ACTION)), Case.merged_into.is_(None)
    )
    asked = duties.subjects_with(session, reminders.CLOSE)
    return tuple(one for one in session.scalars(query.order_by(Case.id)) if one not in asked)


def see_to_closing(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Once every figure that was found false is corrected in public, whoever has the case is told to close it."""
    if is_done(session, case):
        reminders.on_all_done(session, case, settings=settings, now=now)


def owe_again(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """What was put forward was refused, or taken back: the correction is owed anew, and people are told.

    Else a false figure would stand, with nobody asked for another value, once its correction was refused. It is
    owed by the same day as before: three refusals do not put it off three times.
    """
    if not any(_was_refused(session, key) for key in still_to_correct(session, case)):
        return
    reminders.on_correction_due(session, case, settings=settings, now=now)
    trail.note_by_itself(session, case, "cases.owe-correction", now)


def _was_refused(session: Session, key: FigureKey) -> bool:
    """Whether nothing that says in public that a report was upheld is on its way to the log."""
    newest = duties.find_newest(session, kind=publishing.CORRECTION, subject=f"figure:{key}")
    if newest is None or newest.state is not ProposalState.SIGNED:
        return True
    return bool(newest.payload["cause"] != Cause.UPHELD_REPORT)


def is_corrected(session: Session, case: Case) -> bool:
    """Whether every figure the finding covers was corrected, because of an upheld report, after it was decided."""
    figures = about.figures_of(session, case)
    return bool(figures) and all(is_figure_corrected(session, case, key) for key in figures)


def is_figure_corrected(session: Session, case: Case, key: FigureKey) -> bool:
    """The same for one of them."""
    if case.edition_decided is None:
        return False
    figure = published.find_figure(session, key, edition=published.current_edition(session).n)
    return figure is not None and any(
        version.cause is Cause.UPHELD_REPORT and version.edition > case.edition_decided
        for version in figure.versions
    )


def _was_set_right(session: Session, case: Case, key: FigureKey) -> bool:
    """Whether somebody changed the value since the reporter read it: then it may be right by now, and what is left
    is to say in public that a report was upheld."""
    parts = about.subject_of(session, case).parts
    read = next((one for one in parts if (one.body, one.indicator, one.period) == tuple(key)), None)
    now = published.find_figure(session, key, edition=published.current_edition(session).n)
    if read is None or read.edition is None or now is None:
        return False
    then = published.find_figure(session, key, edition=read.edition)
    return then is not None and (then.actual, then.target) != (now.actual, now.target)


def may_propose(session: Session, case: CaseFile) -> bool:
    """Whether a figure of a decided case still has to be corrected, and no correction of it is waiting."""
    found_false = case.summary.finding in rules.FOUND_FALSE and case.summary.kind is CaseKind.FIGURE
    if not found_false or not rules.may("act", case.summary.state) or case.summary.joined_to:
        return False
    return bool(left_of(session, case))


def left_of(session: Session, case: CaseFile) -> tuple[FigureKey, ...]:
    """`still_to_correct` for an opened case."""
    return still_to_correct(session, session.get_one(Case, case.summary.id))


def may_close(session: Session, case: CaseFile) -> bool:
    """`is_done` for an opened case."""
    return is_done(session, session.get_one(Case, case.summary.id))


def is_done(session: Session, case: Case) -> bool:
    """Whether no figure that was found false still stands uncorrected."""
    about_figure = case.kind == CaseKind.FIGURE
    return rules.may_close(
        finding=Finding(case.finding or Finding.NOT_UPHELD),
        about_figure=about_figure,
        corrected=about_figure and is_corrected(session, case),
    )


def _waits(session: Session, key: FigureKey) -> bool:
    return duties.find_waiting(session, kind=publishing.CORRECTION, subject=f"figure:{key}") is not None
