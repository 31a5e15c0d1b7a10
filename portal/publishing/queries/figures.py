"""Figures with all their versions and notices."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.foundation.reads import Read
from portal.publishing.errors import NoSuchFigure
from portal.publishing.models import Act, ActBody, FigureVersion
from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.versions import columns, keys_in, new, versions_in
from portal.publishing.queries.visible import Said, all_in, every
from portal.publishing.readings import Figure, Notice, Version
from portal.publishing.series import period_of
from portal.publishing.values import FigureKey, NoticeState


def find_figure(session: Session, key: FigureKey, *, edition: int) -> Figure | None:
    """The figure with all its versions up to `edition`."""
    found = _figures(_ONE, session, edition, body=key.body, indicator=key.indicator, period=key.period)
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
    return _figures(_HISTORY, session, edition, body=body, indicator=indicator)


def figures_of(session: Session, body: str, *, edition: int) -> tuple[Figure, ...]:
    """All figures of a body, by indicator, the earliest period first."""
    return _figures(_OF_BODY, session, edition, body=body)


def figures_of_indicator(session: Session, indicator: str, *, edition: int) -> tuple[Figure, ...]:
    """All figures of an indicator at every body, by body, the earliest period first."""
    return _figures(_OF_INDICATOR, session, edition, indicator=indicator)


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
    told = every(session, "notice", edition) if body is None else all_in(session, "notice", (body,), edition)
    return _notices(session, told, edition)


def _notices(session: Session, told: Sequence[Said], edition: int) -> tuple[Notice, ...]:
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


def _figures(query: Read, session: Session, edition: int, **which: str) -> tuple[Figure, ...]:
    found = query.columns(session, edition=edition, **which)
    if not found:
        return ()
    versions: dict[FigureKey, list[Version]] = {}
    for key, version in zip(keys_in(found), versions_in(session, found), strict=True):
        versions.setdefault(key, []).append(version)
    marked = notices_on(session, {key.body for key in versions}, edition=edition)
    return tuple(
        new(Figure, (key, tuple(of_key), tuple(marked.get(key, ())) if marked else ()))
        for key, of_key in sorted(versions.items(), key=_place)
    )


def notices_on(session: Session, bodies: Iterable[str], *, edition: int) -> dict[FigureKey, list[Notice]]:
    """Every notice on figures of these bodies, by figure, oldest first."""
    told = all_in(session, "notice", bodies, edition)
    marked: dict[FigureKey, list[Notice]] = {}
    for notice in _notices(session, told, edition):
        marked.setdefault(notice.key, []).append(notice)
    return marked


def _place(found: tuple[FigureKey, Any]) -> tuple[str, str, tuple[int, int, str]]:
    body, indicator, period = found[0]
    return body, indicator, order_of(period)


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)  # a list asks for every period of every line
def order_of(period: str) -> tuple[int, int, str]:
    """Where a period stands in time."""
    return period_of(period).sort_key


def _read(*which: str) -> Read:
    """Versions up to an edition, of what the parameters of these names say; each figure's oldest first."""
    v = FigureVersion
    return Read(
        select(*columns(v, Act))
        .join(Act, Act.id == v.act_id)
        .where(Act.edition <= bindparam("edition"), *(getattr(v, name) == bindparam(name) for name in which))
        .order_by(Act.edition, v.position)
    )


_ONE = _read("body", "indicator", "period")
_HISTORY = _read("body", "indicator")
_OF_BODY = _read("body")
_OF_INDICATOR = _read("indicator")
