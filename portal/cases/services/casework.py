"""What an officer does with a case they were granted: acknowledge, assign, write, note, step aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.queries import absence_of
from portal.accounts.services import declare_interest
from portal.accounts.values import Scope
from portal.audit.values import case_chain
from portal.cases import rules
from portal.cases.errors import LastHolder, NoSuchCase, NotEligible, NotThere, WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.rules import Candidate
from portal.cases.sealing import EpochKeys
from portal.cases.services import (
    about,
    access,
    anchoring,
    deadlines,
    drafts,
    epochs,
    holders,
    items,
    masked,
    reminders,
    samples,
    seconds,
    steps,
    trail,
    upkeep,
)
from portal.cases.services.access import Officer
from portal.cases.services.epochs import Holder
from portal.cases.values import CaseFile, CaseState, ItemKind, Lane, Report
from portal.config import Settings
from portal.foundation.removals import note_removal


def acknowledge(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """Say that the report has arrived and is read. Raises NoSuchCase, WrongState."""
    case = _take(session, case_id, officer, now)
    state = rules.after("acknowledge", CaseState(case.state))
    case.acknowledged_on = now.date()
    case.message_due_on = deadlines.message_by(now.date(), officer.settings)
    case.lane = Lane.MAIN
    steps.move(session, case, state, day=now.date())
    access.writing_keys(session, case=case, officer=officer, now=now)
    reminders.on_acknowledged(session, case, settings=officer.settings, now=now)
    trail.note(session, case, officer, "cases.acknowledge", now)


def begin_triage(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """Look at what the report needs: whether it is admissible, and who is to have it."""
    case = _take(session, case_id, officer, now)
    steps.move(session, case, rules.after("triage", CaseState(case.state)), day=now.date())
    trail.note(session, case, officer, "cases.triage", now)


def investigate(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The assignee begins to look into it. Raises WrongState, NotEligible."""
    case = _take(session, case_id, officer, now)
    state = rules.after("investigate", CaseState(case.state))
    if case.assigned_to != officer.id:
        raise NotEligible
    steps.move(session, case, state, day=now.date())
    trail.note(session, case, officer, "cases.investigate", now)


def assign(session: Session, *, case_id: str, person_id: str, officer: Officer, now: datetime) -> None:
    """Put the case into somebody's hands and grant them every epoch.

    Raises NotEligible for people who are connected, were named by the reporter, or have no trusted key, and for
    whoever would give a masked case to themselves only to read what is masked; NotThere for who is away.
    """
    case = _take(session, case_id, officer, now)
    target = rules.after("assign", CaseState(case.state))
    if person_id == officer.id and not masked.may_take(session, case, officer):
        raise NotEligible
    if person_id != officer.id and absence_of(session, person_id, day=now.date()) is not None:
        raise NotThere
    _grant_with_joined(session, case, person_id, CasesPermission.HANDLE, officer, now)
    case.assigned_to, case.assigned_on = person_id, now.date()
    steps.move(session, case, target, day=now.date())
    reminders.on_given(session, case)
    reminders.see_to_hands(session, case, settings=officer.settings, now=now)
    trail.note(session, case, officer, "cases.assign", now, person=person_id)


def share(session: Session, *, case_id: str, person_id: str, officer: Officer, now: datetime) -> None:
    """Let one more officer read the case, so that a second one can decide. Raises NotEligible."""
    case = _take(session, case_id, officer, now)
    if case.state == CaseState.CLOSED and samples.waiting(session, case.id) is None:
        raise WrongState
    _grant_with_joined(session, case, person_id, CasesPermission.DECIDE, officer, now)
    trail.note(session, case, officer, "cases.share", now, person=person_id)


def write_to_reporter(
    session: Session, *, case_id: str, text: str, submission: str, officer: Officer, now: datetime
) -> None:
    _write(session, case_id, ItemKind.TO_REPORTER, text, submission, officer, now, act="cases.message")


def ask(session: Session, *, case_id: str, text: str, submission: str, officer: Officer, now: datetime) -> None:
    """Put a question to the reporter: it stays on top of the mailbox until a message answers it.

    Raises WrongState when the reporter withdrew: who stepped back is left in peace.
    """
    if _take(session, case_id, officer, now).withdrawn_on is not None:
        raise WrongState
    asked = {"asks": True}
    _write(session, case_id, ItemKind.TO_REPORTER, text, submission, officer, now, act="cases.ask", more=asked)


