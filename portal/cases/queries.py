"""Reads: the queue and the case page of those it exists for, and what the evaluation may know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.cases import listing, masking, rules
from portal.cases.errors import NoSuchCase
from portal.cases.listing import MOST_OPENED, Matches
from portal.cases.models import Case, Epoch, Item, SubjectRow, Wrap
from portal.cases.permissions import CasesPermission
from portal.cases.services import (
    about,
    access,
    casework,
    check_ins,
    copies,
    distance,
    exports,
    heard,
    holders,
    identities,
    inspections,
    items,
    joining,
    masked,
    retention,
    samples,
    seconds,
    steps,
    telling,
)
from portal.cases.services.access import Officer
from portal.cases.services.corrections import is_figure_corrected
from portal.cases.values import (
    Asked,
    Attachment,
    CaseFile,
    CaseKind,
    CaseState,
    CaseSummary,
    Channel,
    Cover,
    Due,
    Finding,
    Handled,
    Handling,
    HolderKind,
    ItemKind,
    Lane,
    Listed,
    Marks,
    Masking,
    Matter,
    Place,
    Says,
    Subject,
    Tally,
    Together,
    UpheldFigure,
)
from portal.duties.queries import find_waiting
from portal.publishing.values import FigureKey


def queue(
    session: Session,
    *,
    officer: Officer,
    asked: Asked = Asked(),  # noqa: B008  (it is frozen)
    matches: Matches | None = None,
    at: Place | None = None,
    backwards: bool = False,
    limit: int = listing.PAGE,
    now: datetime,
) -> Listed:
    """A page of the cases that exist for this person, the earliest deadline first: clear fields only."""
    if not officer.actor.may(CasesPermission.READ):
        return Listed(())
    found = listing.page(
        session,
        officer=officer,
        asked=asked,
        matches=matches,
        at=at,
        backwards=backwards,
        limit=limit,
        now=now,
    )
    return Listed(summaries(session, found.cases), found.earlier, found.later, found.looked_into)


def tally(session: Session, *, officer: Officer, most: int = 99, now: datetime) -> Tally:
    """How many open cases exist for this person and how many are late, counted no further than `most`."""
    if not officer.actor.may(CasesPermission.READ):
        return Tally(0, 0, most)
    there, late = (
        listing.count(session, officer=officer, asked=asked, most=most, now=now)
        for asked in (Asked(), Asked(due=Due.LATE))
    )
    return Tally(there, late, most)


def beside(
    session: Session, *, case_id: str, officer: Officer, asked: Asked, matches: Matches | None, now: datetime
) -> tuple[str | None, str | None]:
    """The cases before and behind this one in the list that was asked for, by id."""
    at = listing.place_of(session, case_id)
    if at is None or asked.opens:
        return None, None
    found = (
        queue(
            session,
            officer=officer,
            asked=asked,
            matches=matches,
            at=at,
            backwards=backwards,
            limit=1,
            now=now,
        ).cases
        for backwards in (True, False)
    )
    before, after = (next((one.id for one in cases), None) for cases in found)
    return before, after


def cover(session: Session, *, bodies: Iterable[str], officer: Officer, now: datetime) -> tuple[Cover, ...]:
    """For each body how many could receive and decide a report about it, those with the fewest first.

    Somebody connected to any figure of a body is not counted: a report about the whole body would not reach them.
    """
    people = {
        permission: holders.candidates(
            session, permission=permission, scopes=(), settings=officer.settings, now=now
        )
        for permission in (CasesPermission.INTAKE, CasesPermission.OUTSIDE, CasesPermission.DECIDE)
    }
    decide = people.pop(CasesPermission.DECIDE)
    thin = _held_by_few(session, officer, now)
    near = {
        one.person_id: accounts.connected_bodies(session, person_id=one.person_id, at=now)
        for found in (*people.values(), decide)
        for one in found
    }
    found = []
    for body in bodies:
        far = [one for some in people.values() for one in some if body not in near[one.person_id]]
        receive = rules.recipients(far, names="", body_known=True, outside_only=False)
        outside = any(one.holder is HolderKind.OUTSIDE for one in far)
        handlers = len({one.person_id for one in far if one.holder is HolderKind.HANDLER})
        deciders = sum(body not in near[one.person_id] for one in decide)
        found.append(Cover(body, handlers, outside, bool(receive), deciders, thin[body]))
    return tuple(sorted(found, key=lambda one: (one.open, min(one.handlers, 2 * one.deciders), one.body)))


def _held_by_few(session: Session, officer: Officer, now: datetime) -> Counter[str]:
    """Open cases of this officer that nobody could decide with them, for want of a second holder, by body."""
    newest = select(func.max(Epoch.number)).where(Epoch.case_id == Case.id).scalar_subquery()
    held = select(func.count()).select_from(Wrap).where(Wrap.case_id == Case.id, Wrap.epoch == newest)
    few = held.correlate(Case).scalar_subquery() < rules.FEWEST_HANDLERS
    query = select(Case).where(*access.visible_to(officer, now=now), Case.state != CaseState.CLOSED, few)
    cases = session.scalars(query.order_by(Case.id)).all()
    return Counter(body for one in about.subjects_of(session, cases).values() for body in one.bodies)


def read_case(session: Session, *, case_id: str, officer: Officer, now: datetime) -> CaseFile:
    """Everything of a case, opened, with what two officers masked left out. Raises NoSuchCase, KeyNotHeld."""
    found = _opened(session, case_id=case_id, officer=officer, now=now)
    return masking.masked(found, found.masking.marks)


def read_original(session: Session, *, case_id: str, officer: Officer, now: datetime) -> CaseFile:
    """The same with masked words in clear, for whoever may read them; whoever shows it notes the reading.

    Raises NoSuchCase, also for a reader who may not.
    """
    found = _opened(session, case_id=case_id, officer=officer, now=now)
    if not found.masking.may_lift:
        raise NoSuchCase
    return found


def _opened(session: Session, *, case_id: str, officer: Officer, now: datetime) -> CaseFile:
    case = access.get_granted(session, case_id=case_id, officer=officer, now=now)
    keys = access.open_keys(session, case=case, officer=officer)
    opened = items.open_items(session, case_id=case.id, keys=keys, shared_only=False)
    drawn = samples.waiting(session, case.id)
    aside = [one for one in ItemKind if one.is_file or one in (ItemKind.REPORT, ItemKind.COPY)]
    entries = (items.to_entry(one) for one in opened if one[0].kind not in aside)
    return CaseFile(
        summary=summaries(session, [case])[0],
        acknowledged_on=case.acknowledged_on,
        assigned_on=case.assigned_on,
        proposed_on=case.proposed_on,
        decided_on=case.decided_on,
        closed_on=case.closed_on,
        proposed_finding=Finding(case.proposed_finding) if case.proposed_finding else None,
        proposal_id=case.proposal_id,
        proposed_by=case.proposed_by,
        decided_by=case.decided_by,
        correction_id=case.correction_id,
        extension_by=case.extension_by if case.extension_id else None,
        answer_due_on=case.answer_due_on,
        feedback_due_on=case.feedback_due_on,
        extended_on=case.extended_on,
        withdrawn_on=case.withdrawn_on,
        no_body_on=case.no_body_on,
        check_ins=check_ins.of(session, case.id),
        steps=steps.steps_of(session, case.id),
        missed=steps.missed_of(session, case.id),
        identity=identities.state_of(session, case, officer.id, keys=keys),
        export=exports.of(session, case),
        masking=masked.of(session, case, keys=keys, officer=officer),
        heard=heard.of(session, case, officer=officer, now=now),
        to_hear=heard.to_hear(session, case, today=now.date()),
        too_soon_until=distance.first_day(session, case, officer.settings, today=now.date()),
        inspection=inspections.of(session, case.id),
        keeping=retention.of(session, case, settings=officer.settings),
        drawn_on=drawn.drawn_on if drawn else None,
        report=casework.read_report(session, case, keys),
        files=tuple(items.to_file(content) for row, content in opened if ItemKind(row.kind).is_file),
        copies=tuple(copies.to_copy(content) for row, content in opened if row.kind == ItemKind.COPY),
        entries=tuple(one for one in entries if one.says is not Says.MASKING),
    )


def together(session: Session, *, case_id: str, officer: Officer, now: datetime) -> Together:
    """What belongs with a case, of what exists for this person. Raises NoSuchCase."""
    case = access.get_granted(session, case_id=case_id, officer=officer, now=now)
    linked = joining.linked(session, case_id=case.id, officer=officer, now=now)
    taken_in = joining.joined_to(session, case, officer=officer, now=now)
    known = {one.id for one in (*linked, *taken_in)} | {case.merged_into}
    same = joining.about_the_same(session, case_id=case.id, officer=officer, now=now)
    waits = find_waiting(session, kind=seconds.JOINING, subject=case.id)
    return Together(
        summaries(session, linked),
        summaries(session, [one for one in same if one.id not in known]),
        summaries(session, taken_in),
        waits.proposer_id if waits else None,
    )


def untold(session: Session, case: CaseFile) -> tuple[str, ...]:
    """Of an opened case and those decided with it, the ones to whose reporter nobody wrote what was found."""
    return tuple(one.id for one in telling.untold(session, session.get_one(Case, case.summary.id)))


def handling(session: Session, *, officer: Officer, now: datetime) -> Handled:
    """How reporters found they were dealt with, over the newest judged cases that exist for this person."""
    if not officer.actor.may(CasesPermission.READ):
        return Handled(dict.fromkeys(Handling, 0), ())
    judged = exists().where(Item.case_id == Case.id, Item.kind == ItemKind.FEEDBACK)
    seen = access.visible_to(officer, now=now)
    query = select(Case).where(*seen, judged).order_by(Case.received_on.desc(), Case.id)
    counts, said = dict.fromkeys(Handling, 0), []
    for case in session.scalars(query.limit(MOST_OPENED)):
        keys = access.open_keys(session, case=case, officer=officer)
        mask = masking.mask_for(masked.words(session, case_id=case.id, keys=keys))
        for entry in items.entries_of(session, case_id=case.id, keys=keys, kind=ItemKind.FEEDBACK):
            if entry.level is not None:
                counts[entry.level] += 1
                said.append((summaries(session, [case])[0], masking.masked_entry(entry, mask)))
    return Handled(counts, tuple(said))


def get_file(session: Session, *, case_id: str, file_id: str, officer: Officer, now: datetime) -> Attachment:
    """One attachment as readers of the case get it, and what came of cleaning it.

    Raises NoSuchCase, also when the case holds no such file.
    """
    return _attachment(session, case_id=case_id, file_id=file_id, officer=officer, now=now, under=_now)


def get_original_file(
    session: Session, *, case_id: str, file_id: str, officer: Officer, now: datetime
) -> Attachment:
    """The same without the mask, for whoever may read what is masked; whoever shows it notes the reading.

    Raises NoSuchCase, also for a reader who may not.
    """
    found = _attachment(session, case_id=case_id, file_id=file_id, officer=officer, now=now, under=_nothing)
    if not found.may_lift:
        raise NoSuchCase
    return found


def get_proposed_file(
    session: Session, *, case_id: str, file_id: str, officer: Officer, now: datetime
) -> Attachment:
    """The same as readers would get it by the mask that waits for its second signature.

    Raises NoSuchCase, also when none waits, and for a reader who may not read what is masked.
    """
    found = _attachment(session, case_id=case_id, file_id=file_id, officer=officer, now=now, under=_proposed)
    if not found.may_lift or not found.marks:
        raise NoSuchCase
    return found


def _attachment(
    session: Session,
    *,
    case_id: str,
    file_id: str,
    officer: Officer,
    now: datetime,
    under: Callable[[Masking], Marks],
) -> Attachment:
    case = access.get_granted(session, case_id=case_id, officer=officer, now=now)
    keys = access.open_keys(session, case=case, officer=officer)
    found = masked.of(session, case, keys=keys, officer=officer)
    marks = under(found)
    sent, copy = copies.find_file(session, case=case, keys=keys, file_id=file_id, marks=marks)
    _, made = copies.find_file(session, case=case, keys=keys, file_id=file_id)
    has_copy = made is not None and made.file is not None
    return Attachment(sent, copy, marks, found.may_lift, made is not None, has_copy)


def _now(masking: Masking) -> Marks:
    return masking.marks


def _proposed(masking: Masking) -> Marks:
    return masking.proposed


def _nothing(_: Masking) -> Marks:
    return copies.NOTHING


def upheld_for_evaluation(session: Session, body: str, period: str) -> tuple[UpheldFigure, ...]:
    """Figures of `body` for `period` that two officers found false, wholly or in part.

    `corrected` says whether a correction caused by an upheld report has been published since.
    """
    here = and_(Case.body_code == body, Case.period == period)
    besides = about.named_in(and_(SubjectRow.body_code == body, SubjectRow.period == period))
    cases = session.scalars(
        select(Case)
        .where(
            or_(here, besides),
            Case.kind == CaseKind.FIGURE,
            Case.finding.in_(sorted(rules.FOUND_FALSE)),
            Case.merged_into.is_(None),
        )
        .order_by(Case.decided_on, Case.indicator_code, Case.id)
    )
    return tuple(
        UpheldFigure(
            body=body,
            indicator=key.indicator,
            period=period,
            finding=Finding(case.finding or ""),
            decided_on=case.decided_on,
            corrected=is_figure_corrected(session, case, key),
        )
        for case in cases
        if case.decided_on is not None
        for key in about.figures_of(session, case)
        if (key.body, key.period) == (body, period)
    )


def took_part(session: Session, figure: FigureKey) -> frozenset[str]:
    """Who was given a case that found this figure false, proposed the finding or decided it."""
    part = (Case.assigned_to, Case.proposed_by, Case.decided_by)
    found_false = Case.finding.in_(sorted(rules.FOUND_FALSE))
    rows = session.execute(select(*part).where(about.covers(figure), found_false))
    return frozenset(person for row in rows for person in row if person is not None)


def summaries(session: Session, cases: Sequence[Case]) -> tuple[CaseSummary, ...]:
    """Cases as lists show them, with everything they are about."""
    found = about.subjects_of(session, cases)
    return tuple(_summary(case, found[case.id]) for case in cases)


def _summary(case: Case, subject: Subject) -> CaseSummary:
    return CaseSummary(
        id=case.id,
        kind=CaseKind(case.kind),
        matter=Matter(case.matter),
        channel=Channel(case.channel),
        subject=subject,
        state=CaseState(case.state),
        finding=Finding(case.finding) if case.finding else None,
        lane=Lane(case.lane),
        received_on=case.received_on,
        due_on=_due(case),
        assigned_to=case.assigned_to,
        files=case.files,
        withdrawn=case.withdrawn_on is not None,
        wrote=case.answer_due_on is not None,
        joined_to=case.merged_into,
    )


def _due(case: Case) -> date | None:
    """The next day by which something has to be done for the reporter."""
    state, due = CaseState(case.state), [case.answer_due_on]
    if state is CaseState.RECEIVED:
        due.append(case.acknowledge_due_on)
    elif state in rules.UNDECIDED:
        due += [case.feedback_due_on, case.message_due_on if case.message_on is None else None]
    else:
        due += [case.correct_due_on, case.reread_due_on, case.check_in_due_on]
    return min((day for day in due if day is not None), default=None)
