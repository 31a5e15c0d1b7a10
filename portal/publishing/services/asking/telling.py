"""What the log says of a request: that it is open, overdue or answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.publishing.asking import Answer, Drafted, NoReason, PublicState, RequestState
from portal.publishing.models import FigureRequest
from portal.publishing.services.acts import propose_act
from portal.publishing.services.asking.kept import end_of
from portal.publishing.services.texts import salt_text
from portal.publishing.values import ActKind, Statement, cite

OVERDUE = "publishing.request-due"
"""The job that says publicly, after the last day, that an answer is overdue."""


def mark_overdue(session: Session, *, reference: str, now: datetime) -> str | None:
    """After the last day: say publicly that the answer is overdue. Nothing happens for any other request."""
    row = session.get(FigureRequest, reference, with_for_update=True)
    waiting = (RequestState.OPEN, RequestState.PROPOSED)
    if row is None or row.overdue or row.state not in waiting or now < end_of(row.due_on):
        return None
    row.overdue = True
    session.flush()
    return publish_state(session, row, Actor.system(), None, now)


def drafted_of(stored: Mapping[str, Any] | None) -> Drafted | None:
    """The answer as it is kept."""
    if stored is None:
        return None
    return Drafted(
        answer=Answer(stored["answer"]),
        reason=NoReason(stored["reason"]) if stored["reason"] else None,
        words=stored["words"],
        figure=stored["figure"],
        release=stored["release"],
        expected=date.fromisoformat(stored["expected"]) if stored["expected"] else None,
    )


def publish_state(
    session: Session, row: FigureRequest, actor: Actor, calendar: WorkingDays | None, now: datetime
) -> str:
    return propose_act(
        session,
        kind=ActKind.REQUEST,
        statements=[statement_of(session, row, calendar, now)],
        proposed_by=actor.person_id,
        approved_by=None,
        now=now,
        meta={"request": row.reference},
    )


def statement_of(session: Session, row: FigureRequest, calendar: WorkingDays | None, now: datetime) -> Statement:
    drafted = drafted_of(row.drafted) if row.state == RequestState.ANSWERED else None
    if drafted is None:
        state = PublicState.OVERDUE if row.overdue else PublicState.OPEN
        answered, days = None, None
    else:
        state, answered = PublicState.ANSWERED, now.date()
        days = calendar.between(row.received_on, answered) if calendar else None
    return {
        "t": "request",
        "reference": row.reference,
        "body": row.body,
        "state": state.value,
        "text": cite(row.text_digest or ""),
        "received": row.received_on.isoformat(),
        "due": row.due_on.isoformat(),
        "answered": answered.isoformat() if answered else None,
        "days": days,
        "answer": drafted.answer.value if drafted else None,
        "reason": drafted.reason.value if drafted and drafted.reason else None,
        "words": cite(salt_text(session, drafted.words)) if drafted and drafted.words else None,
        "figure": drafted.figure if drafted else None,
        "release": drafted.release if drafted else None,
        "expected": drafted.expected.isoformat() if drafted and drafted.expected else None,
    }
