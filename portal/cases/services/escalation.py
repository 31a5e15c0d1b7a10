"""A deadline that passed goes to somebody outside the chain of the case, and is kept to be counted in public."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.permissions import AccountsPermission
from portal.cases import rules
from portal.cases.models import Case, Epoch, ForsakenRow, MissedRow, Wrap
from portal.cases.permissions import CasesPermission
from portal.cases.services import deadlines, epochs, holders, reminders, trail, upkeep
from portal.cases.services.reminders import Beyond
from portal.cases.values import CaseState, Deadline
from portal.config import Settings
from portal.duties.queries import is_open, overdue_with, subjects_with


def cases_with_a_missed_day(session: Session, *, today: date) -> tuple[str, ...]:
    """Cases of which a deadline passed that nobody noticed yet."""
    late = or_(Case.feedback_due_on < today, Case.message_due_on < today, Case.acknowledge_due_on < today)
    owed = (Case.answer_due_on, Case.correct_due_on, Case.reread_due_on, Case.check_in_due_on)
    waits = or_(and_(Case.state.in_(sorted(rules.UNDECIDED)), late), *(due < today for due in owed))
    rows = session.scalars(select(Case).where(waits).order_by(Case.id)).all()
    noted = {
        (row.case_id, row.deadline, row.due_on)
        for row in session.scalars(select(MissedRow).join(Case, Case.id == MissedRow.case_id).where(waits))
    }
    return tuple(
        case.id for case in rows if any((case.id, *one) not in noted for one in deadlines.missed(case, today))
    )


def cases_in_nobodys_hands(session: Session, *, settings: Settings, today: date) -> tuple[str, ...]:
    """Cases that wait to be assigned, which nobody was asked to do, or of which the day is over, yet unnoticed."""
    asked, lying = (subjects_with(session, kind) for kind in (reminders.ASSIGN, reminders.LYING))
    noted = frozenset(session.scalars(select(MissedRow.case_id).where(MissedRow.deadline == Deadline.ASSIGN)))
    query = select(Case).where(Case.state.in_(sorted(rules.IN_NOBODYS_HANDS))).order_by(Case.id)
    found = (case for case in session.scalars(query) if case.id not in lying & noted)
    return tuple(
        case.id for case in found if case.id not in asked or reminders.in_hand_by(session, case, settings) < today
    )


def see_to_hands(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Whoever may assign the case is told; once its day is over, somebody outside its chain, and it is counted."""
    if CaseState(case.state) not in rules.IN_NOBODYS_HANDS:
        return
    if not is_open(session, kind=reminders.ASSIGN, subject=case.id):
        reminders.see_to_hands(session, case, settings=settings, now=now)
    due_on = reminders.in_hand_by(session, case, settings)
    if due_on >= now.date():
        return
    if not is_open(session, kind=reminders.LYING, subject=case.id):
        reminders.on_lying(session, case, settings=settings, now=now)
    if session.get(MissedRow, (case.id, Deadline.ASSIGN, due_on)) is None:
        _note(session, case, Deadline.ASSIGN, due_on, now, act="cases.not-assigned")


def cases_nobody_closed(session: Session, *, now: datetime) -> tuple[str, ...]:
    """Cases of which all is done, and the day is over by which they were to be closed, yet unnoticed."""
    told = subjects_with(session, reminders.UNCLOSED)
    return tuple(sorted(one for one in overdue_with(session, reminders.CLOSE, now=now) if one not in told))


def see_to_closing(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Somebody outside its chain is told that nobody closed the case, and that is noted."""
    due_at = overdue_with(session, reminders.CLOSE, now=now).get(case.id)
    if due_at is None or is_open(session, kind=reminders.UNCLOSED, subject=case.id):
        return
    reminders.on_unclosed(session, case, settings=settings, now=now)
    due = due_at.astimezone(now.tzinfo).date().isoformat()
    trail.note_by_itself(session, case, "cases.not-closed", now, due=due)


def cases_nobody_can_read(session: Session, *, today: date) -> tuple[str, ...]:
    """Cases under way, or with a message that waits, that nobody could open for a day, yet unnoticed."""
    waits = or_(Case.state != CaseState.CLOSED, Case.answer_due_on.is_not(None))
    found = session.scalars(select(Case).where(waits, or_(_is_forsaken(), _has_no_holder())).order_by(Case.id))
    return tuple(case.id for case in found if _unnoticed(session, case, today=today))


def _is_forsaken() -> ColumnElement[bool]:
    return exists().where(ForsakenRow.case_id == Case.id)


def _has_no_holder() -> ColumnElement[bool]:
    newest = select(func.max(Epoch.number)).where(Epoch.case_id == Wrap.case_id).scalar_subquery()
    return ~exists().where(Wrap.case_id == Case.id, Wrap.epoch == newest)


def _unnoticed(session: Session, case: Case, *, today: date) -> date | None:
    """Since when nobody can read it, where a day has passed and it was not noticed yet."""
    row = session.get(ForsakenRow, case.id)
    if row is None and epochs.holders_of(session, case.id):
        return None
    last = select(func.max(Epoch.opened_on)).where(Epoch.case_id == case.id)
    since = row.since if row else session.scalar(last)
    if since is None or since >= today:
        return None
    noticed = session.get(MissedRow, (case.id, Deadline.HELD, since))
    return since if noticed is None else None


def notice_unheld(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Nobody can read the case any more: a promise is missed, and those beyond the case are told of one."""
    since = _unnoticed(session, case, today=now.date())
    if since is None:
        return
    _note(session, case, Deadline.HELD, since, now)
    session.flush()
    reminders.on_unheld(session, case, people=beyond(session, case, now=now), settings=settings, now=now)


def beyond(session: Session, case: Case, *, now: datetime) -> Beyond:
    """Who can see to it that somebody may read the case again: unconnected to it, and not stepped aside."""
    scopes, aside = reminders.scopes(session, case), upkeep.recused(session, case.id)

    def free(permission: str) -> tuple[str, ...]:
        found = (one.id for one in accounts.people_with(session, permission) if one.id not in aside)
        return tuple(
            one for one in found if not holders.is_connected(session, person_id=one, scopes=scopes, now=now)
        )

    deciders = free(CasesPermission.DECIDE)
    administrators = free(AccountsPermission.MANAGE_PEOPLE)
    return Beyond(deciders, tuple(one for one in administrators if one not in deciders))


def _note(
    session: Session,
    case: Case,
    deadline: Deadline,
    due_on: date,
    now: datetime,
    *,
    act: str = "cases.deadline-missed",
) -> None:
    session.add(MissedRow(case_id=case.id, deadline=deadline, due_on=due_on, noticed_on=now.date()))
    missed = {"deadline": deadline.value, "due": due_on.isoformat()}
    trail.note_by_itself(session, case, act, now, **missed)


def notice_missed(session: Session, case: Case, *, settings: Settings, now: datetime) -> int:
    """Note every deadline of a case that passed since it was last looked at; return how many."""
    found = deadlines.missed(case, now.date())
    new = [one for one in found if session.get(MissedRow, (case.id, *one)) is None]
    for deadline, due_on in new:
        _note(session, case, deadline, due_on, now)
    if new:
        session.flush()
        reminders.on_missed(session, case, settings=settings, now=now)
    return len(new)
