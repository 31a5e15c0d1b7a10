"""What is there and what is not: every figure that is due, as of an edition, from what acts said.

The newest fact about a figure decides: a version of it, or a statement that it is asked for, late or missing.
That a figure is asked for again, or handed in, does not hide a value that is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, Names, message
from portal.publishing.collecting import Coverage, Owes, Reason, RoundState
from portal.publishing.models import Act, ActBody, CoverageMark, FigureVersion
from portal.publishing.queries.visible import Said, newest, newest_of
from portal.publishing.rules.returns import coverage_of_figure
from portal.publishing.values import FigureKey
from portal.registry.values import Period

WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Filter:
    """Which part of the coverage is read; None for all."""

    body: str | None = None
    indicator: str | None = None
    period: str | None = None
    round: str | None = None
    state: Coverage | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether published figures can be listed with the gaps, and do not drown them."""
        return self.body is not None or self.indicator is not None or self.round is not None


@dataclass(frozen=True)
class Cell:
    """A figure that is due and how it stands; `edition` is the act that said so."""

    key: FigureKey
    state: Coverage
    reason: Reason | None
    owes: Owes | None
    round: str | None
    edition: int
    at: datetime

    def came_late(self, due: datetime) -> bool:
        """Whether it was handed in after its round was due, and is still being checked."""
        return self.state is Coverage.HANDED_IN and self.at > due


@dataclass(frozen=True)
class PublicRound:
    """A round as the log announces it."""

    slug: str
    names: Names
    period: str
    due: datetime
    state: RoundState
    edition: int
    at: datetime


@dataclass(frozen=True)
class _Mark:
    state: Coverage
    reason: Reason | None
    owes: Owes | None
    round: str
    edition: int
    at: datetime


@dataclass(frozen=True)
class _Stated:
    actual: str | None
    obs_status: str | None
    edition: int
    at: datetime


def coverage(session: Session, which: Filter, *, edition: int) -> tuple[Cell, ...]:
    """The cells of the filter by body, indicator and period. Without a body, an indicator or a round only
    what is not published is listed."""
    marks = _marks(session, which, edition)
    stated = _stated(session, which, marks, edition)
    withdrawn = _withdrawn(session, edition)
    cells = (_cell(key, marks.get(key), stated.get(key), key in withdrawn) for key in marks.keys() | stated.keys())
    wanted = (
        one
        for one in cells
        if (which.state is None or one.state is which.state)
        and (which.is_narrow or one.state is not Coverage.PUBLISHED)
    )
    return tuple(sorted(wanted, key=_place))


def counts_by_body(session: Session, cells: Collection[Cell], *, edition: int) -> dict[str, Counter[Coverage]]:
    """How many figures of each body stand how, given the cells of everything that is not published."""
    found: dict[str, Counter[Coverage]] = {}
    without_value: Counter[str] = Counter()
    for cell in cells:
        found.setdefault(cell.key.body, Counter())[cell.state] += 1
    for key in _keys_stated(session, [cell.key for cell in cells], edition):
        without_value[key.body] += 1
    for body, count in _figure_counts(session, edition).items():
        found.setdefault(body, Counter())[Coverage.PUBLISHED] = count - without_value[body]
    return dict(sorted(found.items()))


def public_rounds(session: Session, *, edition: int) -> tuple[PublicRound, ...]:
    """Every announced round, the latest due first."""
    found = (_round(one) for one in newest(session, "round", edition))
    return tuple(sorted(found, key=lambda one: (one.due, one.slug), reverse=True))


def get_public_round(session: Session, slug: str, *, edition: int) -> PublicRound:
    """Raises NotFound."""
    found = newest_of(session, "round", slug, edition)
    if found is None:
        raise NotFound(message(N_("There is no collection round with the code {slug}."), slug=slug))
    return _round(found)


def _marks(session: Session, which: Filter, edition: int) -> dict[FigureKey, _Mark]:
    """The newest mark of each figure. A filter by round keeps the figures that round asked for."""
    ranked = (
        select(
            CoverageMark.act_id,
            CoverageMark.position,
            Act.edition,
            Act.appended_at,
            func.row_number()
            .over(
                partition_by=(CoverageMark.body, CoverageMark.indicator, CoverageMark.period),
                order_by=(Act.edition.desc(), CoverageMark.position.desc()),
            )
            .label("rank"),
        )
        .join(Act, Act.id == CoverageMark.act_id)
        .where(Act.edition <= edition, *_only(CoverageMark, which))
        .subquery()
    )
    query = (
        select(CoverageMark, ranked.c.edition, ranked.c.appended_at)
        .join(ranked, and_(ranked.c.act_id == CoverageMark.act_id, ranked.c.position == CoverageMark.position))
        .where(ranked.c.rank == 1)
    )
    if which.round is not None:
        query = query.where(CoverageMark.round == which.round)
    return {
        FigureKey(row.body, row.indicator, row.period): _Mark(
            state=Coverage(row.state),
            reason=Reason(row.reason) if row.reason else None,
            owes=Owes(row.owes) if row.owes else None,
            round=row.round,
            edition=n,
            at=at,
        )
        for row, n, at in session.execute(query)
    }


