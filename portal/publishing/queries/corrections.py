"""Corrections: every published value that was replaced by another."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from portal.publishing.models import Act, FigureVersion
from portal.publishing.queries.versions import WIDTH, columns, key_of, texts_of, version_of
from portal.publishing.readings import Correction

_Before, _BeforeAct = aliased(FigureVersion), aliased(Act)


def corrections(
    session: Session, *, edition: int, body: str | None = None, limit: int | None = None, offset: int = 0
) -> tuple[Correction, ...]:
    """Every value that was replaced by another, the latest first."""
    query = (
        _replacing(edition, *columns(FigureVersion, Act), *columns(_Before, _BeforeAct))
        .order_by(Act.edition.desc(), FigureVersion.position)
        .limit(limit)
        .offset(offset)
    )
    if body is not None:
        query = query.where(FigureVersion.body == body)
    rows = list(session.execute(query))
    texts = texts_of(session, rows)
    return tuple(Correction(key_of(row), version_of(row[WIDTH:], texts), version_of(row, texts)) for row in rows)


def count_corrections(session: Session, *, edition: int) -> int:
    """How many values were replaced by another."""
    return session.scalar(select(func.count()).select_from(_replacing(edition, FigureVersion.id).subquery())) or 0


def _replacing(edition: int, *wanted: Any) -> Select[Any]:
    """Versions that say something else than the version they replace, which is `_Before`."""
    return (
        select(*wanted)
        .join(Act, Act.id == FigureVersion.act_id)
        .join(_BeforeAct, _BeforeAct.edition == FigureVersion.replaces)
        .join(
            _Before,
            and_(
                _Before.act_id == _BeforeAct.id,
                _Before.body == FigureVersion.body,
                _Before.indicator == FigureVersion.indicator,
                _Before.period == FigureVersion.period,
            ),
        )
        .where(Act.edition <= edition, _differs())
    )


def _differs() -> ColumnElement[bool]:
    same = [
        getattr(FigureVersion, column).is_not_distinct_from(getattr(_Before, column))
        for column in ("target", "actual", "obs_status")
    ]
    return ~and_(*same)
