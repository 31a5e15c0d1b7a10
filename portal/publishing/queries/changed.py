"""When a page last changed, and what the acts between two editions touched."""

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from portal.publishing.models import Act, ActTouch
from portal.publishing.queries.editions import current_edition
from portal.publishing.touched import met_by
from portal.publishing.values import Edition


def changed_in(session: Session, path: str) -> Edition:
    """The newest edition that touched the page at `path` (without language); else the newest of all.

    What the page shows as of that edition is what it shows as of the newest.
    """
    newest = select(func.max(Act.edition)).scalar_subquery()
    each = union_all(
        *(
            select(func.max(ActTouch.edition).label("n"))
            .where(ActTouch.touch == touch)
            .where(ActTouch.edition <= newest)
            for touch in met_by(path)
        )
    ).subquery()
    last = select(func.max(each.c.n)).scalar_subquery()
    row = session.execute(select(Act.edition, Act.appended_at).where(Act.edition == last)).first()
    return Edition(row[0] or 0, row[1]) if row else current_edition(session)


def touched_between(session: Session, before: int, now: int) -> frozenset[str]:
    """Everything that the acts after edition `before`, up to edition `now`, touched."""
    rows = session.scalars(
        select(ActTouch.touch)
        .join(Act, Act.id == ActTouch.act_id)
        .where(Act.edition > before, Act.edition <= now)
        .distinct()
    )
    return frozenset(rows)
