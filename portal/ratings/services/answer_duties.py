"""Who is to act on answers: people of the body, one duty for all it owes; and, once some are overdue, one named
person of the office whom nothing connects to it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import employed_people_with, unconnected_people_with
from portal.accounts.values import Scope
from portal.duties.calendar import WorkingDays
from portal.duties.services import close_duty, open_duty, reassign_duty
from portal.foundation.i18n import N_, message
from portal.ratings.answers import OWED
from portal.ratings.models import AnswerRow, FollowUpRow
from portal.ratings.permissions import RatingsPermission
from portal.registry.queries import get_body, owners

OWED_ANSWERS, OVERDUE_ANSWERS = "ratings.answers-owed", "ratings.answers-overdue"
TIME_TO_CHASE = 5  # working days


def renew_answer_duties(
    session: Session, *, changed: Collection[str], calendar: WorkingDays, now: datetime
) -> None:
    """Say anew what `changed` bodies owe, and what of it is late."""
    session.flush()
    today, owed = calendar.day_of(now), _owed_by_body(session) if changed else {}
    for body in sorted(changed):
        days = owed.get(body, [])
        close_duty(session, kind=OWED_ANSWERS, subject=body)
        close_duty(session, kind=OVERDUE_ANSWERS, subject=body)
        if days:
            open_duty(
                session,
                kind=OWED_ANSWERS,
                subject=body,
                title=message(N_("Answers owed to people who rated low: {count}"), count=len(days)),
                address="/desk/own-ratings",
                people=_people_of(session, body, now),
                due_at=_end_of(min(days), calendar),
                now=now,
            )
        late = sum(day < today for day in days)
        if late:
            _escalate(session, body, late, calendar=calendar, now=now)


def give_to_whoever_works_there(session: Session, *, now: datetime) -> None:
    """Put what is owed before the people each body employs now: some have left since, some have come."""
    for body in sorted(_owed_by_body(session)):
        reassign_duty(session, kind=OWED_ANSWERS, subject=body, people=_people_of(session, body, now))


def _people_of(session: Session, body: str, now: datetime) -> list[str]:
    return [one.id for one in employed_people_with(session, RatingsPermission.ANSWER, body, at=now)]


def _escalate(session: Session, body: str, late: int, *, calendar: WorkingDays, now: datetime) -> None:
    """Name one person: always the same one for a body, as long as the same people could be it."""
    office = unconnected_people_with(session, RatingsPermission.SETTLE, Scope(body), at=now)
    named = [office[crc32(body.encode()) % len(office)].id] if office else None
    open_duty(
        session,
        kind=OVERDUE_ANSWERS,
        subject=body,
        title=message(
            N_("{body} is late with answers to low ratings: {count}"),
            body=get_body(session, body).names,
            count=late,
        ),
        address="/desk/answers",
        permission=RatingsPermission.SETTLE,
        people=named,
        about=Scope(body),
        due_at=_end_of(calendar.after(calendar.day_of(now), TIME_TO_CHASE), calendar),
        now=now,
    )


def _owed_by_body(session: Session) -> dict[str, list[date]]:
    """The last days of what each body owes."""
    found: dict[str, list[date]] = {}
    bodies = owners(session)
    owed = (
        select(FollowUpRow.service, AnswerRow.due_on)
        .join(FollowUpRow, FollowUpRow.id == AnswerRow.id)
        .where(AnswerRow.state.in_(OWED))
    )
    for service, day in session.execute(owed):
        found.setdefault(bodies[service], []).append(date.fromisoformat(str(day)))
    return found


def _end_of(day: date, calendar: WorkingDays) -> datetime:
    return calendar.start_of(day + timedelta(days=1)) - timedelta(seconds=1)
