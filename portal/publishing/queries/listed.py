"""What lists of figures show: a line for each body of an indicator, or for each of some indicators of a body."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.foundation.reads import Read, Rows, as_list, one_of
from portal.publishing.listed import Listed, Listing, Newest
from portal.publishing.models import Act, FigureVersion
from portal.publishing.queries.editions import get_edition
from portal.publishing.queries.figures import notices_on, order_of
from portal.publishing.readings import Notice
from portal.publishing.values import FigureKey

_Version = Sequence[Any]
"""What a line is about, period, edition, target, actual, obs_status."""
_Series = dict[str, list[_Version]]
"""The versions of each period."""
_Notices = Mapping[FigureKey, Sequence[Notice]]


def bodies_listed(session: Session, indicator: str, *, edition: int) -> Listing:
    """The bodies that have figures of an indicator, by body."""
    rows = _OF_INDICATOR.rows(session, edition=edition, indicator=indicator)
    found = _by_line(rows)
    notices = notices_on(session, found, edition=edition)
    lines = (_line(session, (body, indicator), series, notices) for body, series in sorted(found.items()))
    return Listing(tuple(lines), _brought(rows, found))


def indicators_listed(session: Session, body: str, indicators: Iterable[str], *, edition: int) -> Listing:
    """Those of these indicators that a body has figures of, by indicator."""
    given = as_list(indicators)
    rows = _OF_BODY.rows(session, edition=edition, body=body, indicators=given)
    found = _by_line(rows)
    notices = notices_on(session, (body,), edition=edition) if found else {}
    lines = (_line(session, (body, indicator), series, notices) for indicator, series in sorted(found.items()))
    return Listing(tuple(lines), _brought(rows, found))


def _by_line(rows: Rows) -> dict[str, _Series]:
    found: dict[str, _Series] = {}
    for row in rows:
        series = found.get(row[0])
        if series is None:
            found[row[0]] = {row[1]: [row]}
        elif row[1] in series:
            series[row[1]].append(row)
            series[row[1]].sort(key=_edition)  # within an edition as they were stored
        else:
            series[row[1]] = [row]
    return found


def _edition(version: _Version) -> int:
    edition: int = version[2]
    return edition


def _line(session: Session, about: tuple[str, str], series: _Series, notices: _Notices) -> Listed:
    periods = sorted(series, key=order_of, reverse=True)
    stored = [series[period][-1] for period in periods]
    start = next((at for at, version in enumerate(stored) if version[4] is not None), 0)
    newest = _newest(session, FigureKey(*about, periods[start]), series[periods[start]], notices)
    values = [(period, version[4], version[5]) for period, version in zip(periods, stored, strict=True)]
    return Listed(newest, periods[0] if start else None, values[start:])


def _newest(session: Session, key: FigureKey, versions: Sequence[_Version], notices: _Notices) -> Newest:
    *replaced, (_, _, edition, target, actual, obs_status) = versions
    numbers = _number(target), _number(actual)
    revised = bool(replaced) and any(
        (_number(old[3]), _number(old[4]), old[5]) != (*numbers, obs_status) for old in replaced
    )
    at = get_edition(session, edition).at if revised else None
    return Newest(key, *numbers, obs_status, revised, at, tuple(notices.get(key, ())) if notices else ())


def _number(digits: str | None) -> Decimal | None:
    return None if digits is None else Decimal(digits)


def _brought(rows: Rows, found: Mapping[str, _Series]) -> frozenset[tuple[int, ...]]:
    editions = {row[2] for row in rows}
    if len(editions) < 2:
        return frozenset((one,) for one in editions)
    each = (versions for series in found.values() for versions in series.values())
    return frozenset(tuple(map(_edition, versions)) for versions in each)


def _read(about: InstrumentedAttribute[str], *only: ColumnElement[bool]) -> Read:
    """In the order of an index, and so without sorting."""
    v = FigureVersion
    return Read(
        select(about, v.period, Act.edition, v.target, v.actual, v.obs_status)
        .join(Act, Act.id == v.act_id)
        .where(Act.edition <= bindparam("edition"), *only)
        .order_by(v.indicator, v.period, v.id)
    )


_OF_INDICATOR = _read(FigureVersion.body, FigureVersion.indicator == bindparam("indicator"))
_OF_BODY = _read(
    FigureVersion.indicator, FigureVersion.body == bindparam("body"), one_of(FigureVersion.indicator, "indicators")
)
