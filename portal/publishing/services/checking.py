"""The office looks at what was handed in: it asks about a value, returns it, or accepts it.

A value the office accepts with a change keeps what the body handed in beside it for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import employers_of
from portal.accounts.services import connect_to_figures
from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.duties import services as duties
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.publishing.collecting import Asked, Entry, RemarkKind, ReturnState, ValueState
from portal.publishing.errors import EntryRefused
from portal.publishing.models import BodyReturn, CollectedValue, CollectionRound
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import handlers_of, no_such_return
from portal.publishing.rules.entries import faults
from portal.publishing.rules.returns import moved, require_verifier
from portal.publishing.services.returns import add_remark, with_target
from portal.publishing.services.rounds import CHECK, ask_body, open_row


def query_value(
    session: Session, *, slug: str, body: str, indicator: str, text: str, actor: Actor, now: datetime
) -> None:
    """Ask the body about a value it handed in. The answer is signed again like a value.

    Raises Forbidden, RoundNotOpen, NoSuchReturn, ValueNotOpen, EntryRefused for an empty question.
    """
    _send_back(session, slug, body, indicator, RemarkKind.QUERY, text, actor, now)


def return_value(
    session: Session, *, slug: str, body: str, indicator: str, text: str, actor: Actor, now: datetime
) -> None:
    """Give a value back to be entered anew, saying why; an accepted one too, until a release holds it.

    Raises as `query_value`.
    """
    _send_back(session, slug, body, indicator, RemarkKind.RETURN, text, actor, now)


def accept_value(session: Session, *, slug: str, body: str, indicator: str, actor: Actor, now: datetime) -> None:
    """Accept a value as it was handed in. Raises Forbidden, NoSuchReturn, ValueNotOpen."""
    _accept(session, slug, body, [_checked_row(session, slug, body, indicator, actor, now)], actor, now)


def accept_rest(session: Session, *, slug: str, body: str, actor: Actor, now: datetime) -> int:
    """Accept every value of a return that waits; returns how many. Raises as `accept_value`."""
    _require_office(session, slug, actor)
    waiting = session.scalars(
        select(CollectedValue.indicator)
        .where(
            CollectedValue.round == slug,
            CollectedValue.body == body,
            CollectedValue.state == ValueState.HANDED_IN,
        )
        .order_by(CollectedValue.indicator)
    ).all()
    rows = [_checked_row(session, slug, body, indicator, actor, now) for indicator in waiting]
    if rows:
        _accept(session, slug, body, rows, actor, now)
    return len(rows)


def settle_value(
    session: Session,
    *,
    slug: str,
    body: str,
    indicator: str,
    entry: Entry,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Accept a value with a change: the figure will state it, with the reason as its public note.

    What the body handed in is published beside it. Raises as `accept_value`, and EntryRefused.
    """
    if not reason.strip():
        raise EntryRefused(
            N_("Say why the office changes the value."),
            {"reason": Message(N_("Everybody reads the reason beside the figure."))},
        )
    row = _checked_row(session, slug, body, indicator, actor, now)
    changed = Entry(**{**entry.stored, "note": reason.strip(), "explanation": None})
    wrong = faults(changed, Asked(**row.asked))
    if wrong:
        raise EntryRefused(N_("Some of what you entered cannot be used."), wrong)
    row.settled = with_target(changed, Asked(**row.asked)).stored
    add_remark(session, row, RemarkKind.CHANGE, reason, actor=actor, now=now)
    _accept(session, slug, body, [row], actor, now)


def _send_back(
    session: Session,
    slug: str,
    body: str,
    indicator: str,
    kind: RemarkKind,
    text: str,
    actor: Actor,
    now: datetime,
) -> None:
    row = _checked_row(session, slug, body, indicator, actor, now)
    row.state = moved(ValueState(row.state), kind.value)
    row.settled = row.verified_by = row.verified_at = None
    add_remark(session, row, kind, text, actor=actor, now=now)
    found = session.get(BodyReturn, (slug, body), with_for_update=True)
    if found is not None and found.state == ReturnState.HANDED_IN:
        found.state = ReturnState.OPEN
    session.flush()
    _after(session, slug, body)
    ask_body(session, open_row(session, slug), body, now=now)
    _note(session, f"publishing.{kind.value}-value", slug, body, [row], actor, now)


def _accept(
    session: Session,
    slug: str,
    body: str,
    rows: Sequence[CollectedValue],
    actor: Actor,
    now: datetime,
) -> None:
    period = open_row(session, slug).period
    for row in rows:
        row.state = moved(ValueState(row.state), "accept")
        row.verified_by, row.verified_at = actor.person_id, now
    session.flush()
    connect_to_figures(
        session,
        person_id=actor.person_id,
        body_code=body,
        period=period,
        indicators=[row.indicator for row in rows],
        kind=ConnectionKind.VERIFIED,
        now=now,
    )
    _after(session, slug, body)
    _note(session, "publishing.accept-value", slug, body, rows, actor, now)


def _checked_row(
    session: Session, slug: str, body: str, indicator: str, actor: Actor, now: datetime
) -> CollectedValue:
    """The value, if this person may check it and no release holds it."""
    _require_office(session, slug, actor)
    row = session.get(CollectedValue, (slug, body, indicator), with_for_update=True)
    if row is None:
        raise no_such_return()
    require_verifier(
        actor.person_id,
        employed=body in employers_of(session, person_id=actor.person_id, at=now),
        handled_by=handlers_of(session, slug, body, indicator),
    )
    if row.release is not None:
        moved(ValueState.RELEASED, "accept")
    return row


def _require_office(session: Session, slug: str, actor: Actor) -> CollectionRound:
    actor.require(PublishingPermission.COLLECT)
    return open_row(session, slug)


def _after(session: Session, slug: str, body: str) -> None:
    """The office's duty is done when nothing waits for it."""
    waits = session.scalar(
        select(CollectedValue.indicator)
        .where(
            CollectedValue.round == slug,
            CollectedValue.body == body,
            CollectedValue.state == ValueState.HANDED_IN,
        )
        .limit(1)
    )
    if waits is None:
        duties.close_duty(session, kind=CHECK, subject=f"round:{slug}/{body}")


def _note(
    session: Session,
    act: str,
    slug: str,
    body: str,
    rows: Sequence[CollectedValue],
    actor: Actor,
    now: datetime,
) -> None:
    for row in rows:
        subject, details = f"round:{slug}/{body}", {"indicator": row.indicator}
        record(session, actor=actor, act=act, subject=subject, details=details, now=now)
