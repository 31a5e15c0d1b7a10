"""Figures with all their versions and notices."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from portal.foundation.i18n import N_, message
from portal.publishing.errors import NoSuchFigure
from portal.publishing.models import Act, FigureVersion, SaltedText, StatementRow
from portal.publishing.queries.visible import all_of, said
from portal.publishing.readings import Correction, Figure, Notice, Version
from portal.publishing.values import Cause, FigureKey, NoticeState, Text
from portal.registry.values import Period


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


def figures_published_by(session: Session, edition: int) -> tuple[FigureKey, ...]:
    """Which figures the act of `edition` published, by key."""
    rows = session.execute(
        select(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
        .join(Act, Act.id == FigureVersion.act_id)
        .where(Act.edition == edition)
        .order_by(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
    )
    return tuple(FigureKey(*row) for row in rows)


def corrections(
    session: Session, *, edition: int, body: str | None = None, limit: int | None = None, offset: int = 0
) -> tuple[Correction, ...]:
    """Every value that was replaced by another, the latest first."""
    before, before_act = aliased(FigureVersion), aliased(Act)
    query = (
        select(*_columns(FigureVersion, Act), *_columns(before, before_act))
        .join(Act, Act.id == FigureVersion.act_id)
        .join(before_act, before_act.edition == FigureVersion.replaces)
        .join(
            before,
            and_(
                before.act_id == before_act.id,
                before.body == FigureVersion.body,
                before.indicator == FigureVersion.indicator,
                before.period == FigureVersion.period,
            ),
        )
        .where(Act.edition <= edition, _differs(before))
        .order_by(Act.edition.desc(), FigureVersion.position)
        .limit(limit)
        .offset(offset)
    )
    if body is not None:
        query = query.where(FigureVersion.body == body)
    rows = list(session.execute(query))
    texts = _texts(session, rows)
    width = len(_columns(FigureVersion, Act))
    return tuple(
        Correction(FigureKey(*row[:3]), _version(row[width:], texts), _version(row, texts)) for row in rows
    )


def notices(session: Session, *, edition: int, body: str | None = None) -> tuple[Notice, ...]:
    """Every notice so far, oldest first."""
    query = all_of("notice", edition)
    if body is not None:
        query = query.where(StatementRow.scope == body)
    found = [
        Notice(FigureKey.parse(one.key), NoticeState(one.content["state"]), one.edition, one.at)
        for one in said(session, query)
    ]
    return tuple(reversed(found))


def _differs(before: type[FigureVersion]) -> ColumnElement[bool]:
    same = [
        getattr(FigureVersion, column).is_not_distinct_from(getattr(before, column))
        for column in ("target", "actual", "obs_status")
    ]
    return ~and_(*same)


def _is(key: FigureKey) -> tuple[ColumnElement[bool], ...]:
    return (
        FigureVersion.body == key.body,
        FigureVersion.indicator == key.indicator,
        FigureVersion.period == key.period,
    )


def _columns(version: type[FigureVersion], act: type[Act]) -> tuple[Any, ...]:
    v = version
    return (
        *(v.body, v.indicator, v.period, act.edition, act.appended_at, v.cause),
        *(v.target, v.actual, v.numerator, v.denominator, v.obs_status, v.note_digest, v.replaces),
    )


def _figures(session: Session, edition: int, *only: ColumnElement[bool]) -> tuple[Figure, ...]:
    rows = list(
        session.execute(
            select(*_columns(FigureVersion, Act))
            .join(Act, Act.id == FigureVersion.act_id)
            .where(Act.edition <= edition, *only)
            .order_by(Act.edition, FigureVersion.position)
        )
    )
    texts = _texts(session, rows)
    versions: dict[FigureKey, list[Version]] = defaultdict(list)
    for row in rows:
        versions[FigureKey(*row[:3])].append(_version(row, texts))
    marked = _notices_on(session, edition, versions)
    figures = [Figure(key, tuple(found), tuple(marked[key])) for key, found in versions.items()]
    return tuple(sorted(figures, key=_place))


def _notices_on(session: Session, edition: int, keys: Iterable[FigureKey]) -> dict[FigureKey, list[Notice]]:
    bodies = {key.body for key in keys}
    marked: dict[FigureKey, list[Notice]] = defaultdict(list)
    for body in sorted(bodies) if len(bodies) == 1 else [None]:
        for notice in notices(session, edition=edition, body=body):
            marked[notice.key].append(notice)
    return marked


def _place(figure: Figure) -> tuple[str, str, tuple[int, int, str]]:
    return figure.key.body, figure.key.indicator, Period.parse(figure.key.period).sort_key


def _texts(session: Session, rows: Iterable[Sequence[Any]]) -> dict[str, Text]:
    """The notes the rows cite. A withdrawn text is withdrawn from older editions too."""
    wanted = sorted({str(row[11]) for row in rows if row[11] is not None})
    if not wanted:
        return {}
    found = session.execute(
        select(SaltedText.digest, SaltedText.text, SaltedText.withdrawn_in).where(SaltedText.digest.in_(wanted))
    )
    return {row[0]: Text(*row) for row in found}


def _version(row: Sequence[Any], texts: dict[str, Text]) -> Version:
    edition, at, cause, target, actual, numerator, denominator, obs_status, note, replaces = row[3:13]
    return Version(
        edition=edition,
        at=at,
        cause=Cause(cause),
        target=_decimal(target),
        actual=_decimal(actual),
        numerator=_decimal(numerator),
        denominator=_decimal(denominator),
        obs_status=obs_status,
        note=texts.get(note, Text(note, None, None)) if note else None,
        replaces=replaces,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
