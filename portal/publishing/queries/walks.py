"""Walking long lists page by page: each page begins where the last one ended, and costs the same anywhere.

A page is read along an index of the key, never by counting rows off. What has several versions is read with
all of them; the newest as of the edition is picked here, so that no row needs a look at another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, String, bindparam, func, select, tuple_, type_coerce
from sqlalchemy.orm import Session

from portal.publishing.models import Act, ActChunk, Chunk, FigureVersion, StatementRow
from portal.publishing.queries.visible import Said

T = TypeVar("T")
Place = tuple[str, ...]
VersionRow = Sequence[Any]
"""body, indicator, period, edition, position, cause, target, actual, numerator, denominator, obs_status,
note_digest, replaces, handin (as text): one version of a figure."""

MOST_READ = 20_000
"""How many things one page looks at before it gives what it has found."""
_FEW = 50_000
_KEYS_AT_ONCE = 500


@dataclass(frozen=True)
class Walked(Generic[T]):
    """What a page found, and after which place the next begins; None at the end."""

    found: tuple[T, ...]
    after: Place | None


@dataclass(frozen=True)
class Wanted:
    """Which figures to walk through; `years` bounds the year in which a period begins, both included."""

    body: str | None = None
    indicators: tuple[str, ...] | None = None
    period: str | None = None
    years: tuple[int, int] | None = None
    changed_since: int | None = None


Versions = tuple[VersionRow, ...]
"""All versions of one figure up to the edition, oldest first."""


def walk_figures(
    session: Session,
    *,
    edition: int,
    wanted: Wanted,
    after: Place | None,
    limit: int,
    keep: Callable[[Versions], bool] | None = None,
) -> Walked[Versions]:
    """Figures by body, indicator and period; with one indicator and no body, by period and body."""
    if wanted.indicators == ():
        return Walked((), None)
    shape = _shape(session, wanted, edition)
    order = _ORDERS[shape.by_indicator]
    asked = _asked(wanted, edition)

    def read(start: Place | None, count: int) -> list[Any]:
        places = dict(zip(_PLACES, start or (), strict=False))
        query = _query(replace(shape, started=start is not None))
        # rows are taken as they come: no object is made of one
        return list(session.connection().execute(query, {**asked, **places, "count": count}).fetchall())

    names = [column.key for column in order]
    place = _place_of(names)

    def pick(versions: list[Any]) -> Versions | None:
        found = tuple(sorted(versions, key=_by_edition)) if len(versions) > 1 else tuple(versions)
        since = wanted.changed_since
        if since is not None and found[-1].edition <= since:
            return None
        return found if keep is None or keep(found) else None

    few = keep is None and wanted.changed_since is None
    return _walk(read, place, pick, after, limit, limit + limit // 8 + 8 if few else max(limit, 1000))


def walk_statements(
    session: Session,
    kind: str,
    *,
    edition: int,
    after: Place | None,
    limit: int,
    begins: str = "",
    keep: Callable[[Said], bool] | None = None,
) -> Walked[Said]:
    """The newest statement of each key, by key; `begins` is what the key begins with."""

    def read(start: Place | None, count: int) -> list[Any]:
        query = (
            select(StatementRow.key, StatementRow.payload, Act.edition, Act.appended_at, StatementRow.position)
            .join(Act, Act.id == StatementRow.act_id)
            .where(StatementRow.kind == kind, Act.edition <= edition)
            .order_by(StatementRow.key)
            .limit(count)
        )
        if begins:
            query = query.where(
                StatementRow.key >= begins, StatementRow.key < begins[:-1] + chr(ord(begins[-1]) + 1)
            )
        if start is not None:
            query = query.where(StatementRow.key > start[0])
        return list(session.connection().execute(query).fetchall())

    def pick(rows: list[Any]) -> Said | None:
        row = max(rows, key=lambda one: (one.edition, one.position))
        found = Said(row.key, row.payload, row.edition, row.appended_at)
        return found if keep is None or keep(found) else None

    size = limit + limit // 8 + 8 if keep is None else max(limit, 1000)
    return _walk(read, lambda row: (row.key,), pick, after, limit, size)


def newest_among(session: Session, kind: str, keys: Sequence[str], *, edition: int) -> dict[str, Said]:
    """The newest statement of each of these keys."""
    found: dict[str, Said] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        rows = session.execute(
            select(StatementRow.key, StatementRow.payload, Act.edition, Act.appended_at)
            .join(Act, Act.id == StatementRow.act_id)
            .where(
                StatementRow.kind == kind,
                StatementRow.key.in_(keys[start : start + _KEYS_AT_ONCE]),
                Act.edition <= edition,
            )
            .order_by(Act.edition, StatementRow.position)
        )
        found.update((row.key, Said(*row)) for row in rows)
    return found


def _walk(
    read: Callable[[Place | None, int], list[Any]],
    place: Callable[[Any], Place],
    pick: Callable[[list[Any]], T | None],
    after: Place | None,
    limit: int,
    size: int,
) -> Walked[T]:
    found: list[T] = []
    looked_at = 0
    while True:
        rows = read(after, size)
        groups = [list(group) for _, group in groupby(rows, key=place)]
        cut = len(rows) == size
        if cut and len(groups) == 1:
            size *= 4  # more versions of one thing than fit: none of them may be left out
            continue
        complete = groups[:-1] if cut else groups
        for at, group in enumerate(complete):
            after = place(group[0])
            picked = pick(group)
            if picked is not None:
                found.append(picked)
                if len(found) == limit:
                    return Walked(tuple(found), after if cut or at + 1 < len(groups) else None)
        if not cut:
            return Walked(tuple(found), None)
        looked_at += len(complete)
        if looked_at >= MOST_READ:
            return Walked(tuple(found), after)


@dataclass(frozen=True)
class _Shape:
    """Which conditions a question has: questions of one shape are one statement."""

    by_indicator: bool
    body: bool
    indicators: int
    period: bool
    years: bool
    few_changed: bool
    started: bool = False


_PLACES = ("first", "second", "third")
_ORDERS: dict[bool, tuple[Any, ...]] = {
    False: (FigureVersion.body, FigureVersion.indicator, FigureVersion.period),
    True: (FigureVersion.indicator, FigureVersion.period, FigureVersion.body),
}


def _shape(session: Session, wanted: Wanted, edition: int) -> _Shape:
    indicators = len(wanted.indicators or ())
    since = wanted.changed_since
    return _Shape(
        by_indicator=wanted.body is None and indicators == 1,
        body=wanted.body is not None,
        indicators=min(indicators, 2),
        period=wanted.period is not None,
        years=wanted.years is not None,
        few_changed=since is not None and _said_between(session, since, edition) <= _FEW,
    )


def _asked(wanted: Wanted, edition: int) -> dict[str, Any]:
    first, last = wanted.years or (0, 0)
    indicators = wanted.indicators or ()
    return {
        "edition": edition,
        "body": wanted.body,
        "indicator": indicators[0] if len(indicators) == 1 else None,
        "indicators": list(indicators),
        "period": wanted.period,
        "from_year": f"{first:04}",
        "to_year": f"{last:04}~",  # "~" follows all that a period holds
        "since": wanted.changed_since,
    }


@lru_cache(maxsize=256)
def _query(shape: _Shape) -> Any:
    v, order = FigureVersion, _ORDERS[shape.by_indicator]
    # coalesce keeps the engine from starting at the acts, which would sort every figure there is
    query = (
        select(
            *(v.body, v.indicator, v.period, Act.edition, v.position, v.cause),
            *(v.target, v.actual, v.numerator, v.denominator, v.obs_status, v.note_digest, v.replaces),
            type_coerce(v.handin, String),
        )
        .join(Act, Act.id == func.coalesce(v.act_id, ""))
        .where(Act.edition <= bindparam("edition"))
        .order_by(*order)
        .limit(bindparam("count", type_=Integer))
    )
    if shape.started:
        query = query.where(tuple_(*order) > tuple_(*(bindparam(name, type_=String) for name in _PLACES)))
    if shape.body:
        query = query.where(v.body == bindparam("body"))
    if shape.indicators == 1:
        query = query.where(v.indicator == bindparam("indicator"))
    elif shape.indicators:
        query = query.where(v.indicator.in_(bindparam("indicators", expanding=True)))
    if shape.period:
        query = query.where(v.period == bindparam("period"))
    if shape.years:
        query = query.where(v.period.between(bindparam("from_year"), bindparam("to_year")))
    if shape.few_changed:
        changed = select(v.body, v.indicator, v.period).join(Act, Act.id == v.act_id)
        changed = changed.where(Act.edition > bindparam("since"), Act.edition <= bindparam("edition"))
        query = query.where(tuple_(v.body, v.indicator, v.period).in_(changed))
    return query


def _place_of(names: list[str]) -> Callable[[Any], Place]:
    at = tuple({"body": 0, "indicator": 1, "period": 2}[name] for name in names)
    first, second, third = at
    return lambda row: (row[first], row[second], row[third])


def _by_edition(row: Any) -> tuple[int, int]:
    return row[3], row[4]


def _said_between(session: Session, since: int, edition: int) -> int:
    """How many statements were published after one edition, up to another."""
    query = (
        select(func.sum(Chunk.count))
        .select_from(ActChunk)
        .join(Chunk, Chunk.sha256 == ActChunk.sha256)
        .join(Act, Act.id == ActChunk.act_id)
        .where(Act.edition > since, Act.edition <= edition)
    )
    return session.scalar(query) or 0
