"""What waits for whom: duties given to the holders of a case by name, so that they exist for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.values import Scope
from portal.cases import rules
from portal.cases.models import Case, ForsakenRow, InspectorRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import about, deadlines, epochs, holders, steps
from portal.cases.values import CaseState, HolderKind, Lane, Subject, reference
from portal.config import Settings
from portal.duties import services as duties
from portal.duties.queries import answers_on, find_newest
from portal.foundation import ids
from portal.foundation.clock import day_start
from portal.foundation.i18n import N_, Message
from portal.foundation.reads import Rows
from portal.foundation.writes import Step

ACKNOWLEDGE = "case-acknowledge"
ASIDE = "cases-aside"
FEEDBACK = "case-feedback"
MESSAGE = "case-message"
CORRECT = "case-correct"
MISSED = "case-missed"
CHECK_IN = "case-check-in"
RETALIATION = "case-retaliation"
REREAD = "case-reread"
TIME_OVER = "case-time-over"
INSPECTION = "case-inspection"
WROTE = "case-wrote"
LET_IN = "case-let-in"
UNHELD = "case-unheld"
UNHELD_PEOPLE = "case-unheld-people"
ASSIGN = "case-assign"
CLOSE = "case-close"
UNCLOSED = "case-unclosed"
"""What is told to those outside the chain of a case that is done and that nobody closed."""
LYING = "case-lying"
"""What is told to those outside the chain of a case that nobody took in hand."""
JOINING = "case-joining"
"""What waits for a second person before a report is joined into another case."""
KINDS = (ACKNOWLEDGE, MESSAGE, FEEDBACK, CORRECT, CHECK_IN, RETALIATION, TIME_OVER)


COVER, PEOPLE = "/desk/cases/cover", "/desk/people"


def scopes(session: Session, case: Case) -> tuple[Scope, ...]:
    """What this case is about, and any that it is joined with: whoever becomes connected to any of it loses sight
    of what waits, in the moment they do."""
    found = about.subjects_of(session, (case, *about.joined_with(session, case, lock=False)))
    return tuple(dict.fromkeys(scope for one in found.values() for scope in holders.scopes_of(one)))


def address(case_id: str) -> str:
    return f"/desk/cases/{reference(case_id)}"


def end_of(day: date, now: datetime) -> datetime:
    """The end of that day by the clock of `now`, the office's."""
    return datetime.combine(day, time(23, 59), now.tzinfo)


def received(
    *,
    case_id: str,
    subject: Subject,
    lane: Lane,
    told: Rows,
    acknowledge_by: date,
    now: datetime,
    people: Sequence[str],
) -> tuple[Step, ...]:
    """Acknowledge within days. Reports set aside in a flood share one duty for each body and day.

    What there is to write; `people` are those who received it. `lane` and `told`: see `lanes.Place`.
    """
    touched = holders.scopes_of(subject)
    due_at, received_on, now = end_of(acknowledge_by, now), now.date(), day_start(now)
    if lane is Lane.QUARANTINE:
        return duties.renewed_duty(
            told,
            kind=ASIDE,
            subject=aside(subject.body, received_on),
            title=Message(N_("Look through the reports set aside in a flood")),
            address="/desk/cases?list=aside",
            people=people,
            about=touched,
            due_at=due_at,
            now=now,
        )
    return duties.new_duty(
        ids.new_id(),
        kind=ACKNOWLEDGE,
        subject=case_id,
        title=Message(N_("Acknowledge a report")),
        address=address(case_id),
        people=people,
        about=touched,
        due_at=due_at,
        now=now,
    )


