"""Early access to a release: who may see it up to a day before its time, and who did.

The list is put forward by one person and approved by another; offices and reasons are published with it,
people's names are not. Every look is kept; how many there were is published after the release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.queries import get_person
from portal.audit.services import record
from portal.duties.queries import get_proposal
from portal.duties.services import countersign, decline, propose
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_, message
from portal.foundation.ids import new_id
from portal.publishing.calendar import EARLIEST_ACCESS, CalendarState, Reader
from portal.publishing.errors import CalendarRefused, NoSuchRelease
from portal.publishing.models import EarlyReader, PreviewView, ReleasePlan, ScheduledRelease
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.acts import propose_act
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import statements_standing
from portal.publishing.values import ActKind, Statement, cite

PROPOSAL = "publishing.early-access"
WITHIN = timedelta(days=7)
SYSTEM = Actor.system()


def propose_readers(
    session: Session, *, slug: str, readers: Sequence[Reader], actor: Actor, now: datetime
) -> Proposal:
    """Put the whole list of a release forward; an empty one takes early access away.

    Raises Forbidden, NoSuchRelease, NoSuchPerson, CalendarRefused, AlreadyProposed.
    """
    actor.require(PublishingPermission.PREPARE)
    _open_plan(session, slug)
    for reader in readers:
        get_person(session, reader.person_id)
        if not reader.office.strip() or not reader.reason.strip():
            refusal = message(N_("Give each person's office and why it must see the release early."))
            raise CalendarRefused(refusal, {"office": refusal})
    listed = [vars(reader) for reader in readers]
    proposal = propose(
        session,
        kind=PROPOSAL,
        subject=f"release:{slug}",
        title=message(N_("Early access to the release {slug}"), slug=slug),
        address=f"/desk/calendar/{slug}/access",
        payload={"slug": slug, "readers": listed},
        reason="",
        actor=actor,
        permission=PublishingPermission.PUBLISH,
        due_at=now + WITHIN,
        now=now,
    )
    _note(session, "propose-access", slug, {"proposal": proposal.id}, actor, now)
    return proposal


def approve_readers(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Put a list into force that somebody else put forward, and publish it; returns the act's id."""
    actor.require(PublishingPermission.PUBLISH)
    proposal = get_proposal(session, proposal_id, actor=actor, now=now)
    slug, readers = pending_readers(proposal)
    _open_plan(session, slug)
    countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    session.execute(delete(EarlyReader).where(EarlyReader.slug == slug))
    for reader in readers:
        session.add(
            EarlyReader(
                id=new_id(),
                slug=slug,
                person_id=reader.person_id,
                office_digest=salt_text(session, reader.office.strip()),
                reason_digest=salt_text(session, reader.reason.strip()),
                since=now,
            )
        )
    session.flush()
    act_id = propose_act(
        session,
        kind=ActKind.CALENDAR,
        statements=[_statement(session, slug, views=None)],
        proposed_by=proposal.proposer_id,
        approved_by=actor.person_id,
        now=now,
    )
    _note(session, "approve-access", slug, {"act": act_id}, actor, now)
    return act_id


def decline_readers(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Refuse a list, or take one's own back."""
    slug, _ = pending_readers(get_proposal(session, proposal_id, actor=actor, now=now))
    decline(session, proposal_id=proposal_id, actor=actor, now=now)
    _note(session, "decline-access", slug, {"proposal": proposal_id}, actor, now)


def pending_readers(proposal: Proposal) -> tuple[str, tuple[Reader, ...]]:
    """The release and the list of a proposal. Raises ValueError for one of another kind."""
    if proposal.kind != PROPOSAL:
        raise ValueError(f"{proposal.kind} is no list of readers")
    return proposal.payload["slug"], tuple(Reader(**one) for one in proposal.payload["readers"])


def look_early(session: Session, *, slug: str, actor: Actor, now: datetime) -> datetime:
    """Take note that `actor` looks at a release before its time, which is returned.

    Raises NoSuchRelease for whoever is not on the list (there is nothing to see), and Forbidden before the
    last day, or while it is not approved.
    """
    reader = select(EarlyReader.id).where(EarlyReader.slug == slug, EarlyReader.person_id == actor.person_id)
    plan = session.get(ReleasePlan, slug)
    if plan is None or session.scalar(reader.limit(1)) is None:
        raise _nothing(slug)
    if plan.state != CalendarState.CONFIRMED or plan.at is None or session.get(ScheduledRelease, slug) is None:
        raise Forbidden(N_("This release is not approved yet, so there is nothing to see."))
    if now < plan.at - EARLIEST_ACCESS:
        opens = plan.at - EARLIEST_ACCESS
        raise Forbidden(message(N_("This release can be seen from {opens} on."), opens=opens))
    session.add(PreviewView(id=new_id(), slug=slug, person_id=actor.person_id, at=now))
    _note(session, "preview", slug, {}, actor, now)
    return plan.at


def tell_views(portal: Portal) -> None:
    """Publish how often each published release was seen early, once."""
    with portal.database.read() as session:
        slugs = session.scalars(
            select(ReleasePlan.slug)
            .where(ReleasePlan.state == CalendarState.PUBLISHED)
            .where(ReleasePlan.slug.in_(select(EarlyReader.slug)))
        ).all()
        told = statements_standing(session, "access", slugs)
        open_slugs = [slug for slug in slugs if slug in told and told[slug]["views"] is None]
    for slug in open_slugs:
        with portal.database.write() as session:
            views = session.scalar(select(func.count(PreviewView.id)).where(PreviewView.slug == slug)) or 0
            propose_act(
                session,
                kind=ActKind.CALENDAR,
                statements=[_statement(session, slug, views=views)],
                proposed_by=SYSTEM.person_id,
                approved_by=None,
                now=portal.clock.now(),
                act_id=None,
            )


def _statement(session: Session, slug: str, *, views: int | None) -> Statement:
    """Offices and reasons in the order of their digests, which says nothing about the people."""
    readers = session.scalars(select(EarlyReader).where(EarlyReader.slug == slug))
    listed: list[Mapping[str, Any]] = [
        {"office": cite(one.office_digest), "reason": cite(one.reason_digest)} for one in readers
    ]
    listed.sort(key=lambda one: one["office"]["digest"])
    hours = int(EARLIEST_ACCESS.total_seconds() // 3600)
    return {"t": "access", "slug": slug, "hours": hours, "list": listed, "views": views}


def _open_plan(session: Session, slug: str) -> ReleasePlan:
    plan = session.get(ReleasePlan, slug, with_for_update=True)
    if plan is None:
        raise _nothing(slug)
    if plan.state not in (CalendarState.PROVISIONAL, CalendarState.CONFIRMED):
        raise CalendarRefused(N_("Early access is settled before a release is published, not after."))
    return plan


def _nothing(slug: str) -> NoSuchRelease:
    return NoSuchRelease(message(N_("The calendar has no release with the code {slug}."), slug=slug))


def _note(session: Session, act: str, slug: str, details: dict[str, str], actor: Actor, now: datetime) -> None:
    name = f"publishing.calendar-{act}"
    record(session, actor=actor, act=name, subject=f"release:{slug}", details=details, now=now)
