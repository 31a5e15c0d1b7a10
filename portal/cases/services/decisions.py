"""What is found, and by whom: one officer proposes, a second unconnected one decides."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.values import case_chain
from portal.cases import rules
from portal.cases.errors import NotEligible, NotYetCorrected, WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import (
    about,
    access,
    answers,
    batches,
    check_ins,
    deadlines,
    distance,
    following,
    halves,
    heard,
    hearings,
    inspections,
    reminders,
    samples,
    steps,
    telling,
    trail,
)
from portal.cases.services.access import Officer
from portal.cases.services.corrections import is_done
from portal.cases.values import CaseState, Finding, Why
from portal.config import Settings
from portal.duties import services as duties
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message
from portal.publishing import services as publishing
from portal.publishing.errors import NoticeStands
from portal.publishing.queries import current_edition
from portal.publishing.values import FigureKey, NoticeState

PROPOSAL = answers.FINDING


def propose_finding(
    session: Session,
    *,
    case_id: str,
    finding: Finding,
    reason: str,
    figures: Collection[FigureKey] | None = None,
    officer: Officer,
    now: datetime,
) -> None:
    """The assignee's half. The reason is sealed; the waiting signature holds the finding's code alone.

    `figures` are those of the case that the finding covers, None for all of them. Raises NoSuchCase, WrongState,
    NotEligible (not the assignee), NotHeard, NobodyToDecide, and Invalid where something false covers no figure.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    state = rules.after("propose", CaseState(case.state))
    if case.assigned_to != officer.id:
        raise NotEligible
    about.cover(session, case, figures if finding in rules.FOUND_FALSE else None)
    if figures is not None and finding in rules.FOUND_FALSE and not about.figures_of(session, case):
        none = Message(N_("Choose at least one figure."))
        raise Invalid(N_("There is a problem"), {"figures": none})
    heard.require_heard(session, case, finding, today=now.date())
    proposal = halves.propose(
        session,
        case,
        kind=PROPOSAL,
        title=Message(N_("A finding waits for a second decision")),
        payload={"finding": finding.value},
        reason=reason,
        why=Why.FINDING,
        officer=officer,
        now=now,
    )
    case.proposed_finding, case.proposal_id = finding, proposal
    case.proposed_by, case.proposed_on = officer.id, now.date()
    steps.move(session, case, state, day=now.date())
    trail.note(session, case, officer, "cases.propose", now, finding=finding.value)


