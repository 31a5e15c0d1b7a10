"""Every published fact that was replaced by another: values and targets of figures, and the register.

Both kinds come as one list, the latest edition first and within an edition the register before the figures,
as in the act. There may be very many changed figures, so they are counted by edition and read by the page;
changed entries of the register are few and read whole.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from portal.foundation.reads import Read
from portal.publishing.changes import OF_A_FIGURE, Change, ChangeFilter, between
from portal.publishing.models import Act, FigureVersion, StatementRow
from portal.publishing.queries.kept import Kept
from portal.publishing.queries.register import indicator_said, required
from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.versions import WIDTH, columns, key_of, texts_of
from portal.publishing.queries.visible import Said, all_about
from portal.publishing.readings import PublishedIndicator
from portal.publishing.values import Cause, Statement

_Before, _BeforeAct = aliased(FigureVersion), aliased(Act)
ALL = ChangeFilter()


def changes(
    session: Session, *, edition: int, only: ChangeFilter = ALL, limit: int | None = None, offset: int = 0
) -> tuple[Change, ...]:
    """The changes up to `edition` that `only` asks for, the latest first; `limit` of them after `offset`."""
    register = register_changes(session, edition, only)
    if limit is None:
        limit = count_changes(session, edition=edition, only=only)
    places = _places(session, edition, only, register)
    before = sum(place < offset for place in places)
    shown = [one for one, place in zip(register, places, strict=True) if offset <= place < offset + limit]
    figures = _figure_changes(session, edition, only, limit - len(shown), offset - before)
    return _merged(shown, figures)


def count_changes(session: Session, *, edition: int, only: ChangeFilter = ALL) -> int:
    """How many changes up to `edition` `only` asks for."""
    if only == ALL:
        row = _COUNT.first(session, edition=edition)
        figures = row[0] if row else 0
    else:
        figures = session.scalar(_counted(edition, only)) or 0
    return figures + len(register_changes(session, edition, only))


def changes_in(session: Session, n: int, *, edition: int) -> tuple[Change, ...]:
    """What the act of edition n changed, as it is known in `edition`."""
    register = [one for one in register_changes(session, edition, ALL) if one.new_edition == n]
    query = _replacing(edition, ALL, *_COLUMNS).where(Act.edition == n).order_by(FigureVersion.position)
    return _merged(register, _changes_of(session, session.execute(query).all()))


def register_changes_of(session: Session, indicator: str, *, edition: int) -> tuple[Change, ...]:
    """How the entry of one indicator was changed, the latest first."""
    return register_changes(session, edition, ChangeFilter(indicator=indicator))


def indicator_with_changes(
    session: Session, code: str, *, edition: int
) -> tuple[PublishedIndicator, tuple[Change, ...]]:
    """The indicator, and how its entry was changed, the latest first: both are in the same statements.

    Raises NotFound.
    """
    rows = _ABOUT_INDICATOR.rows(session, edition=edition, code=code)
    found = required(indicator_said(rows[-1][0]) if rows else None, code)
    if len(rows) < 2:
        return found, ()  # as nearly all indicators
    told = [Said(code, json.loads(text), n, at) for text, n, at in rows]
    return found, _in_order(_between_statements(session, told, edition))


def _merged(register: Sequence[Change], figures: Sequence[Change]) -> tuple[Change, ...]:
    """Each list is in its order already; sorting keeps it and puts the register first within an edition."""
    return tuple(sorted([*register, *figures], key=lambda one: -one.new_edition))


def _places(session: Session, edition: int, only: ChangeFilter, register: Sequence[Change]) -> list[int]:
    """Where each change of the register stands in the whole list."""
    if not register:
        return []
    counted = _replacing(edition, only, Act.edition, func.count()).group_by(Act.edition)
    figures = {row[0]: row[1] for row in session.execute(counted)}
    later = [sum(count for n, count in figures.items() if n > one.new_edition) for one in register]
    return [rank + count for rank, count in enumerate(later)]


def _figure_changes(
    session: Session, edition: int, only: ChangeFilter, limit: int, offset: int
) -> tuple[Change, ...]:
    if limit <= 0:
        return ()
    if only == ALL:
        return _changes_of(session, _NEWEST.rows(session, edition=edition, most=limit, after=offset))
    query = _replacing(edition, only, *_COLUMNS).order_by(Act.edition.desc(), FigureVersion.position)
    return _changes_of(session, session.execute(query.limit(limit).offset(offset)).all())


def _changes_of(session: Session, rows: Sequence[Sequence[Any]]) -> tuple[Change, ...]:
    texts = texts_of(session, (row[11] for row in rows))
    return tuple(
        Change(
            indicator=(key := key_of(row)).indicator,
            body=key.body,
            period=key.period,
            fields=between(_said(row[WIDTH:]), _said(row)),
            cause=Cause(row[5]),
            note=texts.get(row[11]),
            at=row[4],
            old_edition=row[WIDTH + 3],
            new_edition=row[3],
        )
        for row in rows
    )


def _said(row: Sequence[Any]) -> Statement:
    names = ("target", "actual", "numerator", "denominator", "obs_status")
    return {"t": "figure", **dict(zip(names, row[6:11], strict=True))}


_COLUMNS = (*columns(FigureVersion, Act), *columns(_Before, _BeforeAct))


def _counted(edition: Any, only: ChangeFilter) -> Select[Any]:
    return select(func.count()).select_from(_replacing(edition, only, FigureVersion.id).subquery())


def _replacing(edition: Any, only: ChangeFilter, *wanted: Any) -> Select[Any]:
    """Versions that say something else than the version they replace, which is `_Before`."""
    return (
        select(*wanted)
        .select_from(FigureVersion)
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
        .where(FigureVersion.replaces.is_not(None), Act.edition <= edition, _differs(), *_asked(only))
    )


def _differs() -> ColumnElement[bool]:
    same = [
        getattr(FigureVersion, part.value).is_not_distinct_from(getattr(_Before, part.value))
        for part in OF_A_FIGURE
    ]
    return ~and_(*same)


def _asked(only: ChangeFilter) -> Iterator[ColumnElement[bool]]:
    if only.body is not None:
        yield FigureVersion.body == only.body
    if only.indicator is not None:
        yield FigureVersion.indicator == only.indicator
    if only.cause is not None:
        yield FigureVersion.cause == only.cause.value
    if only.since is not None:
        yield Act.appended_at >= _midnight(only.since)
    if only.until is not None:
        yield Act.appended_at < _midnight(only.until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def register_changes(session: Session, edition: int, only: ChangeFilter) -> tuple[Change, ...]:
    """Changed entries of indicators, the latest first."""
    changed = _between_statements(session, _told_again(session, edition, only), edition)
    wanted = [one for one in changed if _is_asked(one, only)]
    if only.body is not None:
        wanted = _concerning(session, wanted, only.body, edition)
    return _in_order(wanted)


def _in_order(found: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda one: (-one.new_edition, one.indicator)))


def _between_statements(session: Session, told: Iterable[Said], edition: int) -> list[Change]:
    """What statements about indicators changed, given those about the same after each other, the oldest first."""
    found: list[tuple[Said, Said]] = []
    for _, entries in groupby(told, key=lambda one: one.key):
        found.extend(pairwise(entries))
    digests = [text["digest"] for _, new in found if (text := new.content.get("reason"))]
    texts = texts_cited(session, digests, edition=edition)
    return [
        Change(
            indicator=new.key,
            body=new.content["body"],
            period=None,
            fields=fields,
            cause=Cause(cause) if (cause := new.content.get("cause")) else None,
            note=texts.get((new.content.get("reason") or {}).get("digest", "")),
            at=new.at,
            old_edition=old.edition,
            new_edition=new.edition,
        )
        for old, new in found
        if (fields := between(old.content, new.content))
    ]


def _told_again(session: Session, edition: int, only: ChangeFilter) -> Iterable[Said]:
    """Every statement about an indicator of which there is more than one, by code, the oldest first."""
    if only.indicator is not None:
        return all_about(session, "indicator", only.indicator, edition)
    return _AGAIN.of(session, edition=edition)


def _find_again(session: Session, *, edition: int) -> tuple[Said, ...]:
    return tuple(Said(*row) for row in _TOLD_AGAIN.rows(session, edition=edition))


def _told_again_query(edition: Any) -> Select[Any]:
    of_indicators = (StatementRow.kind == "indicator", Act.edition <= edition)
    again = (
        select(StatementRow.key)
        .join(Act, Act.id == StatementRow.act_id)
        .where(*of_indicators)
        .group_by(StatementRow.key)
        .having(func.count() > 1)
    )
    return (
        select(StatementRow.key, StatementRow.payload, Act.edition, Act.appended_at)
        .join(Act, Act.id == StatementRow.act_id)
        .where(*of_indicators, StatementRow.key.in_(again))
        .order_by(StatementRow.key, Act.edition, StatementRow.position)
    )


def _is_asked(one: Change, only: ChangeFilter) -> bool:
    day = one.at.astimezone(UTC).date()
    return (
        (only.cause is None or one.cause is only.cause)
        and (only.since is None or day >= only.since)
        and (only.until is None or day <= only.until)
    )


def _concerning(session: Session, found: Sequence[Change], body: str, edition: int) -> list[Change]:
    """Changes of the body's own indicators, and of those that it has figures of."""
    codes = sorted({one.indicator for one in found if one.body is None})
    query = (
        select(FigureVersion.indicator)
        .distinct()
        .join(Act, Act.id == FigureVersion.act_id)
        .where(FigureVersion.body == body, FigureVersion.indicator.in_(codes), Act.edition <= edition)
    )
    has = set(session.scalars(query)) if codes else set()
    return [one for one in found if one.body == body or (one.body is None and one.indicator in has)]


_EDITION: Any = bindparam("edition")
_TOLD_AGAIN = Read(_told_again_query(_EDITION))
_AGAIN = Kept(_find_again)
_ABOUT_INDICATOR = Read(
    select(type_coerce(StatementRow.payload, Text), Act.edition, Act.appended_at)
    .join(Act, Act.id == StatementRow.act_id)
    .where(StatementRow.kind == "indicator", StatementRow.key == bindparam("code"), Act.edition <= _EDITION)
    .order_by(Act.edition, StatementRow.position)
)
_COUNT = Read(_counted(_EDITION, ALL))
_NEWEST = Read(
    _replacing(_EDITION, ALL, *_COLUMNS)
    .order_by(Act.edition.desc(), FigureVersion.position)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("after", type_=Integer))
)
