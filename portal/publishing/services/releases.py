"""Releases: prepared by one person, published by another.

A draft (made by an import) is put forward by a person who may prepare, and published by another who may
publish. Publishing hands its staged act to the appender; from then on nothing can stop or change it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.duties.services import countersign, decline, propose
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.errors import Overtaken, ReleaseNotOpen
from portal.publishing.models import ReleaseDraft
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.drafts import no_such_release
from portal.publishing.services.acts import discard_act, release_act
from portal.publishing.services.collected import let_go, mark_released
from portal.publishing.services.imports import connect_all
from portal.publishing.standing import hold_still, overtaken
from portal.publishing.values import ReleaseState

PROPOSAL = "publishing.release"
WITHIN = timedelta(days=7)


def prepare_release(session: Session, *, slug: str, reason: str = "", actor: Actor, now: datetime) -> str:
    """Put a draft forward for publication by somebody else; returns the proposal's id.

    Raises Forbidden, NoSuchRelease, ReleaseNotOpen, Overtaken.
    """
    actor.require(PublishingPermission.PREPARE)
    row = _row(session, slug)
    _require(row, ReleaseState.DRAFT)
    _require_current(session, row)
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
    """Publish what another person put forward; returns the id of the act, which the appender takes next.

    Raises Forbidden, NoSuchRelease, ReleaseNotOpen, Overtaken, and OwnProposal to whoever prepared it.
    """
    actor.require(PublishingPermission.PUBLISH)
    row = _row(session, slug)
    _require(row, ReleaseState.PROPOSED)
    hold_still(session)
    _require_current(session, row)
    countersign(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    release_act(session, act_id=row.act_id, approved_by=actor.person_id, now=now)
    row.state = ReleaseState.PUBLISHED
    mark_released(session, release=slug)
    connect_all(session, row.bodies, actor, ConnectionKind.SIGNED, now)
    _note(session, "publishing.publish", row, actor, now)
    return row.act_id


def return_release(session: Session, *, slug: str, actor: Actor, now: datetime) -> None:
    """Decline to publish, or take one's own proposal back: the release is a draft again."""
    row = _row(session, slug)
    _require(row, ReleaseState.PROPOSED)
    decline(session, proposal_id=row.proposal_id or "", actor=actor, now=now)
    row.state, row.proposal_id = ReleaseState.DRAFT, None
    _note(session, "publishing.return", row, actor, now)


def discard_release(session: Session, *, slug: str, actor: Actor, now: datetime) -> None:
    """Throw a draft away with all it staged; the register keeps what the import added to it."""
    actor.require(PublishingPermission.PREPARE)
    row = _row(session, slug)
    _require(row, ReleaseState.DRAFT)
    _note(session, "publishing.discard", row, actor, now)
    act_id = row.act_id
    let_go(session, release=slug)
    session.delete(row)
    session.flush()
    discard_act(session, act_id=act_id)


def _row(session: Session, slug: str) -> ReleaseDraft:
    """The draft, locked against a second act on it at the same moment."""
    row = session.get(ReleaseDraft, slug, with_for_update=True)
    if row is None:
        raise no_such_release(slug)
    return row


def _require(row: ReleaseDraft, state: ReleaseState) -> None:
    if row.state != state:
        raise ReleaseNotOpen(
            message(N_("This release is {state}, so this can no longer be done."), state=row.state)
        )


def _require_current(session: Session, row: ReleaseDraft) -> None:
    if overtaken(session, row.act_id, row.base_edition):
        raise Overtaken(
            N_("Figures in this release have been published since it was prepared. Discard it and import again.")
        )


def _note(session: Session, act: str, row: ReleaseDraft, actor: Actor, now: datetime) -> None:
    details = {"act": row.act_id}
    record(session, actor=actor, act=act, subject=f"release:{row.slug}", details=details, now=now)
