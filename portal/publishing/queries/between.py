"""What was published between two editions: which figures got versions, read whole or by the page."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from portal.publishing.files import Line
from portal.publishing.models import Act, FigureVersion
from portal.publishing.queries.lines import lines_where

_KEY = (FigureVersion.body, FigureVersion.indicator, FigureVersion.period)


def count_versions(session: Session, first: int, last: int) -> int:
    """How many versions of figures were published after edition `first`, up to edition `last`."""
    return session.scalar(_between(select(func.count(FigureVersion.id)), first, last)) or 0


def count_touched(session: Session, first: int, last: int) -> int:
    """How many figures they belong to."""
    return session.scalar(select(func.count()).select_from(_touched(first, last).subquery())) or 0


def lines_between(
    session: Session, first: int, last: int, *, limit: int | None = None, offset: int = 0
) -> Iterator[Line]:
    """All versions up to `last` of the figures that got one after `first`; of `limit` figures after `offset`."""
    touched = _touched(first, last)
    if limit is not None:
        touched = touched.order_by(*_KEY).limit(limit).offset(offset)
    keys = touched.subquery()
    of_them = and_(*(column == keys.c[column.key] for column in _KEY))
    return lines_where(session, last, join=(keys, of_them))


def _touched(first: int, last: int) -> Select[Any]:
    keys: Select[Any] = select(*_KEY)  # type: ignore[assignment]
    return _between(keys, first, last).distinct()


def _between(query: Select[Any], first: int, last: int) -> Select[Any]:
    return query.join(Act, Act.id == FigureVersion.act_id).where(Act.edition > first, Act.edition <= last)