def decide(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer. A figure found false is marked as under review in the same breath.

    That is no sooner than some days after the newest report it rests on, so that the day of the mark does not
    tell when that came. Raises NoSuchCase, WrongState, NotHeard, TooSoon and the errors of duties.countersign.
    """
    case = _proposed(session, case_id, officer, now)
    state = rules.after("decide", CaseState(case.state))
    finding = Finding(case.proposed_finding or "")
    heard.require_heard(session, case, finding, today=now.date())
    figures = about.figures_of(session, case) if finding in rules.FOUND_FALSE else ()
    if figures:
        distance.require_for_mark(session, case, officer.settings, today=now.date())
    halves.countersign(session, case, kind=PROPOSAL, officer=officer, now=now)
    _drop_extension(session, case, now)
    case.edition_decided = current_edition(session).n
    case.finding, case.decided_by, case.decided_on = finding, officer.id, now.date()
    steps.move(session, case, state, day=now.date())
    for figure in figures:
        _mark(session, case, figure, officer, now)
    following.on_decided(session, case, officer, now=now)
    reminders.on_decided(session, case, correction_due=bool(figures), settings=officer.settings, now=now)
    trail.note(session, case, officer, "cases.decide", now, finding=finding.value)


def send_back(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """The second officer does not agree: the case goes back to its assignee, with the reason, sealed."""
    case = _proposed(session, case_id, officer, now)
    state = rules.after("send-back", CaseState(case.state))
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    halves.decline(session, case, kind=PROPOSAL, officer=officer, now=now)
    halves.seal_reason(
        session, case, reason=reason, why=Why.FINDING, refuses=True, keys=keys, officer=officer, now=now
    )
    forget_proposal(session, case, state, now=now)
    trail.note(session, case, officer, "cases.send-back", now)


def forget_proposal(session: Session, case: Case, state: CaseState, *, now: datetime) -> None:
    """Nothing is proposed any more; the case is with its assignee again."""
    steps.move(session, case, state, day=now.date())
    case.proposed_finding = case.proposal_id = case.proposed_by = case.proposed_on = None


def close(session: Session, *, case_id: str, unwritten: str = "", officer: Officer, now: datetime) -> None:
    """Nothing is left to do. `unwritten` says why the reporter was not written to since the decision.

    Raises OnlyInspectors, NotTold, and NotYetCorrected while a figure found false stands.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    state = rules.after("close", CaseState(case.state))
    if case.merged_into is not None:
        raise WrongState
    if not is_done(session, case):
        raise NotYetCorrected
    telling.require_told(session, case, unwritten=unwritten, officer=officer, now=now)
    case.closed_on = now.date()
    steps.move(session, case, state, day=now.date())
    reminders.on_corrected(session, case, today=now.date())
    reminders.on_closed(session, case)
    check_ins.on_closed(session, case, settings=officer.settings)
    following.on_closed(session, case, officer, now=now)
    for one in (case, *following.closed_with(session, case)):
        inspections.on_closed(session, one, settings=officer.settings, now=now)
    trail.note(session, case, officer, "cases.close", now)


def reopen(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """A dismissed case is looked at again; the reason is sealed, the term for feedback begins anew.

    Raises WrongState, also for a case that found a figure false: that stands in public, and one person cannot
    undo it.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    if not rules.may_reopen(state=CaseState(case.state), finding=Finding(case.finding) if case.finding else None):
        raise WrongState
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    halves.seal_reason(session, case, reason=reason, why=Why.REOPENING, keys=keys, officer=officer, now=now)
    before = case.finding or ""
    begin_anew(session, case, settings=officer.settings, now=now)
    trail.note(session, case, officer, "cases.reopen", now, finding=before)


def begin_anew(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """A closed case is open again: what was found no longer stands, and the term begins anew."""
    state = rules.after("reopen", CaseState(case.state))
    case.finding = case.decided_by = case.decided_on = case.edition_decided = case.closed_on = None
    case.proposed_finding = case.proposal_id = case.proposed_by = case.proposed_on = None
    case.assigned_to = case.assigned_on = case.merged_into = None
    case.feedback_due_on = deadlines.feedback_by(now.date(), settings)
    steps.move(session, case, state, day=now.date())
    about.cover(session, case, None)
    hearings.on_reopened(session, case, today=now.date())
    check_ins.on_reopened(session, case, today=now.date())
    samples.on_reopened(session, case, day=now.date())
    reminders.on_uncorrected(session, case, today=now.date())
    reminders.on_extended(session, case, now=now)
    reminders.on_given(session, case)
    reminders.see_to_hands(session, case, settings=settings, now=now)
    batches.on_reopened(session, case, settings=settings, now=now)
    for one in following.closed_with(session, case):
        begin_anew(session, one, settings=settings, now=now)
        one.merged_into = case.id
        steps.move(session, one, rules.after("join", CaseState(one.state)), day=now.date())
        reminders.see_to_hands(session, one, settings=settings, now=now)


def _mark(session: Session, case: Case, figure: FigureKey, officer: Officer, now: datetime) -> None:
    """The neutral mark beside the figure; another case may have put it there before."""
    with suppress(NoticeStands):
        publishing.place_notice(
            session,
            figure=figure,
            state=NoticeState.UNDER_REVIEW,
            actor=officer.actor,
            approved_by=case.proposed_by,
            now=now,
            chain=case_chain(case.id),
        )


def _drop_extension(session: Session, case: Case, now: datetime) -> None:
    """More time is no longer asked for."""
    if case.extension_id is not None:
        duties.withdraw(session, proposal_id=case.extension_id, now=now)
        case.extension_id = case.extension_by = None


def _proposed(session: Session, case_id: str, officer: Officer, now: datetime) -> Case:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    if case.state != CaseState.PROPOSED:
        raise WrongState
    return case