def on_acknowledged(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Now an officer writes to the reporter in person, and in the end says what was found."""
    duties.close_duty(session, kind=ACKNOWLEDGE, subject=case.id)
    _watch_no_more(session, case, today=now.date())
    if not _is_left_aside(session, case):
        duties.close_duty(session, kind=ASIDE, subject=aside(case.body_code, case.received_on))
    if case.message_due_on is not None and case.message_on is None:
        title = N_("Write a first message to a reporter")
        _open(session, case, kind=MESSAGE, title=title, due_on=case.message_due_on, now=now)
    on_extended(session, case, now=now)
    see_to_hands(session, case, settings=settings, now=now)


def see_to_hands(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """The case came into other hands, or nobody's. While nobody has it in hand, whoever holds it and may assign is
    told so, with a day that counts from when that began; once it is assigned or joined nobody is any more."""
    if CaseState(case.state) not in rules.IN_NOBODYS_HANDS:
        for kind in (ASSIGN, LYING):
            duties.close_duty(session, kind=kind, subject=case.id)
        return
    title, due_on = N_("Assign a case that nobody has in hand"), in_hand_by(session, case, settings)
    _open(session, case, kind=ASSIGN, title=title, due_on=due_on, people=assigners(session, case), now=now)


def in_hand_by(session: Session, case: Case, settings: Settings) -> date:
    """By when somebody has to have the case in hand, counted from the day on which nobody had it any more."""
    since = case.acknowledged_on or case.received_on
    for step in reversed(steps.steps_of(session, case.id)):
        if step.state not in rules.IN_NOBODYS_HANDS:
            break
        since = step.day
    return deadlines.assign_by(since, settings)


def assigners(session: Session, case: Case) -> tuple[str, ...]:
    """Holders who may assign the case; everybody who holds it while none of them may."""
    may = {person.id for person in accounts.people_with(session, CasesPermission.HANDLE)}
    held = epochs.holders_of(session, case.id)
    return tuple(one for one in held if one in may) or held


def on_lying(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """The day is over by which the case was to be assigned: somebody outside its chain is told to see to it."""
    title = N_("Nobody has taken a case in hand for too long: see that it is assigned")
    _tell_outside(session, case, kind=LYING, title=title, settings=settings, now=now)


def on_dismissed(session: Session, case: Case, *, today: date) -> None:
    """It was dismissed with others that were set aside, unacknowledged."""
    duties.close_duty(session, kind=ACKNOWLEDGE, subject=case.id)
    _watch_no_more(session, case, today=today)
    if not _is_left_aside(session, case):
        duties.close_duty(session, kind=ASIDE, subject=aside(case.body_code, case.received_on))


def on_reporter_wrote(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Whoever has the case in hand answers within days; what is written until then waits for the same answer.

    What is added to a report that was set aside in a flood waits with it.
    """
    if case.answer_due_on is not None or case.lane == Lane.QUARANTINE:
        return
    case.answer_due_on = deadlines.answer_by(now.date(), settings)
    title, people = N_("A reporter wrote: read it and answer"), answerers(session, case)
    _open(session, case, kind=WROTE, title=title, due_on=case.answer_due_on, people=people, now=now)


def on_written(session: Session, case: Case, *, now: datetime) -> None:
    """The reporter has heard from a person: that answers whatever they wrote before."""
    if case.message_due_on is not None and case.message_on is None:
        case.message_on = now.date()
    case.answer_due_on = None
    for kind in (MESSAGE, RETALIATION, WROTE):
        duties.close_duty(session, kind=kind, subject=case.id)
    _watch_no_more(session, case, today=now.date())


def _watch_no_more(session: Session, case: Case, *, today: date) -> None:
    """Nobody outside the chain has to look on once nothing is overdue."""
    if not deadlines.missed(case, today):
        duties.close_duty(session, kind=MISSED, subject=case.id)


def on_given(session: Session, case: Case) -> None:
    """The case is in other hands, or nobody's: what its reporter wrote waits there, and for those joined to it; so
    does a case that can be closed."""
    duties.reassign_duty(session, kind=CLOSE, subject=case.id, people=answerers(session, case))
    joined = session.scalars(select(Case).where(Case.merged_into == case.id).order_by(Case.id))
    for one in (case, *joined):
        duties.reassign_duty(session, kind=WROTE, subject=one.id, people=answerers(session, one))


def answerers(session: Session, case: Case) -> tuple[str, ...]:
    """Whoever has the case in hand, or the one it was joined to; everybody who holds it while nobody has."""
    held = epochs.holders_of(session, case.id)
    main = session.get(Case, case.merged_into) if case.merged_into else None
    hand = (main or case).assigned_to
    return (hand,) if hand in held else held


def on_extended(session: Session, case: Case, *, now: datetime) -> None:
    title = N_("Tell a reporter what was found")
    _open(session, case, kind=FEEDBACK, title=title, due_on=case.feedback_due_on, now=now)


def on_missed(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Somebody outside the chain of the case is told to see to it."""
    title = N_("A deadline of a case was missed: see that it is acted on")
    _tell_outside(session, case, kind=MISSED, title=title, settings=settings, now=now)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Who is told that some case can be read by nobody: who may decide, and who manages people."""

    deciders: tuple[str, ...]
    administrators: tuple[str, ...]


def on_unheld(session: Session, case: Case, *, people: Beyond, settings: Settings, now: datetime) -> None:
    """Nobody holds a key to a case: others are told that there is one, not which, nor what it is about."""
    due_on = deadlines.seen_to_by(now.date(), settings)
    title = N_("Nobody can read one of the reports any more: see to it that officers can receive it")
    kinds = ((UNHELD, people.deciders, COVER), (UNHELD_PEOPLE, people.administrators, PEOPLE))
    for kind, told, path in kinds:
        _open(session, case, kind=kind, title=title, due_on=due_on, path=path, people=told, now=now)


def on_held_again(session: Session, case_id: str) -> None:
    for kind in (UNHELD, UNHELD_PEOPLE):
        duties.close_duty(session, kind=kind, subject=case_id)


def on_nobody_to_sign(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """A second signature waits too long, and none of the others who hold the case may give it."""
    title = N_("A second signature waits too long and nobody else may give it: let another officer in")
    _tell_outside(session, case, kind=LET_IN, title=title, settings=settings, now=now)


def _tell_outside(
    session: Session, case: Case, *, kind: str, title: str, settings: Settings, now: datetime
) -> None:
    """Whoever watches over the case is to see to it within days."""
    people, due_on = outside_chain(session, case), deadlines.seen_to_by(now.date(), settings)
    _open(session, case, kind=kind, title=title, due_on=due_on, people=people, now=now)


def outside_chain(session: Session, case: Case) -> tuple[str, ...]:
    """Who watches over the case: the outside recipient who holds it; else holders who decide and are not assigned
    to it; else everybody who holds it."""
    held = epochs.holders_of(session, case.id)
    outside = epochs.holders_of(session, case.id, kind=HolderKind.OUTSIDE)
    may = {person.id for person in accounts.people_with(session, CasesPermission.DECIDE)}
    others = tuple(one for one in held if one in may and one != case.assigned_to)
    return outside or others or held


def on_decided(session: Session, case: Case, *, correction_due: bool, settings: Settings, now: datetime) -> None:
    """What was promised about the finding is done; what the reporter wrote may still wait for an answer."""
    for kind in (MESSAGE, FEEDBACK):
        duties.close_duty(session, kind=kind, subject=case.id)
    _watch_no_more(session, case, today=now.date())
    if correction_due:
        on_correction_due(session, case, settings=settings, now=now)
    else:
        on_all_done(session, case, settings=settings, now=now)


def on_all_done(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """What was found has been acted on: whoever has the case in hand tells its reporter, and closes it."""
    if case.merged_into is not None:
        return
    title, people = N_("Tell a reporter what was found, and close the case"), answerers(session, case)
    due_on = deadlines.close_by(now.date(), settings)
    _open(session, case, kind=CLOSE, title=title, due_on=due_on, people=people, now=now)


def on_unclosed(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """The day is over by which the case was to be closed: somebody outside its chain is told to see to it."""
    title = N_("A case of which all is done was not closed for too long: see that it is")
    _tell_outside(session, case, kind=UNCLOSED, title=title, settings=settings, now=now)


def on_closed(session: Session, case: Case) -> None:
    for kind in (CLOSE, UNCLOSED):
        duties.close_duty(session, kind=kind, subject=case.id)


def on_correction_due(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """The day counts from the decision: refusing corrections, or taking them back, puts it off for nobody. Where
    it has passed, whoever is outside the chain is told again."""
    title = N_("Propose the correction of a figure")
    due_on = case.correct_due_on = deadlines.correct_by(case.decided_on or now.date(), settings)
    case.corrected_on = None
    _open(session, case, kind=CORRECT, title=title, due_on=due_on, now=now)
    if due_on < now.date():
        on_missed(session, case, settings=settings, now=now)


def on_corrected(session: Session, case: Case, *, today: date) -> None:
    """Every correction that was owed is put forward."""
    if case.correct_due_on is not None:
        case.corrected_on = today
    on_uncorrected(session, case, today=today)


def on_uncorrected(session: Session, case: Case, *, today: date) -> None:
    """No correction is owed any more."""
    case.correct_due_on = None
    duties.close_duty(session, kind=CORRECT, subject=case.id)
    _watch_no_more(session, case, today=today)


def on_check_in(session: Session, case: Case, *, due_on: date, now: datetime) -> None:
    """The case is closed, and its reporter is to be asked how they fared since."""
    case.check_in_due_on = due_on
    title = N_("Ask a reporter whether anything was done to them")
    _open(session, case, kind=CHECK_IN, title=title, due_on=due_on, now=now)


def on_checked_in(session: Session, case: Case, *, today: date) -> None:
    case.check_in_due_on = None
    _watch_no_more(session, case, today=today)
    duties.close_duty(session, kind=CHECK_IN, subject=case.id)


def on_retaliation(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """A reporter was punished for a report: everybody who holds the case is told to see to it within days."""
    title = N_("A reporter says they were retaliated against: read it and write to them")
    due_on = deadlines.seen_to_by(now.date(), settings)
    _open(session, case, kind=RETALIATION, title=title, due_on=due_on, now=now)


def on_time_over(session: Session, case: Case, *, days: int, now: datetime) -> None:
    """The case goes by itself after so many days, unless somebody puts it on hold."""
    title = N_("A case is due to be deleted: delete it with a colleague, or put it on hold")
    _open(session, case, kind=TIME_OVER, title=title, due_on=now.date() + timedelta(days=days), now=now)


def on_kept(session: Session, case: Case) -> None:
    duties.close_duty(session, kind=TIME_OVER, subject=case.id)


def on_inspection(session: Session, case: Case, *, day: date, now: datetime) -> None:
    """Those of the team are told, and nobody else."""
    title = N_("Make an inspection, and attach what you found")
    _open(session, case, kind=INSPECTION, title=title, due_on=day, people=inspectors(session, case.id), now=now)


def on_inspected(session: Session, case: Case) -> None:
    duties.close_duty(session, kind=INSPECTION, subject=case.id)


def inspectors(session: Session, case_id: str) -> tuple[str, ...]:
    """The team of the newest inspection, without those who do not hold the case any more."""
    newest = select(func.max(InspectorRow.number)).where(InspectorRow.case_id == case_id).scalar_subquery()
    query = select(InspectorRow.person_id).where(InspectorRow.case_id == case_id, InspectorRow.number == newest)
    return tuple(sorted(set(session.scalars(query)) & set(epochs.holders_of(session, case_id))))


def on_drawn(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """A dismissed case is to be read again by somebody else; where nobody can, its holders have to let one in."""
    readers = rereaders(session, case)
    if case.merged_into is not None and readers:
        title = N_("Read again a report that was joined into a case")
    elif readers:
        title = N_("Read a dismissed case again")
    else:
        title = N_("Let a third officer read a dismissed case again")
    due_on = case.reread_due_on = deadlines.reread_by(now.date(), settings)
    _open(session, case, kind=REREAD, title=title, due_on=due_on, people=readers or None, now=now)


def on_reread(session: Session, case: Case, *, today: date) -> None:
    case.reread_due_on = None
    _watch_no_more(session, case, today=today)
    duties.close_duty(session, kind=REREAD, subject=case.id)


def rereaders(session: Session, case: Case) -> tuple[str, ...]:
    """Holders who may work on the case and had no part in dismissing it."""
    may = {person.id for person in accounts.people_with(session, CasesPermission.HANDLE)}
    part = led_to_it(session, case)
    return tuple(one for one in epochs.holders_of(session, case.id) if one in may and one not in part)


def led_to_it(session: Session, case: Case) -> frozenset[str]:
    """Who had a part in what was found in a case; of one that was joined into another, also who joined it."""
    led = led_by(session, case)
    part = {led.assigned_to, led.proposed_by, led.decided_by}
    joined = find_newest(session, kind=JOINING, subject=case.id) if case.merged_into is not None else None
    if joined is not None:
        part |= {joined.proposer_id, joined.decided_by}
    return frozenset(one for one in part if one is not None)


def led_by(session: Session, case: Case) -> Case:
    """Whose officers found what was found in a case: those of the one that it was joined into, else its own."""
    into = session.get(Case, case.merged_into) if case.merged_into is not None else None
    return case if into is None else led_by(session, into)


def on_holders_changed(session: Session, case_id: str) -> None:
    """Open duties go to whoever holds the case now; for everybody else they cease to exist."""
    people = epochs.holders_of(session, case_id)
    if people and session.get(ForsakenRow, case_id) is None:
        on_held_again(session, case_id)
    for kind in KINDS:
        duties.reassign_duty(session, kind=kind, subject=case_id, people=people)
    case = session.get_one(Case, case_id)
    for kind in (MISSED, LYING, UNCLOSED):
        duties.reassign_duty(session, kind=kind, subject=case_id, people=outside_chain(session, case))
    duties.reassign_duty(session, kind=ASSIGN, subject=case_id, people=assigners(session, case))
    told = frozenset[str]().union(*answers_on(session, case_id).values())
    duties.close_answers(session, subject=case_id, people=told.difference(people))
    duties.reassign_duty(session, kind=INSPECTION, subject=case_id, people=inspectors(session, case_id))
    duties.reassign_duty(session, kind=REREAD, subject=case_id, people=rereaders(session, case) or people)
    on_given(session, case)


def on_subject_changed(session: Session, case: Case) -> None:
    """A case is about something else, or joined with others: so is what waits for it, and for those."""
    for one in (case, *about.joined_with(session, case, lock=False)):
        duties.say_about(session, subject=one.id, about=scopes(session, one))


def forget(session: Session, case: Case) -> None:
    """Nothing about this case waits for anybody any more."""
    more = ASSIGN, LYING, CLOSE, UNCLOSED, MISSED, REREAD, INSPECTION, WROTE, LET_IN, UNHELD, UNHELD_PEOPLE
    for kind in (*KINDS, *more):
        duties.close_duty(session, kind=kind, subject=case.id)


def aside(body: str | None, received_on: date) -> str:
    """What the duty to look through those set aside is about."""
    return f"aside:{body or 'no-body'}:{received_on}"


def _is_left_aside(session: Session, case: Case) -> bool:
    """Whether others of the same body and day still wait in the second list."""
    same_body = Case.body_code.is_not_distinct_from(case.body_code)
    query = select(Case.id).where(
        Case.id != case.id,
        Case.lane == Lane.QUARANTINE,
        Case.state == CaseState.RECEIVED,
        Case.received_on == case.received_on,
        same_body,
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
    people: Sequence[str] | None = None,
) -> None:
    duties.open_duty(
        session,
        kind=kind,
        subject=subject or case.id,
        title=Message(title),
        address=path or address(case.id),
        people=epochs.holders_of(session, case.id) if people is None else people,
        about=scopes(session, case),
        due_at=end_of(due_on, now),
        now=day_start(now),
    )
