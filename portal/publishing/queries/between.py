"""What was published between two editions: which figures got versions, read whole or by the page."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from portal.publishing.files import Line
from portal.publishing.models import Act, ActBody, FigureVersion
from portal.publishing.queries.coverage import replacing_by_body
from portal.publishing.queries.lines import lines_where

FEW = 2000
"""So many versions are read at once; of more, no more than the bodies of a page."""
_KEY = (FigureVersion.body, FigureVersion.indicator, FigureVersion.period)


def count_versions(session: Session, first: int, last: int) -> int:
    """How many versions of figures were published after edition `first`, up to edition `last`."""
    query = select(func.sum(Act.figures)).where(Act.edition > first, Act.edition <= last)
    return session.scalar(query) or 0


def count_touched(session: Session, first: int, last: int) -> int:
    """How many figures they belong to."""
    if count_versions(session, first, last) > FEW:
        return sum(_figures_by_body(session, first, last).values())
    return session.scalar(select(func.count()).select_from(_touched(first, last).subquery())) or 0


def lines_between(
    session: Session, first: int, last: int, *, limit: int | None = None, offset: int = 0
) -> Iterator[Line]:
    """All versions up to `last` of the figures that got one after `first`; of `limit` figures after `offset`."""
    touched = _touched(first, last)
    if limit is not None:
        if count_versions(session, first, last) > FEW:
            bodies, offset = _bodies_at(_figures_by_body(session, first, last), limit, offset)
            touched = touched.where(FigureVersion.body.in_(bodies))
        touched = touched.order_by(*_KEY).limit(limit).offset(offset)
    keys = touched.subquery()
    of_them = and_(*(column == keys.c[column.key] for column in _KEY))
    return lines_where(session, last, join=(keys, of_them))


def _figures_by_body(session: Session, first: int, last: int) -> dict[str, int]:
    """How many figures of each body got versions, by body: as many as versions, less those that replaced another
    of these."""
    between = Act.edition > first, Act.edition <= last
    versions = (
        select(ActBody.body, func.sum(ActBody.figures))
        .join(Act, Act.id == ActBody.act_id)
        .where(*between)
        .group_by(ActBody.body)
        .order_by(ActBody.body)
    )
    less = replacing_by_body(session, last, FigureVersion.replaces > first)
    return {body: int(count) - less.get(body, 0) for body, count in session.execute(versions)}


def _bodies_at(figures: dict[str, int], limit: int, offset: int) -> tuple[list[str], int]:
    """The bodies whose figures stand at these places, and how many of their figures come before."""
    found: list[str] = []
    start = before = 0
    for body, count in figures.items():
        if before >= offset + limit:
            break
        if before + count > offset:
            start = start if found else before
            found.append(body)
        before += count
    return found, max(offset - start, 0)


def _touched(first: int, last: int) -> Select[Any]:
    keys: Select[Any] = select(*_KEY)  # type: ignore[assignment]
    return (
        keys.join(Act, Act.id == FigureVersion.act_id).where(Act.edition > first, Act.edition <= last).distinct()
    )