def _stated(
    session: Session, which: Filter, marks: Mapping[FigureKey, _Mark], edition: int
) -> dict[FigureKey, _Stated]:
    """The newest version of each figure that may have to be listed."""
    if which.round is not None:
        return dict(_of_keys(session, list(marks), edition))
    if which.body is not None or which.indicator is not None:
        return dict(_newest(session, edition, *_only(FigureVersion, which)))
    valueless = dict(_newest(session, edition, FigureVersion.actual.is_(None), *_only(FigureVersion, which)))
    gone = [
        key
        for key in _withdrawn(session, edition)
        if key not in marks and (which.period is None or key.period == which.period)
    ]
    return {
        **valueless,
        **dict(_of_keys(session, gone, edition)),
        **dict(_of_keys(session, list(marks), edition)),
    }


def _newest(session: Session, edition: int, *only: ColumnElement[bool]) -> Iterator[tuple[FigureKey, _Stated]]:
    later, its_act = aliased(FigureVersion), aliased(Act)
    newer = (
        select(later.id)
        .join(its_act, its_act.id == later.act_id)
        .where(
            later.body == FigureVersion.body,
            later.indicator == FigureVersion.indicator,
            later.period == FigureVersion.period,
            its_act.edition <= edition,
            or_(
                its_act.edition > Act.edition,
                and_(its_act.edition == Act.edition, later.position > FigureVersion.position),
            ),
        )
    )
    rows = session.execute(
        select(
            FigureVersion.body,
            FigureVersion.indicator,
            FigureVersion.period,
            FigureVersion.actual,
            FigureVersion.obs_status,
            Act.edition,
            Act.appended_at,
        )
        .join(Act, Act.id == FigureVersion.act_id)
        .where(Act.edition <= edition, *only, ~newer.exists())
    )
    for body, indicator, period, actual, obs_status, n, at in rows:
        if n is not None and at is not None:
            yield FigureKey(body, indicator, period), _Stated(actual, obs_status, n, at)


def _of_keys(session: Session, keys: Collection[FigureKey], edition: int) -> Iterator[tuple[FigureKey, _Stated]]:
    wanted = sorted(keys)
    for start in range(0, len(wanted), 200):
        yield from _newest(session, edition, or_(*(_is(key) for key in wanted[start : start + 200])))


def _is(key: FigureKey) -> ColumnElement[bool]:
    """Each key by itself: SQLite finds that in its index, but not a list of keys."""
    return and_(
        FigureVersion.body == key.body,
        FigureVersion.indicator == key.indicator,
        FigureVersion.period == key.period,
    )


def _figure_counts(session: Session, edition: int) -> Counter[str]:
    """How many figures each body has: all their versions, less those that replaced an earlier one."""
    every = (
        select(ActBody.body, func.sum(ActBody.figures))
        .join(Act, Act.id == ActBody.act_id)
        .where(Act.edition <= edition)
        .group_by(ActBody.body)
    )
    found = Counter({body: int(count) for body, count in session.execute(every)})
    found.subtract(replacing_by_body(session, edition, FigureVersion.replaces.is_not(None)))
    return found


def replacing_by_body(session: Session, edition: int, which: ColumnElement[bool]) -> dict[str, int]:
    """How many versions of each body up to an edition replaced an earlier one, of those that `which` leaves.

    They are few among many: the query is written so that SQLite walks the index of these alone, and neither the
    acts one after another nor all versions in the order of their bodies.
    """
    visible = exists().where(Act.id == FigureVersion.act_id, Act.edition <= edition)
    rows = session.execute(
        select(func.min(FigureVersion.body), func.count()).where(which, visible).group_by(FigureVersion.body + "")
    )
    return {row[0]: row[1] for row in rows}


def _keys_stated(session: Session, keys: Collection[FigureKey], edition: int) -> Iterator[FigureKey]:
    return (key for key, _ in _of_keys(session, keys, edition))


def _withdrawn(session: Session, edition: int) -> frozenset[FigureKey]:
    """Figures whose newest notice says that they were withdrawn."""
    return frozenset(
        FigureKey.parse(one.key) for one in newest(session, "notice", edition) if one.content["state"] == WITHDRAWN
    )


def _only(table: type[CoverageMark | FigureVersion], which: Filter) -> list[ColumnElement[bool]]:
    given = ((table.body, which.body), (table.indicator, which.indicator), (table.period, which.period))
    return [column == wanted for column, wanted in given if wanted is not None]


def _cell(key: FigureKey, mark: _Mark | None, stated: _Stated | None, withdrawn: bool) -> Cell:
    if stated is not None:
        state, reason = coverage_of_figure(actual=stated.actual, obs_status=stated.obs_status, withdrawn=withdrawn)
        overruled = (
            mark is not None
            and mark.edition > stated.edition
            and (mark.state in (Coverage.LATE, Coverage.MISSING) or state is not Coverage.PUBLISHED)
        )
        if mark is None or not overruled:
            round_ = mark.round if mark else None
            owes = None if state is Coverage.PUBLISHED else Owes.OFFICE if withdrawn else Owes.BODY
            return Cell(key, state, reason, owes, round_, stated.edition, stated.at)
    if mark is None:
        raise ValueError("a cell is there because somebody stated it or asked for it")
    return Cell(key, mark.state, mark.reason, mark.owes, mark.round, mark.edition, mark.at)


def _round(one: Said) -> PublicRound:
    content = one.content
    return PublicRound(
        slug=content["slug"],
        names=content["names"],
        period=content["period"],
        due=datetime.fromisoformat(content["due"]),
        state=RoundState(content["state"]),
        edition=one.edition,
        at=one.at,
    )


def _place(cell: Cell) -> tuple[str, str, tuple[int, int, str]]:
    return cell.key.body, cell.key.indicator, Period.parse(cell.key.period).sort_key
