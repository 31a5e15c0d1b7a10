"""Publication at a set time: what two people approved before becomes public at its moment, to the second.

Everything that takes long is done ahead: statements and chunks are written, the chunks lie in the log's
store, every half minute it is checked that nothing overtook the release, and shortly before it its pages are
drawn (`foreseeing`). At the moment itself the act is
handed to the appender, which makes it public in one small commit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.duties.services import open_duty
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.i18n import N_, message
from portal.foundation.jobs import enqueue
from portal.publishing.calendar import CalendarState
from portal.publishing.models import ReleaseDraft, ReleasePlan, ScheduledRelease
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.acts import propose_act, release_act
from portal.publishing.services.appender import Reveal, append_waiting
from portal.publishing.services.collected import mark_released
from portal.publishing.services.marked import marked_in
from portal.publishing.standing import hold_still, newest_edition, overtaken, statements_standing
from portal.publishing.values import ActKind, ReleaseState

MAKE_READY = "publishing.make-ready"
"""The job that flushes a scheduled act's chunks to the store, with its id as `act`."""
STOPPED = "publishing.stopped"
MISSED_AFTER = timedelta(minutes=1)

log = structlog.get_logger()


def schedule(session: Session, row: ReleaseDraft, *, approved_by: str, now: datetime) -> None:
    """Let an approved release wait for the time of its plan; the caller has checked both."""
    edition = newest_edition(session)
    session.add(ScheduledRelease(slug=row.slug, approved_by=approved_by, approved_at=now, checked_edition=edition))
    session.flush()
    enqueue(session, MAKE_READY, {"act": row.act_id}, due_at=now)


def unschedule(session: Session, row: ReleaseDraft) -> None:
    """The release is a draft again, and needs both people once more. Nothing happens when it is not waiting."""
    waiting = session.get(ScheduledRelease, row.slug)
    if waiting is None:
        return
    session.delete(waiting)
    row.state, row.proposal_id = ReleaseState.DRAFT, None
    session.flush()


def hand_over(session: Session, row: ReleaseDraft, *, approved_by: str, now: datetime) -> None:
    """Give a release to the appender; from now on nothing can stop it."""
    release_act(session, act_id=row.act_id, approved_by=approved_by, now=now)
    row.state = ReleaseState.PUBLISHED
    mark_released(session, release=row.slug)
    plan = session.get(ReleasePlan, row.slug)
    if plan is not None:
        plan.state = CalendarState.PUBLISHED
    session.flush()


def next_due(portal: Portal) -> datetime | None:
    """When the next approved release is to be published."""
    with portal.database.read() as session:
        return session.scalar(
            select(func.min(ReleasePlan.at)).join(ScheduledRelease, ScheduledRelease.slug == ReleasePlan.slug)
        )


def publish_due(portal: Portal, reveal: Reveal | None = None) -> None:
    """Publish every approved release whose time has come."""
    now = portal.clock.now()
    with portal.database.read() as session:
        due = session.scalars(
            select(ScheduledRelease.slug)
            .join(ReleasePlan, ReleasePlan.slug == ScheduledRelease.slug)
            .where(ReleasePlan.at <= now)
            .order_by(ReleasePlan.at)
        ).all()
    for slug in due:
        with portal.database.write() as session:
            _publish(session, slug, now)
    append_waiting(portal, reveal)


def check_scheduled(portal: Portal) -> None:
    """Find out ahead of its time whether another act overtook a scheduled release, and say so to its makers."""
    with portal.database.read() as session:
        edition = newest_edition(session)
        slugs = session.scalars(
            select(ScheduledRelease.slug).where(ScheduledRelease.checked_edition < edition)
        ).all()
    for slug in slugs:
        with portal.database.write() as session:
            _check(session, slug, edition, portal.clock.now())


def tell_missed(portal: Portal) -> None:
    """Publish, once, that a confirmed time passed without its release: a promise is not dropped in silence."""
    now = portal.clock.now()
    with portal.database.read() as session:
        late = select(ReleasePlan.slug).where(
            ReleasePlan.state == CalendarState.CONFIRMED,
            ReleasePlan.at <= now - MISSED_AFTER,
            ReleasePlan.slug.not_in(select(ScheduledRelease.slug)),
        )
        told = statements_standing(session, "calendar", session.scalars(late).all())
    for slug in sorted(slug for slug, said in told.items() if not said.get("missed")):
        with portal.database.write() as session:
            propose_act(
                session,
                kind=ActKind.CALENDAR,
                statements=[{**told[slug], "reason": None, "missed": True}],
                proposed_by=Actor.system().person_id,
                approved_by=None,
                now=now,
            )
            subject = f"release:{slug}"
            record(session, actor=Actor.system(), act="publishing.calendar-missed", subject=subject, now=now)


def _publish(session: Session, slug: str, now: datetime) -> None:
    """Publish one, if nobody moved, stopped or published it since it was found due."""
    plan = session.get(ReleasePlan, slug, with_for_update=True)
    row = session.get(ReleaseDraft, slug, with_for_update=True)
    waiting = session.get(ScheduledRelease, slug)
    if plan is None or row is None or waiting is None or plan.at is None or plan.at > now:
        return
    hold_still(session)
    if _was_stopped(session, row, waiting, now):
        return
    session.delete(waiting)
    hand_over(session, row, approved_by=waiting.approved_by, now=now)
    _note(session, "publishing.publish-on-time", row, now)


def _check(session: Session, slug: str, edition: int, now: datetime) -> None:
    waiting, row = session.get(ScheduledRelease, slug), session.get(ReleaseDraft, slug)
    if waiting is None or row is None:
        return
    hold_still(session)
    if not _was_stopped(session, row, waiting, now):
        waiting.checked_edition = edition


def _was_stopped(session: Session, row: ReleaseDraft, waiting: ScheduledRelease, now: datetime) -> bool:
    """Stop it where what it states was published by another act, or unconnected people marked a figure of it."""
    if overtaken(session, row.act_id, waiting.checked_edition):
        why = N_("The release {slug} cannot be published as approved: its figures were published otherwise")
        _stop(session, row, why, "publishing.stop-overtaken", now)
        return True
    if marked_in(session, row.act_id):
        why = N_("The release {slug} cannot be published as approved: one of its figures is marked by now")
        _stop(session, row, why, "publishing.stop-marked", now)
        return True
    return False


def _stop(session: Session, row: ReleaseDraft, why: str, act: str, now: datetime) -> None:
    """It goes back to whoever prepares releases."""
    log.error("scheduled release stopped", release=row.slug)
    unschedule(session, row)
    open_duty(
        session,
        kind=STOPPED,
        subject=f"release:{row.slug}",
        title=message(why, slug=row.slug),
        address=f"/desk/releases/{row.slug}",
        permission=PublishingPermission.PREPARE,
        due_at=now,
        now=now,
    )
    _note(session, act, row, now)


def _note(session: Session, act: str, row: ReleaseDraft, now: datetime) -> None:
    details = {"act": row.act_id}
    record(session, actor=Actor.system(), act=act, subject=f"release:{row.slug}", details=details, now=now)
