"""Requests for figures: the desk's queue, and what everybody reads of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.publishing.asking import (
    Answer,
    NoReason,
    PublicRequest,
    PublicState,
    Refusal,
    Request,
    RequestState,
)
from portal.publishing.errors import NoSuchRequest
from portal.publishing.models import FigureRequest
from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.visible import Said, newest, newest_of
from portal.publishing.services.asking import drafted_of
from portal.publishing.values import Text

WAITING = (RequestState.RECEIVED, RequestState.OPEN, RequestState.PROPOSED)


def queue(session: Session, *, states: Sequence[RequestState] = WAITING) -> tuple[Request, ...]:
    """Requests in these states, the earliest due first."""
    rows = session.scalars(
        select(FigureRequest)
        .where(FigureRequest.state.in_(states))
        .order_by(FigureRequest.due_on, FigureRequest.reference)
    )
    return tuple(_request(row) for row in rows)


def count_done(session: Session) -> int:
    query = select(func.count()).select_from(FigureRequest).where(FigureRequest.state.not_in(WAITING))
    return session.scalar(query) or 0


def get_request(session: Session, reference: str) -> Request:
    """Raises NoSuchRequest."""
    row = session.get(FigureRequest, reference)
    if row is None:
        raise no_such_request()
    return _request(row)


def public_requests(session: Session, *, edition: int) -> tuple[PublicRequest, ...]:
    """Every public request: overdue ones first, then those that wait, then the latest answers."""
    return tuple(sorted(_public(session, newest(session, "request", edition), edition), key=_place))


def get_public_request(session: Session, reference: str, *, edition: int) -> PublicRequest:
    """Raises NoSuchRequest."""
    found = newest_of(session, "request", reference, edition)
    if found is None:
        raise no_such_request()
    return _public(session, [found], edition)[0]


def no_such_request() -> NoSuchRequest:
    return NoSuchRequest(N_("There is no such request."))


def _request(row: FigureRequest) -> Request:
    return Request(
        reference=row.reference,
        state=RequestState(row.state),
        body=row.body,
        text=row.text,
        received_on=row.received_on,
        due_on=row.due_on,
        refusal=Refusal(row.refusal) if row.refusal else None,
        drafted=drafted_of(row.drafted),
        proposal_id=row.proposal_id,
        overdue=row.overdue,
        answered_at=row.answered_at,
    )


def _public(session: Session, found: Sequence[Said], edition: int) -> list[PublicRequest]:
    digests = [one.content[name]["digest"] for one in found for name in ("text", "words") if one.content[name]]
    texts = texts_cited(session, digests, edition=edition)
    return [_reading(one, texts) for one in found]


def _reading(one: Said, texts: dict[str, Text]) -> PublicRequest:
    said = one.content
    words = said["words"]
    return PublicRequest(
        reference=said["reference"],
        state=PublicState(said["state"]),
        body=said["body"],
        text=_text(said["text"]["digest"], texts),
        received=date.fromisoformat(said["received"]),
        due=date.fromisoformat(said["due"]),
        answered=_day(said["answered"]),
        days=said["days"],
        answer=Answer(said["answer"]) if said["answer"] else None,
        reason=NoReason(said["reason"]) if said["reason"] else None,
        words=_text(words["digest"], texts) if words else None,
        figure=said["figure"],
        release=said["release"],
        expected=_day(said["expected"]),
        edition=one.edition,
        at=one.at,
    )


def _text(digest: str, texts: dict[str, Text]) -> Text:
    return texts.get(digest, Text(digest, None, None))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_ORDER = {PublicState.OVERDUE: 0, PublicState.OPEN: 1, PublicState.ANSWERED: 2}


def _place(one: PublicRequest) -> tuple[int, int, str]:
    """What waits by its last day; what is answered by its day, the latest first."""
    day = -(one.answered or one.due).toordinal() if one.state is PublicState.ANSWERED else one.due.toordinal()
    return _ORDER[one.state], day, one.reference
