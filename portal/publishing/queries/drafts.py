"""Releases as the desk sees them, in whichever state. Nothing here is public."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from portal.foundation.i18n import N_, message
from portal.publishing.errors import NoSuchRelease
from portal.publishing.models import Act, FigureVersion, ReleaseDraft, ScheduledRelease
from portal.publishing.values import DraftedFigure, DraftedRelease, FigureKey, ReleaseState


def find_draft(session: Session, slug: str) -> DraftedRelease | None:
    """A release as the desk sees it, in whichever state."""
    row = session.get(ReleaseDraft, slug)
    return None if row is None else _value(session, row)


def get_draft(session: Session, slug: str) -> DraftedRelease:
    """Raises NoSuchRelease."""
    draft = find_draft(session, slug)
    if draft is None:
        raise no_such_release(slug)
    return draft


def list_drafts(session: Session) -> tuple[DraftedRelease, ...]:
    """Every release made here, the latest draft first."""
    query = select(ReleaseDraft).order_by(ReleaseDraft.drafted_at.desc(), ReleaseDraft.slug)
    return tuple(_value(session, row) for row in session.scalars(query))


def drafted_figures(
    session: Session, act_id: str, *, limit: int = 100, offset: int = 0
) -> tuple[DraftedFigure, ...]:
    """The first figures an act of a release states."""
    query = (
        select(FigureVersion)
        .where(FigureVersion.act_id == act_id)
        .order_by(FigureVersion.position)
        .limit(limit)
        .offset(offset)
    )
    return tuple(_drafted(row) for row in session.scalars(query))


def drafted_changes(
    session: Session, act_id: str, *, limit: int = 100
) -> tuple[tuple[DraftedFigure, DraftedFigure], ...]:
    """The first figures of a draft that replace a published version: that version, and what follows it."""
    old, before = aliased(FigureVersion), aliased(Act)
    query = (
        select(old, FigureVersion)
        .join(before, before.edition == FigureVersion.replaces)
        .join(
            old,
            and_(
                old.act_id == before.id,
                old.body == FigureVersion.body,
                old.indicator == FigureVersion.indicator,
                old.period == FigureVersion.period,
            ),
        )
        .where(FigureVersion.act_id == act_id)
        .order_by(FigureVersion.position)
        .limit(limit)
    )
    return tuple((_drafted(one), _drafted(other)) for one, other in session.execute(query))


def _drafted(row: FigureVersion) -> DraftedFigure:
    return DraftedFigure(
        key=FigureKey(row.body, row.indicator, row.period),
        target=row.target,
        actual=row.actual,
        obs_status=row.obs_status,
        replaces=row.replaces,
    )


def no_such_release(slug: str) -> NoSuchRelease:
    """The error that says so."""
    return NoSuchRelease(message(N_("There is no release with the code {slug}."), slug=slug))


def state_of(session: Session, row: ReleaseDraft) -> ReleaseState:
    """Where a release stands; one that both people signed waits for its time until it is handed over."""
    if row.state == ReleaseState.PROPOSED and session.get(ScheduledRelease, row.slug) is not None:
        return ReleaseState.SCHEDULED
    return ReleaseState(row.state)


def _value(session: Session, row: ReleaseDraft) -> DraftedRelease:
    return DraftedRelease(
        slug=row.slug,
        act_id=row.act_id,
        names=row.names,
        source=row.source,
        licence=row.licence,
        period=row.period,
        bodies=tuple(row.bodies),
        counts=row.counts,
        state=state_of(session, row),
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        proposal_id=row.proposal_id,
    )
