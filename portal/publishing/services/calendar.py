"""Acts on the release calendar. Each is published at once: the calendar is itself a part of the log.

A provisional date is announced and changed by one person; an exact time is confirmed and moved, and a
release cancelled, by two. Rules and transitions are in `publishing.calendar`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.duties.queries import get_proposal
from portal.duties.services import countersign, decline, propose
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Names, message
from portal.publishing.calendar import (
    CalendarState,
    When,
    require_ahead,
    require_reason,
    require_transition,
)
from portal.publishing.errors import CalendarRefused, NoSuchRelease, ReleaseTaken
from portal.publishing.models import ReleaseDraft, ReleasePlan
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.acts import propose_act
from portal.publishing.services.texts import salt_text
from portal.publishing.services.timing import unschedule
from portal.publishing.standing import hold_still, statements_standing
from portal.publishing.values import ActKind, Statement, cite

PROPOSAL = "publishing.calendar"
WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class PlanFacts:
    """What the calendar says of a release besides its date. `follows` is the release before it in its series."""

    names: Names
    period: str | None
    holds: Names
    contact: str
    follows: str | None = None


@dataclass(frozen=True)
class PendingDate:
    """A change of the calendar that waits for its second person."""

    proposal_id: str
    slug: str
    state: CalendarState
    at: datetime | None
    reason: str


def announce(session: Session, *, slug: str, facts: PlanFacts, when: When, actor: Actor, now: datetime) -> str:
    """Announce a release for a month or a day; returns the act's id.

    Raises Forbidden, ReleaseTaken, CalendarRefused.
    """
    actor.require(PublishingPermission.PREPARE)
    if session.get(ReleasePlan, slug) is not None or statements_standing(session, "release", [slug]):
        raise ReleaseTaken(message(N_("There is already a release with the code {slug}."), slug=slug))
    _require_provisional(when, now)
    row = ReleasePlan(
        slug=slug,
        state=CalendarState.PROVISIONAL,
        day=when.text,
        at=None,
        sequence=0,
        made_by=actor.person_id,
        made_at=now,
        **_columns(facts),
    )
    session.add(row)
    session.flush()
    return _publish(session, row, reason="", proposed_by=actor.person_id, actor=actor, now=now, act="announce")


def revise(session: Session, *, slug: str, facts: PlanFacts, when: When, actor: Actor, now: datetime) -> str:
    """Change what is announced while the date is provisional.

    Raises Forbidden, NoSuchRelease, ReleaseNotOpen, CalendarRefused.
    """
    actor.require(PublishingPermission.PREPARE)
    row = _row(session, slug)
    require_transition(CalendarState(row.state), CalendarState.PROVISIONAL)
    _require_provisional(when, now)
    row.day = when.text
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    row.sequence += 1
    return _publish(session, row, reason="", proposed_by=actor.person_id, actor=actor, now=now, act="revise")


def propose_date(
    session: Session,
    *,
    slug: str,
    state: CalendarState,
    at: datetime | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Put forward that a release is confirmed for `at`, moved to it, or cancelled. `reason` is published.

    Raises Forbidden, NoSuchRelease, ReleaseNotOpen, CalendarRefused, AlreadyProposed.
    """
    actor.require(PublishingPermission.PREPARE)
    row = _row(session, slug)
    _require_change(row, state, at, reason, now)
    proposal = propose(
        session,
        kind=PROPOSAL,
        subject=f"release:{slug}",
        title=message(_TITLES[state], slug=slug),
        address=f"/desk/calendar/{slug}",
        payload={
            "slug": slug,
            "state": state.value,
            "at": None if at is None else When.exactly(at).text,
            "reason": reason,
            "sequence": row.sequence,
        },
        reason=reason,
        actor=actor,
        permission=PublishingPermission.PUBLISH,
        due_at=now + WITHIN,
        now=now,
    )
    _note(session, "propose-date", slug, {"proposal": proposal.id}, actor, now)
    return proposal


