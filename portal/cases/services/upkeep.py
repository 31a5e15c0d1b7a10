"""Holders who may hold a case no more lose it, whenever that is noticed: before each write, and every minute."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.cases import rules
from portal.cases.errors import KeysNotTrusted
from portal.cases.models import Case, Epoch, Recusal, SubjectRow, Wrap
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import about, anchoring, epochs, forsaken, holders, reminders, seconds, steps
from portal.cases.services.epochs import Holder
from portal.cases.values import CaseState
from portal.config import Settings
from portal.duties import services as duties
from portal.foundation.removals import note_removal

HOLDER_REMOVED = "cases.holder-removed"
RECUSED = "cases.recused"
RIGHTS = (
    CasesPermission.DECIDE,
    CasesPermission.HANDLE,
    CasesPermission.INTAKE,
    CasesPermission.OUTSIDE,
)


def remove_departed(session: Session, case: Case, *, settings: Settings, now: datetime) -> EpochKeys | None:
    """Take the case from holders who are connected by now, gone, or without a trusted key.

    Whoever may not hold one of the cases that were joined loses them all. Returns the keys of the epoch that this
    opened for `case`, or None when every holder of it may stay.

    While nobody's key can be trusted because the anchors are missed, only the connected lose what they hold, and
    the new lock waits: it could be sealed to nobody.
    """
    if anchoring.are_missed(session, settings):
        _empty_for_connected(session, case, settings=settings, now=now)
        return None
    gone, is_forsaken = _departed(
        session, (case, *about.joined_with(session, case, lock=False)), settings=settings, now=now
    )
    forsaken.note(session, case, is_forsaken=is_forsaken, settings=settings, now=now)
    if not gone:
        return None
    together = (case, *about.joined_with(session, case))
    gone, _ = _departed(session, together, settings=settings, now=now)
    opened = {}
    for one in together:
        leaving = gone & set(epochs.reach(session, one.id))
        if not leaving:
            continue
        if _can_be_given(session, one, leaving, settings=settings, now=now):
            opened[one.id] = change_lock(session, one, without=leaving, settings=settings, now=now)
        else:
            empty_for(session, one, leaving, settings=settings, now=now)
    return opened.get(case.id)


def _empty_for_connected(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """What they hold opens nothing from now on. Their rows stay as the sign that the lock is to be changed."""
    every = (case, *about.joined_with(session, case, lock=False))
    barred = _barred(session, every, now=now)
    for one in every:
        empty_for(session, one, barred, settings=settings, now=now)


def empty_for(session: Session, case: Case, people: Iterable[str], *, settings: Settings, now: datetime) -> None:
    """Take what these people hold without a new lock, which nobody could be given at the moment."""
    emptied = epochs.empty(session, case_id=case.id, people=people)
    for person in emptied:
        note_removal(session, kind=HOLDER_REMOVED, subject=f"{case.id}:{person}", now=now)
    if case.assigned_to in emptied:
        lose_assignee(session, case, settings=settings, now=now)


def renew_lock(session: Session, case: Case, *, settings: Settings, now: datetime) -> EpochKeys | None:
    """`remove_departed` before something is written, and a new lock in place of one without a stamp of its own."""
    fresh = remove_departed(session, case, settings=settings, now=now)
    if fresh is None and epochs.is_former(session, case.id, settings=settings):
        return change_lock(session, case, without=(), settings=settings, now=now)
    return fresh


def _departed(
    session: Session, together: Sequence[Case], *, settings: Settings, now: datetime
) -> tuple[set[str], bool]:
    """Who has any key to one of these cases and loses it, since they may not hold every one of them; and whether
    nobody is left who may.

    Whoever opens an older lock and not the newest lost the case before: what they still have was left over.
    """
    for_all = _fit_for(session, together, settings=settings, now=now)
    left_over, held = set[str](), dict[str, set[str]]()
    for one in together:
        reach, newest = epochs.reach(session, one.id), epochs.newest(session, one.id)
        left_over |= {person for person, epoch in reach.items() if epoch < newest}
        held[one.id] = {person for person, epoch in reach.items() if epoch == newest}
    unfit = set[str]().union(*held.values()) - for_all
    if not unfit or all(people & for_all for people in held.values()):
        return left_over | unfit, False
    barred = _barred(session, together, now=now)
    waited = forsaken.has_waited(session, together[0].id, settings=settings, today=now.date())
    return left_over | rules.losing(unfit=unfit, barred=barred, is_last=True, waited=waited), bool(unfit - barred)


def _barred(session: Session, together: Iterable[Case], *, now: datetime) -> set[str]:
    """Whoever is connected to one of these cases or stepped aside from it: they lose it at once, come what may."""
    found = set[str]()
    for one in together:
        scopes = holders.scopes_of(about.subject_of(session, one))
        found |= accounts.connected_people(session, scopes, at=now) | recused(session, one.id)
    return found


def _staying(
    session: Session, case: Case, leaving: Collection[str], *, settings: Settings, now: datetime
) -> tuple[Holder, ...]:
    """Who is given the next lock: holders who may hold the case, else those whose keys are kept as the last."""
    held = set(epochs.holders_of(session, case.id)) - set(leaving)
    fit = fit_to_hold(session, case, settings=settings, now=now)
    able = tuple(holder for holder in fit if holder.person_id in held)
    return able or forsaken.last_holders(session, case, held, settings=settings)


def _can_be_given(
    session: Session, case: Case, leaving: Collection[str], *, settings: Settings, now: datetime
) -> bool:
    """Whether a new lock loses nobody who stays, as it would when it could be sealed to none of them."""
    nobody_stays = set(epochs.holders_of(session, case.id)) <= set(leaving)
    return nobody_stays or bool(_staying(session, case, leaving, settings=settings, now=now))


def _fit_for(session: Session, together: Collection[Case], *, settings: Settings, now: datetime) -> set[str]:
    fit = [fit_to_hold(session, one, settings=settings, now=now) for one in together]
    return set.intersection(*({holder.person_id for holder in some} for some in fit))


def fit_for_all(session: Session, case: Case, *, settings: Settings, now: datetime) -> set[str]:
    """Who may hold this case and every case joined with it."""
    return _fit_for(session, (case, *about.joined_with(session, case, lock=False)), settings=settings, now=now)


def others_left(
    session: Session, case: Case, *, without: str, settings: Settings, now: datetime
) -> frozenset[str]:
    """Who would still hold the case, and may, once this person does not."""
    fit = {holder.person_id for holder in fit_to_hold(session, case, settings=settings, now=now)}
    return frozenset(fit & set(epochs.holders_of(session, case.id)) - {without})


def lose_assignee(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """The case waits to be assigned again, and whoever may is told; what its assignee proposed does not stand."""
    if not rules.may("lose-assignee", CaseState(case.state)):
        return
    if case.proposal_id is not None:
        duties.withdraw(session, proposal_id=case.proposal_id, now=now)
    state = rules.after("lose-assignee", CaseState(case.state))
    steps.move(session, case, state, day=now.date())
    case.assigned_to = case.assigned_on = None
    case.proposed_finding = case.proposal_id = case.proposed_by = case.proposed_on = None
    session.flush()
    reminders.see_to_hands(session, case, settings=settings, now=now)


def cases_to_look_at(session: Session, *, settings: Settings, now: datetime) -> tuple[str, ...]:
    """Cases with a holder who is perhaps not fit any more: without key or right, or tied to the body somehow."""
    missed = anchoring.are_missed(session, settings)
    sound = {
        one.person_id
        for permission in RIGHTS
        for one in holders.candidates(
            session, permission=permission, scopes=(), settings=settings, now=now, even_held_back=True
        )
    }
    held = session.execute(
        select(
            *(Case.id, func.coalesce(Case.merged_into, Case.id).label("main"), Case.body_code),
            *(Wrap.person_id, func.max(Epoch.number).label("epoch")),
        )
        .join(Epoch, Epoch.case_id == Case.id)
        .outerjoin(Wrap, and_(Wrap.case_id == Case.id, Wrap.epoch == Epoch.number))
        .group_by(Case.id, Case.merged_into, Case.body_code, Wrap.person_id)
    ).all()
    main, newest = {row.id: row.main for row in held}, dict[str, int]()
    touched: dict[str, set[str]] = {}
    for row in held:
        touched.setdefault(row.main, set()).add(row.body_code or "")
        newest[row.id] = max(row.epoch, newest.get(row.id, 0))
    for more in session.execute(select(SubjectRow.case_id, SubjectRow.body_code)):
        touched.setdefault(main.get(more.case_id, ""), set()).add(more.body_code or "")
    people = [row for row in held if row.person_id is not None]
    near = {
        person: accounts.connected_bodies(session, person_id=person, at=now)
        for person in {row.person_id for row in people}
    }
    return tuple(
        sorted(
            {
                row.id
                for row in people
                if (not missed and row.person_id not in sound)
                or row.epoch < newest[row.id]
                or near[row.person_id] & touched[row.main]
            }
            | forsaken.all_noted(session)
        )
    )


def change_lock(
    session: Session, case: Case, *, without: Iterable[str], settings: Settings, now: datetime
) -> EpochKeys:
    """Delete these people's keys to the case and open an epoch they have no part in.

    Whoever may not hold it any more, and was not looked for since, leaves with them: a lock that changed for
    some is never a reason to look no more for the others. What one of them had in hand waits to be assigned again.

    Raises KeysNotTrusted when the new lock could be sealed to none of those who stay.
    """
    anchoring.require(session, settings)
    together = (case, *about.joined_with(session, case, lock=False))
    departed, _ = _departed(session, together, settings=settings, now=now)
    leaving = set(without) | (departed & set(epochs.reach(session, case.id)))
    if case.assigned_to in leaving:
        lose_assignee(session, case, settings=settings, now=now)
    held = set(epochs.holders_of(session, case.id)) - leaving
    staying = _staying(session, case, leaving, settings=settings, now=now)
    if held and not staying:
        raise KeysNotTrusted
    epochs.revoke(session, case_id=case.id, people=leaving)
    for person in sorted(leaving):
        note_removal(session, kind=HOLDER_REMOVED, subject=f"{case.id}:{person}", now=now)
    keys = epochs.open_epoch(session, case_id=case.id, holders=staying, settings=settings, day=now.date())
    seconds.name_deciders(session, case, leaving=leaving, now=now)
    seconds.withdraw_corrections(session, case, leaving, settings=settings, now=now)
    reminders.on_holders_changed(session, case.id)
    return keys


def fit_to_hold(session: Session, case: Case, *, settings: Settings, now: datetime) -> tuple[Holder, ...]:
    """Everybody who could hold the case by right, key and distance; who does hold it is another question."""
    found = holders.fit(
        session,
        permissions=RIGHTS,
        subject=about.subject_of(session, case),
        settings=settings,
        now=now,
        even_held_back=True,
    )
    aside = recused(session, case.id)
    return tuple(
        Holder(one.person_id, one.key_id, one.box_public, one.holder)
        for one in found
        if one.person_id not in aside
    )


def recused(session: Session, case_id: str) -> frozenset[str]:
    return frozenset(session.scalars(select(Recusal.person_id).where(Recusal.case_id == case_id)))


def note_recusal(session: Session, *, case_id: str, person_id: str, day: date) -> None:
    session.add(Recusal(case_id=case_id, person_id=person_id, day=day))
    session.flush()
