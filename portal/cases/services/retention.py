"""A closed case is deleted when its time is over and nothing holds it: by two people, or by itself after a notice.

Deletion by itself has two steps: a notice to everybody who holds the case, and a day some weeks later. Until then
any one of them puts it on hold, alone; to lift what officers placed takes two. Joined cases are held together.

What is deleted leaves a line in the ledger of removals (`foundation.removals`): a case's id and the day. Its own
audit chain stays, which holds acts and ids; every key, word and file of the case is gone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from portal.cases import keeping, rules
from portal.cases.errors import StillHeld, WrongState
from portal.cases.models import AppealedRow, Case, CheckInRow, HoldRow, NoticeRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import about, access, halves, reminders, removals, samples, statistics, trail
from portal.cases.services.access import Officer
from portal.cases.services.corrections import is_corrected
from portal.cases.services.seconds import DELETION, RELEASE
from portal.cases.values import CaseState, Finding, Hold, Keeping, Why
from portal.config import Settings
from portal.duties import queries as waiting
from portal.duties import services as duties
from portal.foundation import ids
from portal.foundation.clock import day_start
from portal.foundation.i18n import N_, Message
from portal.foundation.jobs import enqueue
from portal.publishing.values import FigureKey

SHRED = "cases.shred"


def of(session: Session, case: Case, *, settings: Settings) -> Keeping:
    """Until when this case is kept, and what holds it."""
    owed = select(CheckInRow.months).where(CheckInRow.case_id == case.id, CheckInRow.asked_on.is_(None)).limit(1)
    false = case.finding in rules.FOUND_FALSE and bool(about.figures_of(session, case))
    facts = keeping.Facts(
        closed=case.state == CaseState.CLOSED,
        asked=session.scalar(owed) is None,
        corrected=not false or is_corrected(session, case),
        answered=case.answer_due_on is None,
        reread=samples.waiting(session, case.id) is None,
        counted=statistics.is_counted(session, case),
        appealed=_is_appealed(session, case),
        placed=frozenset(Hold(row.kind) for row in _placed(session, case)),
    )
    until = None
    if case.closed_on is not None and case.finding is not None:
        months = _months(settings)
        until = keeping.keep_until(finding=Finding(case.finding), closed_on=case.closed_on, months=months)
    notice = session.get(NoticeRow, case.id)
    proposal, release = (waiting.find_waiting(session, kind=kind, subject=case.id) for kind in (DELETION, RELEASE))
    return Keeping(
        until,
        keeping.holds(facts),
        notice.noticed_on if notice else None,
        proposal.proposer_id if proposal else None,
        release.proposer_id if release else None,
    )


def _placed(session: Session, case: Case) -> list[HoldRow]:
    """Every hold that stands on this case or one it is joined with: what keeps one of them keeps them all."""
    together = (case.id, *(one.id for one in about.joined_with(session, case, lock=False)))
    query = select(HoldRow).where(HoldRow.case_id.in_(together), HoldRow.lifted_on.is_(None))
    return list(session.scalars(query.order_by(HoldRow.id)))


def hold(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """Keep a closed case beyond its time, for a reason that is sealed. Raises NoSuchCase, WrongState."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    if case.state != CaseState.CLOSED or Hold.OFFICER in of(session, case, settings=officer.settings).holds:
        raise WrongState
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    halves.seal_reason(session, case, reason=reason, why=Why.HOLD, keys=keys, officer=officer, now=now)
    place(session, case, Hold.OFFICER, now=now)
    trail.note(session, case, officer, "cases.hold", now)