def approve_date(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Publish a change of the calendar that somebody else put forward; returns the act's id.

    Raises Forbidden, NoSuchProposal, OwnProposal, AlreadyDecided, ReleaseNotOpen, CalendarRefused.
    """
    actor.require(PublishingPermission.PUBLISH)
    proposal = get_proposal(session, proposal_id, actor=actor, now=now)
    pending = pending_date(proposal)
    row = _row(session, pending.slug)
    hold_still(session)
    _require_change(row, pending.state, pending.at, pending.reason, now)
    countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    row.state, row.sequence = pending.state, row.sequence + 1
    if pending.state is CalendarState.CANCELLED:
        _take_back(session, pending.slug)
    else:
        row.at = pending.at
    return _publish(
        session,
        row,
        reason=pending.reason,
        proposed_by=proposal.proposer_id,
        approved_by=actor.person_id,
        actor=actor,
        now=now,
        act="approve-date",
    )


def decline_date(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Refuse a change of the calendar, or take one's own back."""
    pending = pending_date(get_proposal(session, proposal_id, actor=actor, now=now))
    decline(session, proposal_id=proposal_id, actor=actor, now=now)
    _note(session, "decline-date", pending.slug, {"proposal": proposal_id}, actor, now)


def pending_date(proposal: Proposal) -> PendingDate:
    """What a proposal of this kind proposes. Raises ValueError for one of another kind."""
    if proposal.kind != PROPOSAL:
        raise ValueError(f"{proposal.kind} is no change of the calendar")
    payload = proposal.payload
    at = When(payload["at"]).at if payload["at"] else None
    return PendingDate(proposal.id, payload["slug"], CalendarState(payload["state"]), at, payload["reason"])


_TITLES = {
    CalendarState.CONFIRMED: N_("Confirm the time of the release {slug}"),
    CalendarState.CANCELLED: N_("Cancel the release {slug}"),
}


def _require_change(
    row: ReleasePlan, state: CalendarState, at: datetime | None, reason: str, now: datetime
) -> None:
    old = CalendarState(row.state)
    if state not in _TITLES:
        raise CalendarRefused(N_("A release is published by its two people, not through the calendar."))
    require_transition(old, state)
    if state is CalendarState.CONFIRMED:
        if at is None or at.second or at.microsecond:
            refusal = message(N_("Enter the day and the time, to the minute."))
            raise CalendarRefused(refusal, {"at": refusal})
        if at <= now:
            refusal = message(N_("Choose a time that is still to come."))
            raise CalendarRefused(refusal, {"at": refusal})
        if at == row.at:
            refusal = message(N_("It is confirmed for that very time already."))
            raise CalendarRefused(refusal, {"at": refusal})
    require_reason(old, state, at, reason, now)


def _require_provisional(when: When, now: datetime) -> None:
    if when.at is not None:
        refusal = message(N_("Enter a month or a day; the exact time is confirmed later."))
        raise CalendarRefused(refusal, {"when": refusal})
    require_ahead(when, now)


def _take_back(session: Session, slug: str) -> None:
    """A cancelled release that waited for its time is a draft again."""
    draft = session.get(ReleaseDraft, slug, with_for_update=True)
    if draft is not None:
        unschedule(session, draft)


def _publish(
    session: Session,
    row: ReleasePlan,
    *,
    reason: str,
    proposed_by: str,
    actor: Actor,
    now: datetime,
    act: str,
    approved_by: str | None = None,
) -> str:
    digest = salt_text(session, reason.strip()) if reason.strip() else None
    session.flush()
    act_id = propose_act(
        session,
        kind=ActKind.CALENDAR,
        statements=[calendar_statement(row, digest)],
        proposed_by=proposed_by,
        approved_by=approved_by,
        now=now,
    )
    _note(session, act, row.slug, {"act": act_id, "state": row.state}, actor, now)
    return act_id


def calendar_statement(row: ReleasePlan, reason_digest: str | None) -> Statement:
    when = row.day if row.at is None else When.exactly(row.at).text
    return {
        "t": "calendar",
        "slug": row.slug,
        "names": dict(row.names),
        "period": row.period,
        "holds": dict(row.holds),
        "contact": row.contact,
        "state": str(row.state),
        "when": when,
        "sequence": row.sequence,
        "follows": row.follows,
        "reason": None if reason_digest is None else cite(reason_digest),
    }


def _columns(facts: PlanFacts) -> dict[str, object]:
    if not facts.names:
        refusal = message(N_("Enter a name for the release in at least one language."))
        raise CalendarRefused(refusal, {"title_en": refusal})
    return {
        "names": dict(facts.names),
        "period": facts.period or None,
        "holds": dict(facts.holds),
        "contact": facts.contact,
        "follows": facts.follows or None,
    }


def _row(session: Session, slug: str) -> ReleasePlan:
    row = session.get(ReleasePlan, slug, with_for_update=True)
    if row is None:
        raise NoSuchRelease(message(N_("The calendar has no release with the code {slug}."), slug=slug))
    return row


def _note(session: Session, act: str, slug: str, details: dict[str, str], actor: Actor, now: datetime) -> None:
    name = f"publishing.calendar-{act}"
    record(session, actor=actor, act=name, subject=f"release:{slug}", details=details, now=now)
