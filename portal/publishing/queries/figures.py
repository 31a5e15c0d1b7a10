"""Figures with all their versions and notices."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.publishing.errors import NoSuchFigure
from portal.publishing.models import Act, ActBody, FigureVersion, StatementRow
from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.versions import columns, key_of, texts_of, version_of
from portal.publishing.queries.visible import all_of, said
from portal.publishing.readings import Figure, Notice, Version
from portal.publishing.values import FigureKey, NoticeState
from portal.registry.values import Period

_BODIES_AT_ONCE = 500


def find_figure(session: Session, key: FigureKey, *, edition: int) -> Figure | None:
    """The figure with all its versions up to `edition`."""
    found = _figures(session, edition, *_is(key))
    return found[0] if found else None


def get_figure(session: Session, key: FigureKey, *, edition: int) -> Figure:
    """The figure. Raises NoSuchFigure."""
    found = find_figure(session, key, edition=edition)
    if found is None:
        raise NoSuchFigure(
            message(N_("The figure {key} is not published in edition {n}."), key=str(key), n=edition)
        )
    return found


def history(session: Session, body: str, indicator: str, *, edition: int) -> tuple[Figure, ...]:
    """A body's figures of one indicator, the earliest period first."""
    return _figures(session, edition, FigureVersion.body == body, FigureVersion.indicator == indicator)


def figures_of(session: Session, body: str, *, edition: int) -> tuple[Figure, ...]:
    """All figures of a body, by indicator, the earliest period first."""
    return _figures(session, edition, FigureVersion.body == body)


def figures_of_indicator(session: Session, indicator: str, *, edition: int) -> tuple[Figure, ...]:
    """All figures of an indicator at every body, by body, the earliest period first."""
    return _figures(session, edition, FigureVersion.indicator == indicator)


def indicator_counts(session: Session, *, edition: int) -> dict[str, int]:
    """How many indicators each body has figures of."""
    rows = session.execute(
        select(FigureVersion.body, func.count(FigureVersion.indicator.distinct()))
        .join(Act, Act.id == FigureVersion.act_id)
        .where(Act.edition <= edition)
        .group_by(FigureVersion.body)
    )
    return {row[0]: row[1] for row in rows}


def bodies_publishing(session: Session, indicator: str, *, edition: int) -> tuple[str, ...]:
    """The codes of the bodies that have figures of an indicator."""
    rows = session.scalars(
        select(FigureVersion.body)
        .join(Act, Act.id == FigureVersion.act_id)
        .where(FigureVersion.indicator == indicator, Act.edition <= edition)
        .distinct()
        .order_by(FigureVersion.body)
    )
    return tuple(rows)


def figures_published_by(session: Session, edition: int) -> tuple[FigureKey, ...]:
    """Which figures the act of `edition` published, by key."""
    rows = session.execute(
        select(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
        .join(Act, Act.id == FigureVersion.act_id)
        .where(Act.edition == edition)
        .order_by(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
    )
    return tuple(FigureKey(*row) for row in rows)


def figure_counts_of(session: Session, edition: int) -> dict[str, int]:
    """How many figures of each body the act of `edition` published."""
    rows = session.execute(
        select(ActBody.body, ActBody.figures).join(Act, Act.id == ActBody.act_id).where(Act.edition == edition)
    )
    return {row[0]: row[1] for row in rows}


def notices(session: Session, *, edition: int, body: str | None = None) -> tuple[Notice, ...]:
    """Every notice so far, oldest first."""
    return _notices(session, edition, *(() if body is None else (StatementRow.scope == body,)))


def _notices(session: Session, edition: int, *only: ColumnElement[bool]) -> tuple[Notice, ...]:
    told = said(session, all_of("notice", edition).where(*only))
    digests = [reason["digest"] for one in told if (reason := one.content.get("reason"))]
    texts = texts_cited(session, digests, edition=edition)
    found = [
        Notice(
            FigureKey.parse(one.key),
            NoticeState(one.content["state"]),
            one.edition,
            one.at,
            texts.get((one.content.get("reason") or {}).get("digest", "")),
        )
        for one in told
    ]
    return tuple(reversed(found))


def _is(key: FigureKey) -> tuple[ColumnElement[bool], ...]:
    return (
        FigureVersion.body == key.body,
        FigureVersion.indicator == key.indicator,
        FigureVersion.period == key.period,
    )


def _figures(session: Session, edition: int, *only: ColumnElement[bool]) -> tuple[Figure, ...]:
    rows = list(
        session.execute(
            select(*columns(FigureVersion, Act))
            .join(Act, Act.id == FigureVersion.act_id)
            .where(Act.edition <= edition, *only)
            .order_by(Act.edition, FigureVersion.position)
        )
    )
    texts = texts_of(session, rows)
    versions: dict[FigureKey, list[Version]] = defaultdict(list)
    for row in rows:
        versions[key_of(row)].append(version_of(row, texts))
    marked = _notices_on(session, edition, versions)
    figures = [Figure(key, tuple(found), tuple(marked[key])) for key, found in versions.items()]
    return tuple(sorted(figures, key=_place))


def _notices_on(session: Session, edition: int, keys: Iterable[FigureKey]) -> dict[FigureKey, list[Notice]]:
    bodies = sorted({key.body for key in keys})
    marked: dict[FigureKey, list[Notice]] = defaultdict(list)
    for start in range(0, len(bodies), _BODIES_AT_ONCE):
        only = StatementRow.scope.in_(bodies[start : start + _BODIES_AT_ONCE])
        for notice in _notices(session, edition, only):
            marked[notice.key].append(notice)
    return marked


def _place(figure: Figure) -> tuple[str, str, tuple[int, int, str]]:
    return figure.key.body, figure.key.indicator, Period.parse(figure.key.period).sort_key
