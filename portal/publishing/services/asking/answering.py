"""The answer to a request, by two people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message, message
from portal.publishing.asking import Answer, Drafted, RequestState
from portal.publishing.errors import RequestRefused
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.asking.kept import ANSWER, LONGEST, end_of, note_request, request_in, subject_of
from portal.publishing.services.asking.telling import publish_state
from portal.publishing.standing import statements_standing

PROPOSAL = "publishing.request-answer"


def propose_answer(session: Session, *, reference: str, drafted: Drafted, actor: Actor, now: datetime) -> None:
    """Put an answer forward. Raises Forbidden, NoSuchRequest, RequestNotOpen, RequestRefused."""
    actor.require(PublishingPermission.ANSWER_REQUESTS)
    row = request_in(session, reference, RequestState.OPEN)
    _require_answer(session, drafted, now)
    proposal = duties.propose(
        session,
        kind=PROPOSAL,
        subject=subject_of(row),
        title=message(N_("Publish the answer to the request {reference}"), reference=reference),
        address=f"/desk/requests/{reference}",
        payload={"request": reference},
        reason="",
        actor=actor,
        permission=PublishingPermission.APPROVE_ANSWERS,
        due_at=max(now, end_of(row.due_on)),
        now=now,
    )
    row.drafted, row.state, row.proposal_id = _stored(drafted), RequestState.PROPOSED, proposal.id
    session.flush()
    note_request(session, "publishing.propose-answer", row, actor, now, {"answer": drafted.answer.value})


def publish_answer(session: Session, *, reference: str, calendar: WorkingDays, actor: Actor, now: datetime) -> str:
    """Publish an answer somebody else put forward; returns the act.

    Raises Forbidden, NoSuchRequest, RequestNotOpen, OwnProposal.
    """
    actor.require(PublishingPermission.APPROVE_ANSWERS)
    row = request_in(session, reference, RequestState.PROPOSED)
    duties.countersign(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    row.state, row.proposal_id, row.answered_at = RequestState.ANSWERED, None, now
    duties.close_duty(session, kind=ANSWER, subject=subject_of(row))
    session.flush()
    note_request(session, "publishing.publish-answer", row, actor, now, {})
    return publish_state(session, row, actor, calendar, now)


def take_answer_back(session: Session, *, reference: str, actor: Actor, now: datetime) -> None:
    """Decline an answer, or take one's own back: the request is open again, its clock runs on."""
    row = request_in(session, reference, RequestState.PROPOSED)
    duties.decline(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    row.state, row.proposal_id = RequestState.OPEN, None
    session.flush()
    note_request(session, "publishing.take-answer-back", row, actor, now, {})


def _stored(drafted: Drafted) -> dict[str, str | None]:
    return {
        "answer": drafted.answer.value,
        "reason": drafted.reason.value if drafted.reason else None,
        "words": drafted.words.strip(),
        "figure": drafted.figure,
        "release": drafted.release,
        "expected": drafted.expected.isoformat() if drafted.expected else None,
    }


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
