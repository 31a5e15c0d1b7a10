"""How things stand in the newest edition and in the acts about to follow it: what a new act is held against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.publishing.models import Act, FigureVersion, StatementRow
from portal.publishing.values import ActState, FigureKey, NoticeState, Statement

OUT = (ActState.PENDING, ActState.APPENDED)
"""Acts that nothing can stop any more."""


class Standing(NamedTuple):
    """The newest version of a figure; `edition` is None while its act waits for the appender."""

    key: FigureKey
    edition: int | None
    target: str | None
    actual: str | None
    numerator: str | None
    denominator: str | None
    obs_status: str | None
    note_digest: str | None

    @property
    def numbers(self) -> dict[str, str | None]:
        return {
            "target": self.target,
            "actual": self.actual,
            "numerator": self.numerator,
            "denominator": self.denominator,
        }


_LOCK = 0x706E646E  # any number, the same in every process


def hold_still(session: Session) -> None:
    """Let nobody else publish until this transaction ends, so that what was looked up stays so.

    SQLite has one writer at a time anyhow; on PostgreSQL it takes an advisory lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def newest_edition(session: Session) -> int:
    """The number of the newest edition; 0 before the first."""
    return session.scalar(select(func.max(Act.edition))) or 0


def figures_standing(session: Session, bodies: Collection[str]) -> dict[FigureKey, Standing]:
    """The newest version of every figure of these bodies."""
    return _newest(session, FigureVersion.body.in_(sorted(bodies)))


def figure_standing(session: Session, key: FigureKey) -> Standing | None:
    """The newest version of one figure."""
    return _newest(
        session,
        and_(
            FigureVersion.body == key.body,
            FigureVersion.indicator == key.indicator,
            FigureVersion.period == key.period,
        ),
    ).get(key)


def supplied_by(session: Session, source: str, periods: Collection[str]) -> Iterator[FigureKey]:
    """The figures of these periods that a release with this source brought, whatever became of them since."""
    releases = session.execute(
        select(StatementRow.act_id, StatementRow.payload)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == "release", Act.state.in_(OUT))
    )
    acts = [act_id for act_id, payload in releases if payload["source"] == source]
    if not acts:
        return
    query = (
        select(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
        .where(FigureVersion.act_id.in_(acts), FigureVersion.period.in_(sorted(periods)))
        .order_by(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
        .distinct()
    )
    for row in session.execute(query):
        yield FigureKey(*row)


def notice_standing(session: Session, key: FigureKey) -> NoticeState | None:
    """Whether the figure is marked as under review; None when it never was."""
    found = statements_standing(session, "notice", [str(key)]).get(str(key))
    return None if found is None else NoticeState(found["state"])


def statements_standing(session: Session, kind: str, keys: Iterable[str]) -> dict[str, Statement]:
    """The newest statement of this kind about each key."""
    found: dict[str, Statement] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), 500):
        query = (
            select(StatementRow.key, StatementRow.payload)
            .join(Act, Act.id == StatementRow.act_id)
            .where(StatementRow.kind == kind, StatementRow.key.in_(wanted[start : start + 500]))
            .where(Act.state.in_(OUT))
            .order_by(*oldest_first, StatementRow.id)
        )
        found.update((key, payload) for key, payload in session.execute(query))
    return found


def overtaken(session: Session, act_id: str, base_edition: int) -> bool:
    """Whether something a staged act states was published by another act since it was made."""
    later = session.scalars(
        select(Act.id).where(or_(Act.edition > base_edition, Act.state == ActState.PENDING), Act.id != act_id)
    ).all()
    return any(_states_what(session, act_id, other) for other in later)


def _states_what(session: Session, mine: str, theirs: str) -> bool:
    """Whether two acts state something of the same figure or key.

    Gone through from the side of the other act: it is small, unless two great releases are made at once.
    """
    ours, other = aliased(FigureVersion), aliased(FigureVersion)
    same = and_(ours.body == other.body, ours.indicator == other.indicator, ours.period == other.period)
    figures = select(other.id).join(ours, same).where(other.act_id == theirs, ours.act_id == mine).limit(1)
    said, says = aliased(StatementRow), aliased(StatementRow)
    # the same words once more overtake nothing
    about = and_(said.kind == says.kind, said.key == says.key, said.payload != says.payload)
    others = select(says.id).join(said, about).where(says.act_id == theirs, said.act_id == mine).limit(1)
    return session.scalar(figures) is not None or session.scalar(others) is not None


# An act without edition waits for the appender and is newer than any that has one.
oldest_first = (case((Act.edition.is_(None), 1), else_=0), Act.edition)


def _newest(session: Session, which: ColumnElement[bool]) -> dict[FigureKey, Standing]:
    v = FigureVersion
    query = (
        select(v.body, v.indicator, v.period, Act.edition)
        .add_columns(v.target, v.actual, v.numerator, v.denominator, v.obs_status, v.note_digest)
        .join(Act, Act.id == v.act_id)
        .where(which, Act.state.in_(OUT))
        .order_by(*oldest_first, v.id)
    )
    found = {}
    for body, indicator, period, *rest in session.execute(query):
        key = FigureKey(body, indicator, period)
        found[key] = Standing(key, *rest)
    return found
