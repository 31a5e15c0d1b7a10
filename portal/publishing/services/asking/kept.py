"""A request as it is kept: its state, its words, what is noted about it, and what its days mean in hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.asking import RequestState
from portal.publishing.errors import NoSuchRequest, RequestNotOpen, RequestRefused
from portal.publishing.models import FigureRequest

SCREEN = "publishing.screen-request"
ANSWER = "publishing.answer-request"
SHORTEST, LONGEST = 10, 2000


def require_words(words: str) -> None:
    if not SHORTEST <= len(words) <= LONGEST:
        raise RequestRefused(
            N_("Say which figure you are looking for."),
            {
                "text": message(
                    N_("Write a sentence or two: {least} to {most} characters."), least=SHORTEST, most=LONGEST
                )
            },
        )


def request_in(session: Session, reference: str, state: RequestState) -> FigureRequest:
    row = session.get(FigureRequest, reference, with_for_update=True)
    if row is None:
        raise NoSuchRequest(N_("There is no such request."))
    if row.state != state:
        raise RequestNotOpen(N_("This request is no longer where this can be done. Open the page again."))
    return row


def subject_of(row: FigureRequest) -> str:
    return f"request:{row.reference}"


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def end_of(day: date) -> datetime:
    return start_of(day) + timedelta(days=1)


def note_request(
    session: Session, act: str, row: FigureRequest, actor: Actor, now: datetime, details: dict[str, str]
) -> None:
    record(session, actor=actor, act=act, subject=subject_of(row), details=details, now=now)