def add_note(
    session: Session, *, case_id: str, text: str, submission: str, officer: Officer, now: datetime
) -> None:
    _write(session, case_id, ItemKind.NOTE, text, submission, officer, now, act="cases.note")


def recuse(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """Step aside for good: this person's keys to the case are deleted and the lock is changed.

    What they had proposed is taken back, and cases joined with it go too. Raises LastHolder when nobody else could
    open the case, and KeysNotTrusted.
    """
    case = _take(session, case_id, officer, now)
    anchoring.require(session, officer.settings)
    held = [
        one
        for one in (case, *about.joined_with(session, case))
        if officer.id in epochs.holders_of(session, one.id)
    ]
    for one in held:
        _step_aside(session, one, officer, now)


def _step_aside(session: Session, case: Case, officer: Officer, now: datetime) -> None:
    person = officer.id
    if not upkeep.others_left(session, case, without=person, settings=officer.settings, now=now):
        raise LastHolder
    upkeep.note_recusal(session, case_id=case.id, person_id=person, day=now.date())
    note_removal(session, kind=upkeep.RECUSED, subject=f"{case.id}:{person}", now=now)
    upkeep.change_lock(session, case, without=[person], settings=officer.settings, now=now)
    trail.note(session, case, officer, "cases.recuse", now)


def declare_conflict(
    session: Session, *, case_id: str, bodies: Sequence[str] = (), officer: Officer, now: datetime
) -> None:
    """Step aside, and declare an interest in the body: none of its cases exists for this person from now on.

    Where the case is about several, `bodies` says in which of them; without it, in all. What accounts keep of it
    names the body only to the person themselves. Raises WrongState while the body is not known, and as `recuse`.
    """
    case = _take(session, case_id, officer, now)
    touched = about.subject_of(session, case).bodies
    meant = [one for one in touched if one in bodies] if bodies else list(touched)
    if not meant:
        raise WrongState
    recuse(session, case_id=case_id, officer=officer, now=now)
    for body in meant:
        declare_interest(session, actor=officer.actor, body_code=body, now=now, chain=case_chain(case.id))


def set_body(session: Session, *, case_id: str, body_code: str, officer: Officer, now: datetime) -> None:
    """Say which body an unassigned report is about; its unconnected officers then receive the case.

    Cases joined with it go along: whoever is connected to the body loses them all, and nobody receives this one
    who may not hold the others too. Raises WrongState where the body is known.
    """
    case = _take(session, case_id, officer, now)
    if case.body_code is not None:
        raise WrongState
    case.body_code = body_code
    session.flush()
    every = (case, *about.joined_with(session, case))
    keys = {one.id: access.open_keys(session, case=one, officer=officer) for one in every}
    receivers = _receivers_of_all(session, {one: keys[one.id] for one in every}, officer, now)
    for one in every:
        for holder in receivers:
            if holder.person_id != officer.id:
                epochs.grant_all(session, case_id=one.id, keys=keys[one.id], holder=holder)
    upkeep.remove_departed(session, case, settings=officer.settings, now=now)
    for one in every:
        seconds.name_deciders(session, one, now=now)
        reminders.on_holders_changed(session, one.id)
    reminders.on_subject_changed(session, case)
    # the record outlives the case: which body it was about is deleted with it
    trail.note(session, case, officer, "cases.set-body", now)


def set_no_body(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """Say that no public body can be named: the case can then be given to any colleague whom the reporter did not
    name. The body can still be said later (`set_body`). Raises WrongState where it is known, or this was said."""
    case = _take(session, case_id, officer, now)
    if case.body_code is not None or case.no_body_on is not None:
        raise WrongState
    case.no_body_on = now.date()
    trail.note(session, case, officer, "cases.no-body", now)


def _receivers_of_all(
    session: Session, cases: Mapping[Case, dict[int, EpochKeys]], officer: Officer, now: datetime
) -> tuple[Holder, ...]:
    """Who receives cases whose bodies are known: nobody while one of them is only for the outside recipient."""
    allowed: list[dict[str, Holder]] = []
    for case, keys in cases.items():
        report = read_report(session, case, keys)
        if report.outside_only or case.body_code is None:
            return ()
        found = eligible_for(session, case=case, report=report, settings=officer.settings, now=now)
        allowed.append({one.person_id: _holder(one) for one in found})
    first, *others = allowed
    return tuple(holder for person, holder in first.items() if all(person in other for other in others))


def read_report(session: Session, case: Case, keys: dict[int, EpochKeys]) -> Report:
    for row, content in items.open_items(session, case_id=case.id, keys=keys, shared_only=True):
        if row.kind == ItemKind.REPORT:
            return Report(
                drafts.to_details(content),
                content["what"],
                content["how"],
                content["names"],
                tuple(content["bodies"]),
                content["outside_only"],
                content.get("retaliation_for"),
            )
    raise NoSuchCase


def eligible_for(
    session: Session,
    *,
    case: Case,
    report: Report,
    permissions: Sequence[CasesPermission] = (CasesPermission.DECIDE, CasesPermission.HANDLE),
    settings: Settings,
    now: datetime,
) -> tuple[Candidate, ...]:
    """Colleagues who may be given this case: unconnected, not named by the reporter, not stepped aside.

    While nobody has said which body a case is about, nobody knows whom it would connect: it stays with those who
    hold it and with the outside recipient.
    """
    aside = upkeep.recused(session, case.id)
    found = holders.fit(
        session, permissions=permissions, subject=about.subject_of(session, case), settings=settings, now=now
    )
    avoided = [Scope(body) for body in report.bodies]
    if case.body_code is None and case.no_body_on is None:
        outside = holders.trusted(session, permission=CasesPermission.OUTSIDE, settings=settings)
        near = {*epochs.holders_of(session, case.id), *(one.person_id for one in outside)}
        found = tuple(one for one in found if one.person_id in near)
    return tuple(
        one
        for one in found
        if one.person_id not in aside
        and not rules.named(one, report.names)
        and not holders.is_connected(session, person_id=one.person_id, scopes=avoided, now=now)
    )


def choices_for(
    session: Session, *, case: CaseFile, permission: CasesPermission, settings: Settings, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Who an opened case can be given to, by name."""
    row = session.get_one(Case, case.summary.id)
    found = eligible_for(
        session, case=row, report=case.report, permissions=(permission,), settings=settings, now=now
    )
    return tuple(sorted(((one.person_id, one.name) for one in found), key=lambda one: one[1]))


def _grant_with_joined(
    session: Session,
    case: Case,
    person_id: str,
    permission: CasesPermission,
    officer: Officer,
    now: datetime,
) -> None:
    """Whoever gets a case gets what was joined with it, and must be allowed to have all of it."""
    for one in (case, *about.joined_with(session, case)):
        let_in(session, one, person_id, permission, officer, now)


def let_in(
    session: Session,
    case: Case,
    person_id: str,
    permission: CasesPermission,
    officer: Officer,
    now: datetime,
) -> None:
    """Give somebody who may have it every epoch of the case. Raises NotEligible."""
    access.writing_keys(session, case=case, officer=officer, now=now)
    keys = access.open_keys(session, case=case, officer=officer)
    found = eligible_for(
        session,
        case=case,
        report=read_report(session, case, keys),
        permissions=(permission,),
        settings=officer.settings,
        now=now,
    )
    allowed = {one.person_id: one for one in found}
    if person_id not in allowed:
        raise NotEligible
    if person_id != officer.id:
        epochs.grant_all(session, case_id=case.id, keys=keys, holder=_holder(allowed[person_id]))
        seconds.name_deciders(session, case, now=now)
        reminders.on_holders_changed(session, case.id)


def write_item(
    session: Session,
    case: Case,
    kind: ItemKind,
    text: str,
    submission: str,
    officer: Officer,
    now: datetime,
    *,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """Seal what an officer writes into the case, in their name; its id. `more` says what kind of text it is."""
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    content = {"text": text, "author": officer.id, **more}
    return items.add_item(
        session, case_id=case.id, keys=keys, kind=kind, content=content, day=now.date(), submission=submission
    )


def _holder(one: Candidate) -> Holder:
    return Holder(one.person_id, one.key_id, one.box_public, one.holder)


def _write(
    session: Session,
    case_id: str,
    kind: ItemKind,
    text: str,
    submission: str,
    officer: Officer,
    now: datetime,
    *,
    act: str,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    case = _take(session, case_id, officer, now)
    if case.state == CaseState.CLOSED and kind is not ItemKind.TO_REPORTER:
        raise WrongState
    item = write_item(session, case, kind, text, submission, officer, now, more=more)
    if kind is ItemKind.TO_REPORTER:
        reminders.on_written(session, case, now=now)
    trail.note(session, case, officer, act, now, item=item)


def _take(session: Session, case_id: str, officer: Officer, now: datetime) -> Case:
    return access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
