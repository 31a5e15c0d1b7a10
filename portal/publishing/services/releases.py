"""Releases: prepared by one person, published by another.

A draft (made by an import) is put forward by a person who may prepare, and published by another who may
publish. Publishing hands its staged act to the appender; from then on nothing can stop or change it. A
release whose time the calendar has confirmed waits for that time once both have signed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.duties.services import countersign, decline, propose
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.calendar import CalendarState
from portal.publishing.errors import Overtaken, ReleaseNotOpen
from portal.publishing.models import ReleaseDraft, ReleasePlan
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.drafts import no_such_release, state_of
from portal.publishing.services.acts import discard_act
from portal.publishing.services.collected import let_go
from portal.publishing.services.imports import connect_all
from portal.publishing.services.marked import require_act_unmarked
from portal.publishing.services.reviews import forget_review
from portal.publishing.services.timing import hand_over, schedule, unschedule
from portal.publishing.standing import hold_still, overtaken
from portal.publishing.values import ReleaseState

PROPOSAL = "publishing.release"
WITHIN = timedelta(days=7)


def prepare_release(session: Session, *, slug: str, reason: str = "", actor: Actor, now: datetime) -> str:
    """Put a draft forward for publication by somebody else; returns the proposal's id.

    Raises Forbidden, NoSuchRelease, ReleaseNotOpen, Overtaken, MarkGuarded.
    """
    actor.require(PublishingPermission.PREPARE)
    row = _row(session, slug)
    _require(session, row, ReleaseState.DRAFT)
    _require_current(session, row)
    require_act_unmarked(session, row.act_id)
    proposal = propose(
        session,
        kind=PROPOSAL,
        subject=f"release:{slug}",
        title=message(N_("Publish the release {slug}"), slug=slug),
        address=f"/desk/releases/{slug}",
        payload={"slug": slug, "act": row.act_id},
        reason=reason,
        actor=actor,
        permission=PublishingPermission.PUBLISH,
        due_at=now + WITHIN,
        now=now,
    )
    row.state, row.proposal_id = ReleaseState.PROPOSED, proposal.id
    connect_all(session, row.bodies, actor, ConnectionKind.ENTERED, now)
    _note(session, "publishing.prepare", row, actor, now)
    return proposal.id


def publish_release(session: Session, *, slug: str, actor: Actor, now: datetime) -> str:
    """Publish what another person put forward; returns the id of the act, which the appender takes next, or at
    the confirmed time of the calendar when that is still to come.

    Raises Forbidden, NoSuchRelease, ReleaseNotOpen, Overtaken, MarkGuarded where unconnected people marked one of
    its figures, and OwnProposal to whoever prepared it.
    """
    actor.require(PublishingPermission.PUBLISH)
    row = _row(session, slug)
    _require(session, row, ReleaseState.PROPOSED)
    at = _planned_time(session, slug)
    if row.counts.get("corrected") or row.counts.get("withdrawn"):
        actor.require(PublishingPermission.APPROVE_CORRECTION)
    hold_still(session)
    _require_current(session, row)
    require_act_unmarked(session, row.act_id)
    countersign(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    if at is not None and at > now:
        schedule(session, row, approved_by=actor.person_id, now=now)
    else:
        hand_over(session, row, approved_by=actor.person_id, now=now)
    connect_all(session, row.bodies, actor, ConnectionKind.SIGNED, now)
    _note(session, "publishing.schedule" if at is not None and at > now else "publishing.publish", row, actor, now)
    return row.act_id


def stop_release(session: Session, *, slug: str, actor: Actor, now: datetime) -> None:
    """Take back what waits for its time: it is a draft again. One person is enough to keep something unpublished.

    Raises Forbidden, NoSuchRelease, ReleaseNotOpen.
    """
    if not actor.may(PublishingPermission.PUBLISH):
        actor.require(PublishingPermission.PREPARE)
    row = _row(session, slug)
    _require(session, row, ReleaseState.SCHEDULED)
    unschedule(session, row)
    _note(session, "publishing.stop", row, actor, now)


def return_release(session: Session, *, slug: str, actor: Actor, now: datetime) -> None:
    """Decline to publish, or take one's own proposal back: the release is a draft again."""
    row = _row(session, slug)
    _require(session, row, ReleaseState.PROPOSED)
    decline(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    row.state, row.proposal_id = ReleaseState.DRAFT, None
    _note(session, "publishing.return", row, actor, now)


def discard_release(session: Session, *, slug: str, actor: Actor, now: datetime) -> None:
    """Throw a draft away with all it staged; the register keeps what the import added to it."""
    actor.require(PublishingPermission.PREPARE)
    row = _row(session, slug)
    _require(session, row, ReleaseState.DRAFT)
    _note(session, "publishing.discard", row, actor, now)
    act_id = row.act_id
    let_go(session, release=slug)
    forget_review(session, slug)
    session.delete(row)
    session.flush()
    discard_act(session, act_id=act_id)


def _row(session: Session, slug: str) -> ReleaseDraft:
    """The draft, locked against a second act on it at the same moment."""
    row = session.get(ReleaseDraft, slug, with_for_update=True)
    if row is None:
        raise no_such_release(slug)
    return row


def _require(session: Session, row: ReleaseDraft, state: ReleaseState) -> None:
    found = state_of(session, row)
    if found is not state:
        raise ReleaseNotOpen(
            message(N_("This release is {state}, so this can no longer be done."), state=found.value)
        )


def _planned_time(session: Session, slug: str) -> datetime | None:
    """The confirmed time of a release; None when the calendar does not have it.

    Raises ReleaseNotOpen while its time is not confirmed, or when it was cancelled.
    """
    plan = session.get(ReleasePlan, slug, with_for_update=True)
    if plan is None:
        return None
    if plan.state != CalendarState.CONFIRMED:
        raise ReleaseNotOpen(
            N_("The calendar has no confirmed time for this release. Confirm its time, then publish it.")
        )
    return plan.at


def _require_current(session: Session, row: ReleaseDraft) -> None:
    if overtaken(session, row.act_id, row.base_edition):
        raise Overtaken(
            N_("Figures in this release have been published since it was prepared. Discard it and import again.")
        )


def _note(session: Session, act: str, row: ReleaseDraft, actor: Actor, now: datetime) -> None:
    details = {"act": row.act_id}
    record(session, actor=actor, act=act, subject=f"release:{row.slug}", details=details, now=now)
