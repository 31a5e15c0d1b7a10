"""Somebody reads a request before it becomes public, or refuses it with a published reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.duties import services as duties
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.asking import Refusal, RequestState
from portal.publishing.models import FigureRequest
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.asking.kept import ANSWER, SCREEN, end_of, note_request, request_in, subject_of
from portal.publishing.services.asking.telling import publish_state
from portal.publishing.services.texts import salt_text


def publish_request(session: Session, *, reference: str, actor: Actor, now: datetime) -> str:
    """Let a request appear as it was written; returns the act. Raises Forbidden, NoSuchRequest, RequestNotOpen."""
    actor.require(PublishingPermission.SCREEN_REQUESTS)
    row = request_in(session, reference, RequestState.RECEIVED)
    row.text_digest, row.state = salt_text(session, row.text), RequestState.OPEN
    duties.close_duty(session, kind=SCREEN, subject=subject_of(row))
    if now >= end_of(row.due_on):
        row.overdue = True
    _ask_office(session, row, now)
    note_request(session, "publishing.screen-request", row, actor, now, {"result": "public"})
    return publish_state(session, row, actor, None, now)


def refuse_request(session: Session, *, reference: str, refusal: Refusal, actor: Actor, now: datetime) -> None:
    """Keep a request from appearing, for a reason its sender reads under the follow-up code.

    Raises Forbidden, NoSuchRequest, RequestNotOpen.
    """
    actor.require(PublishingPermission.SCREEN_REQUESTS)
    row = request_in(session, reference, RequestState.RECEIVED)
    row.state, row.refusal = RequestState.REFUSED, refusal
    duties.close_duty(session, kind=SCREEN, subject=subject_of(row))
    session.flush()
    note_request(session, "publishing.screen-request", row, actor, now, {"result": refusal.value})


def _ask_office(session: Session, row: FigureRequest, now: datetime) -> None:
    duties.open_duty(
        session,
        kind=ANSWER,
        subject=subject_of(row),
        title=message(N_("Answer the request {reference}"), reference=row.reference),
        address=f"/desk/requests/{row.reference}",
        permission=PublishingPermission.ANSWER_REQUESTS,
        due_at=end_of(row.due_on),
        now=now,
    )
