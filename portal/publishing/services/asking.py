"""Requests for figures that are not here: received, screened, answered within working days, by two people.

Whoever asks has no account and leaves no address; a follow-up code shows how far the request is before it
is public. Its words enter the log as a salted digest only once somebody has read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.crypto import hmac_digest
from portal.foundation.i18n import N_, Message, message
from portal.foundation.ids import random_bytes
from portal.foundation.jobs import enqueue
from portal.foundation.keys import KeyRing
from portal.foundation.text import plain
from portal.publishing.asking import Answer, Drafted, NoReason, PublicState, Refusal, RequestState
from portal.publishing.errors import NoSuchRequest, RequestNotOpen, RequestRefused
from portal.publishing.models import FigureRequest
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.acts import propose_act
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import statements_standing
from portal.publishing.values import ActKind, Statement, cite
from portal.registry import queries as registry

OVERDUE = "publishing.request-due"
"""The job that says publicly, after the last day, that an answer is overdue."""
SCREEN = "publishing.screen-request"
ANSWER = "publishing.answer-request"
PROPOSAL = "publishing.request-answer"
SHORTEST, LONGEST = 10, 2000
SCREEN_WITHIN = 2
SYMBOLS = "23456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Received:
    """What the sender is shown once. The code opens the state of this one request and nothing else."""

    reference: str
    code: str | None


def send_request(
    session: Session,
    *,
    submission: str,
    text: str,
    body: str | None,
    keys: KeyRing,
    calendar: WorkingDays,
    working_days: int,
    now: datetime,
) -> Received:
    """Take a request in. The same submission sent twice is one request; its code is shown the first time only.

    Raises RequestRefused naming what cannot be used.
    """
    known = session.scalar(select(FigureRequest).where(FigureRequest.submission == submission))
    if known is not None:
        return Received(known.reference, None)
    words = plain(text)
    _require_words(words)
    if body and registry.find_body(session, body) is None:
        raise RequestRefused(
            N_("There is no such body."), {"body": Message(N_("Choose a body from the list, or leave it open."))}
        )
    reference, code, today = f"R-{_symbols(6)}", _symbols(16), now.date()
    due_on = calendar.after(today, working_days)
    session.add(
        FigureRequest(
            reference=reference,
            submission=submission,
            code_digest=_digest(keys, code),
            state=RequestState.RECEIVED,
            body=body or None,
            text=words,
            received_on=today,
            due_on=due_on,
            overdue=False,
        )
    )
    session.flush()
    duties.open_duty(
        session,
        kind=SCREEN,
        subject=f"request:{reference}",
        title=message(N_("Read the request {reference} before it appears"), reference=reference),
        address=f"/desk/requests/{reference}",
        permission=PublishingPermission.SCREEN_REQUESTS,
        due_at=_end_of(calendar.after(today, SCREEN_WITHIN)),
        now=_start_of(today),
    )
    enqueue(session, OVERDUE, {"request": reference}, due_at=_end_of(due_on))
    return Received(reference, grouped(code))


def find_by_code(session: Session, *, code: str, keys: KeyRing) -> str | None:
    """The reference of the request this follow-up code belongs to, None when it belongs to none."""
    read = "".join(symbol for symbol in code.lower() if symbol in SYMBOLS)
    return session.scalar(select(FigureRequest.reference).where(FigureRequest.code_digest == _digest(keys, read)))


def publish_request(session: Session, *, reference: str, actor: Actor, now: datetime) -> str:
    """Let a request appear as it was written; returns the act. Raises Forbidden, NoSuchRequest, RequestNotOpen."""
    actor.require(PublishingPermission.SCREEN_REQUESTS)
    row = _row(session, reference, RequestState.RECEIVED)
    row.text_digest, row.state = salt_text(session, row.text), RequestState.OPEN
    duties.close_duty(session, kind=SCREEN, subject=_subject(row))
    if now >= _end_of(row.due_on):
        row.overdue = True
    _ask_office(session, row, now)
    _note(session, "publishing.screen-request", row, actor, now, {"result": "public"})
    return _publish(session, row, actor, None, now)


def refuse_request(session: Session, *, reference: str, refusal: Refusal, actor: Actor, now: datetime) -> None:
    """Keep a request from appearing, for a reason its sender reads under the follow-up code.

    Raises Forbidden, NoSuchRequest, RequestNotOpen.
    """
    actor.require(PublishingPermission.SCREEN_REQUESTS)
    row = _row(session, reference, RequestState.RECEIVED)
    row.state, row.refusal = RequestState.REFUSED, refusal
    duties.close_duty(session, kind=SCREEN, subject=_subject(row))
    session.flush()
    _note(session, "publishing.screen-request", row, actor, now, {"result": refusal.value})


def propose_answer(session: Session, *, reference: str, drafted: Drafted, actor: Actor, now: datetime) -> None:
    """Put an answer forward. Raises Forbidden, NoSuchRequest, RequestNotOpen, RequestRefused."""
    actor.require(PublishingPermission.ANSWER_REQUESTS)
    row = _row(session, reference, RequestState.OPEN)
    _require_answer(session, drafted, now)
    proposal = duties.propose(
        session,
        kind=PROPOSAL,
        subject=_subject(row),
        title=message(N_("Publish the answer to the request {reference}"), reference=reference),
        address=f"/desk/requests/{reference}",
        payload={"request": reference},
        reason="",
        actor=actor,
        permission=PublishingPermission.APPROVE_ANSWERS,
        due_at=max(now, _end_of(row.due_on)),
        now=now,
    )
    row.drafted, row.state, row.proposal_id = _stored(drafted), RequestState.PROPOSED, proposal.id
    session.flush()
    _note(session, "publishing.propose-answer", row, actor, now, {"answer": drafted.answer.value})


def publish_answer(session: Session, *, reference: str, calendar: WorkingDays, actor: Actor, now: datetime) -> str:
    """Publish an answer somebody else put forward; returns the act.

    Raises Forbidden, NoSuchRequest, RequestNotOpen, OwnProposal.
    """
    actor.require(PublishingPermission.APPROVE_ANSWERS)
    row = _row(session, reference, RequestState.PROPOSED)
    duties.countersign(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    row.state, row.proposal_id, row.answered_at = RequestState.ANSWERED, None, now
    duties.close_duty(session, kind=ANSWER, subject=_subject(row))
    session.flush()
    _note(session, "publishing.publish-answer", row, actor, now, {})
    return _publish(session, row, actor, calendar, now)


def take_answer_back(session: Session, *, reference: str, actor: Actor, now: datetime) -> None:
    """Decline an answer, or take one's own back: the request is open again, its clock runs on."""
    row = _row(session, reference, RequestState.PROPOSED)
    duties.decline(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    row.state, row.proposal_id = RequestState.OPEN, None
    session.flush()
    _note(session, "publishing.take-answer-back", row, actor, now, {})


def mark_overdue(session: Session, *, reference: str, now: datetime) -> str | None:
    """After the last day: say publicly that the answer is overdue. Nothing happens for any other request."""
    row = session.get(FigureRequest, reference, with_for_update=True)
    waiting = (RequestState.OPEN, RequestState.PROPOSED)
    if row is None or row.overdue or row.state not in waiting or now < _end_of(row.due_on):
        return None
    row.overdue = True
    session.flush()
    return _publish(session, row, Actor.system(), None, now)


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


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


def _stored(drafted: Drafted) -> dict[str, str | None]:
    return {
        "answer": drafted.answer.value,
        "reason": drafted.reason.value if drafted.reason else None,
        "words": drafted.words.strip(),
        "figure": drafted.figure,
        "release": drafted.release,
        "expected": drafted.expected.isoformat() if drafted.expected else None,
    }


def _publish(
    session: Session, row: FigureRequest, actor: Actor, calendar: WorkingDays | None, now: datetime
) -> str:
    return propose_act(
        session,
        kind=ActKind.REQUEST,
        statements=[_statement(session, row, calendar, now)],
        proposed_by=actor.person_id,
        approved_by=None,
        now=now,
        meta={"request": row.reference},
    )


def _statement(session: Session, row: FigureRequest, calendar: WorkingDays | None, now: datetime) -> Statement:
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


def _require_words(words: str) -> None:
    if not SHORTEST <= len(words) <= LONGEST:
        raise RequestRefused(
            N_("Say which figure you are looking for."),
            {
                "text": message(
                    N_("Write a sentence or two: {least} to {most} characters."), least=SHORTEST, most=LONGEST
                )
            },
        )


def _require_answer(session: Session, drafted: Drafted, now: datetime) -> None:
    faults: dict[str, Message] = {}
    if drafted.answer is Answer.NO and drafted.reason is None:
        faults["reason"] = Message(N_("Choose the reason: everybody reads it."))
    if len(drafted.words) > LONGEST:
        faults["words"] = message(N_("Use {n} characters or fewer."), n=LONGEST)
    if drafted.answer is Answer.YES and not (drafted.figure or drafted.release or drafted.expected):
        faults["expected"] = Message(N_("Say where the figure is, or the day on which it will be there."))
    if drafted.expected and drafted.expected < now.date():
        faults["expected"] = Message(N_("Choose a day that has not passed."))
    if drafted.figure and not _is_published(session, drafted.figure):
        faults["figure"] = Message(
            N_("Name a body and an indicator that are published, such as riverside/review-days.")
        )
    if drafted.release and not statements_standing(session, "release", [drafted.release]):
        faults["release"] = Message(N_("No such release is published."))
    if faults:
        raise RequestRefused(N_("The answer is not complete."), faults)


def _is_published(session: Session, figure: str) -> bool:
    body, slash, indicator = figure.partition("/")
    return bool(
        slash
        and statements_standing(session, "body", [body])
        and statements_standing(session, "indicator", [indicator])
    )


def _ask_office(session: Session, row: FigureRequest, now: datetime) -> None:
    duties.open_duty(
        session,
        kind=ANSWER,
        subject=_subject(row),
        title=message(N_("Answer the request {reference}"), reference=row.reference),
        address=f"/desk/requests/{row.reference}",
        permission=PublishingPermission.ANSWER_REQUESTS,
        due_at=_end_of(row.due_on),
        now=now,
    )


def _row(session: Session, reference: str, state: RequestState) -> FigureRequest:
    row = session.get(FigureRequest, reference, with_for_update=True)
    if row is None:
        raise NoSuchRequest(N_("There is no such request."))
    if row.state != state:
        raise RequestNotOpen(N_("This request is no longer where this can be done. Open the page again."))
    return row


def _subject(row: FigureRequest) -> str:
    return f"request:{row.reference}"


def _symbols(count: int) -> str:
    """Even draws from the symbols: bytes that would favour some are drawn again."""
    found = ""
    while len(found) < count:
        found += "".join(SYMBOLS[byte % 30] for byte in random_bytes(count) if byte < 240)
    return found[:count]


def _digest(keys: KeyRing, code: str) -> bytes:
    return hmac_digest(keys.get("lookup"), b"figure-request" + code.encode())


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _end_of(day: date) -> datetime:
    return _start_of(day) + timedelta(days=1)


def _note(
    session: Session, act: str, row: FigureRequest, actor: Actor, now: datetime, details: dict[str, str]
) -> None:
    record(session, actor=actor, act=act, subject=_subject(row), details=details, now=now)
