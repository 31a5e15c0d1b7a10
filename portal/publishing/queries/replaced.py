"""In which editions figures got a value after their first: for rooms that follow some figures."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.publishing.models import Act, FigureVersion
from portal.publishing.values import FigureKey

_BODIES_AT_ONCE = 500


def editions_replacing(
    session: Session, figures: Collection[FigureKey], *, edition: int
) -> dict[FigureKey, tuple[int, ...]]:
    """The editions up to `edition` with a later version of each of these figures, oldest first."""
    found: dict[FigureKey, list[int]] = defaultdict(list)
    bodies = sorted({one.body for one in figures})
    for start in range(0, len(bodies), _BODIES_AT_ONCE):
        query = (
            select(FigureVersion.body, FigureVersion.indicator, FigureVersion.period, Act.edition)
            .join(Act, Act.id == FigureVersion.act_id)
            .where(
                FigureVersion.replaces.is_not(None),
                FigureVersion.body.in_(bodies[start : start + _BODIES_AT_ONCE]),
            )
            .where(Act.edition <= edition)
            .order_by(Act.edition)
        )
        for body, indicator, period, n in session.execute(query):
            if n is not None:
                found[FigureKey(body, indicator, period)].append(n)
    return {key: tuple(found[key]) for key in figures if key in found}