def propose_release(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """The first half of lifting what officers placed, exports included.

    Raises NoSuchCase, WrongState when nothing is placed, AlreadyProposed, NobodyToDecide.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    if case.state != CaseState.CLOSED or not _placed(session, case):
        raise WrongState
    halves.propose(
        session,
        case,
        kind=RELEASE,
        title=Message(N_("Ending the hold on a case waits for a second signature")),
        payload={},
        reason=reason,
        why=Why.HOLD,
        officer=officer,
        now=now,
    )
    trail.note(session, case, officer, "cases.propose-release", now)


def agree_to_release(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer. Raises as countersign, WrongState when nothing is placed."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    rows = _placed(session, case)
    if not rows:
        raise WrongState
    halves.countersign(session, case, kind=RELEASE, officer=officer, now=now)
    for row in rows:
        row.lifted_on = now.date()
    session.flush()
    for held in dict.fromkeys((case.id, *(row.case_id for row in rows))):
        trail.note(session, session.get_one(Case, held), officer, "cases.lift-hold", now)


def refuse_release(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    halves.refuse(session, case, kind=RELEASE, reason=reason, why=Why.HOLD, officer=officer, now=now)
    trail.note(session, case, officer, "cases.refuse-release", now)


def place(session: Session, case: Case, kind: Hold, *, now: datetime) -> None:
    """Put a hold on the case; what was announced or proposed of its deletion ends."""
    session.add(HoldRow(id=ids.new_id(), case_id=case.id, kind=kind, placed_on=now.date()))
    session.flush()
    for one in (case, *about.joined_with(session, case)):
        _call_off(session, one, now=now)


def hold_for_appeal(session: Session, *, appeal_id: str, figure: FigureKey, now: datetime) -> None:
    """What a figure found false costs is appealed against: the cases that found it stay until that is decided,
    and so does every case that finds it false meanwhile."""
    session.add(AppealedRow(appeal_id=appeal_id, figure=str(figure)))
    session.flush()
    found_false = Case.finding.in_(sorted(rules.FOUND_FALSE))
    found_it = select(Case.id).where(about.covers(figure), found_false)
    query = select(Case).where(or_(Case.id.in_(found_it), Case.merged_into.in_(found_it))).order_by(Case.id)
    for case in session.scalars(query.with_for_update()).all():
        _call_off(session, case, now=now)


def end_appeal_hold(session: Session, *, appeal_id: str) -> None:
    """The appeal was decided: a case stays only while another is open about a figure that its finding covers."""
    session.execute(delete(AppealedRow).where(AppealedRow.appeal_id == appeal_id))


def _is_appealed(session: Session, case: Case) -> bool:
    """Whether an appeal is open about a figure that this case found false, itself or with the one it joined."""
    if case.finding not in rules.FOUND_FALSE:
        return False
    every = [case] if case.merged_into is None else [case, session.get_one(Case, case.merged_into)]
    figures = {str(figure) for one in every for figure in about.figures_of(session, one)}
    open_one = select(AppealedRow.appeal_id).where(AppealedRow.figure.in_(sorted(figures))).limit(1)
    return session.scalar(open_one) is not None


def propose_deletion(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """The first half. Raises NoSuchCase, StillHeld before its time or while something holds it, NobodyToDecide."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    _require_over(session, case, officer.settings, now)
    halves.propose(
        session,
        case,
        kind=DELETION,
        title=Message(N_("The deletion of a case waits for a second signature")),
        payload={},
        reason=reason,
        why=Why.DELETION,
        officer=officer,
        now=now,
    )
    trail.note(session, case, officer, "cases.propose-deletion", now)


def agree_to_deletion(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer: the case is gone. Raises as `propose_deletion` and countersign."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    _require_over(session, case, officer.settings, now)
    halves.countersign(session, case, kind=DELETION, officer=officer, now=now)
    trail.note(session, case, officer, "cases.delete", now)
    _delete(session, case, now=now)


def refuse_deletion(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    halves.refuse(session, case, kind=DELETION, reason=reason, why=Why.DELETION, officer=officer, now=now)
    trail.note(session, case, officer, "cases.refuse-deletion", now)


def to_look_after(session: Session, *, settings: Settings, today: date) -> tuple[str, ...]:
    """Cases whose time may be over, or of which that was announced."""
    early = today - timedelta(days=28 * min(_months(settings).values()))
    noticed = select(NoticeRow.case_id)
    query = select(Case).where((Case.closed_on <= early) | Case.id.in_(noticed)).order_by(Case.id)
    found = ((case, of(session, case, settings=settings)) for case in session.scalars(query))
    return tuple(case.id for case, kept in found if kept.is_over(today) or kept.noticed_on is not None)


def look_after(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Announce that the time of a case is over; delete it when nobody put it on hold since."""
    kept, today = of(session, case, settings=settings), now.date()
    if not kept.is_over(today):
        _call_off(session, case, now=now)
    elif kept.noticed_on is None:
        session.add(NoticeRow(case_id=case.id, noticed_on=today))
        session.flush()
        reminders.on_time_over(session, case, days=settings.retention_notice_days, now=now)
    elif keeping.may_go_alone(noticed_on=kept.noticed_on, days=settings.retention_notice_days, today=today):
        trail.note_by_itself(session, case, "cases.delete", now)
        _delete(session, case, now=now)


def _delete(session: Session, case: Case, *, now: datetime) -> None:
    removals.note_deletion(session, case_id=case.id, now=now)
    files = removals.reapply_deletions(session, case_ids=[case.id], now=now)
    enqueue(session, SHRED, {"files": list(files)}, due_at=day_start(now))


def _require_over(session: Session, case: Case, settings: Settings, now: datetime) -> None:
    if not of(session, case, settings=settings).is_over(now.date()):
        raise StillHeld


def _call_off(session: Session, case: Case, *, now: datetime) -> None:
    proposal = waiting.find_waiting(session, kind=DELETION, subject=case.id)
    if proposal is not None:
        duties.withdraw(session, proposal_id=proposal.id, now=now)
    session.execute(delete(NoticeRow).where(NoticeRow.case_id == case.id))
    reminders.on_kept(session, case)


def _months(settings: Settings) -> dict[Finding, int]:
    return {
        Finding.UPHELD: settings.keep_upheld_months,
        Finding.PARTLY: settings.keep_upheld_months,
        Finding.NOT_UPHELD: settings.keep_not_upheld_months,
        Finding.NOT_ADMISSIBLE: settings.keep_not_admissible_months,
        Finding.REFERRED: settings.keep_referred_months,
    }
