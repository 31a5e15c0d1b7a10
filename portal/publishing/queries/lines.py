"""What the data files of an edition are written from: the log's statements as the database keeps them."""

import heapq
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.publishing.errors import ProgramTooOld
from portal.publishing.files import CONTEXT_KINDS, LAYOUTS, Context, Feed, FileHead, Layout, Line
from portal.publishing.log.digests import cited
from portal.publishing.log.entries import parse_entry
from portal.publishing.models import Act, CoverageMark, FigureVersion, LogEntry, SaltedText, StatementRow
from portal.publishing.queries.texts import texts_cited
from portal.publishing.values import Statement, Text, cite

_ROWS_AT_ONCE = 1000
_KEY = (FigureVersion.body, FigureVersion.indicator, FigureVersion.period)


def find_file_head(session: Session, edition: int) -> FileHead | None:
    """The head of the files of edition n; None when there is no such edition."""
    document = session.scalar(select(LogEntry.document).where(LogEntry.n == edition))
    if document is None:
        return None
    entry = parse_entry(document)
    return FileHead(entry.origin, entry.n, entry.at)


def context_of(session: Session, edition: int) -> Context:
    """What the log says beside figures, as of an edition."""
    context, digests = Context(), set[str]()
    rows = session.execute(
        select(Act.edition, StatementRow.payload)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind.in_(CONTEXT_KINDS), Act.edition <= edition)
        .order_by(Act.edition, StatementRow.position)
    )
    for n, payload in rows:
        context.take(n or 0, payload)
        digests.update(cited(payload))
    moments = session.execute(select(Act.edition, Act.appended_at).where(Act.edition <= edition))
    context.moments.update((n, at) for n, at in moments if n is not None and at is not None)
    context.texts.update(texts_cited(session, digests, edition=edition))
    return context


def layout_in(session: Session, edition: int) -> Layout:
    """The layout of the files of an edition: the last that the log names up to there, else the first.

    Raises ProgramTooOld when this program does not know it.
    """
    version = layout_version(session, edition)
    if version not in LAYOUTS:
        raise ProgramTooOld(
            N_("This log was written by a newer version of the portal. Install that version, or a newer one.")
        )
    return LAYOUTS[version]


def layout_version(session: Session, edition: int) -> int:
    """Which layout the log names for an edition, known to this program or not."""
    said = session.scalar(
        select(StatementRow.payload)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == "layout", Act.edition <= edition)
        .order_by(Act.edition.desc(), StatementRow.position.desc())
        .limit(1)
    )
    return int(said["version"]) if said else 1


def lines_of(session: Session, edition: int, feed: Feed = Feed.FIGURES) -> Iterator[Line]:
    """What feeds a table up to an edition, by key and then oldest first; read as it is used."""
    return _handins(session, edition) if feed is Feed.HANDINS else lines_where(session, edition)


def _handins(session: Session, edition: int) -> Iterator[Line]:
    """Every hand-in with the versions of figures that name one; no figure is read where nothing was handed in."""
    handed = _handed(session, edition)
    first = next(handed, None)
    if first is None:
        return
    for place, said in heapq.merge([first], handed, _stated(session, edition), key=itemgetter(0)):
        yield Line(place[3], said, None)


def _handed(session: Session, edition: int) -> Iterator[tuple[Sequence[Any], Statement]]:
    """Each `handin` with its place: body, indicator, period, edition, position."""
    mark = (CoverageMark.body, CoverageMark.indicator, CoverageMark.period)
    beside = and_(CoverageMark.act_id == StatementRow.act_id, CoverageMark.position == StatementRow.position)
    rows = session.execute(
        select(*mark, Act.edition, StatementRow.position, StatementRow.payload)
        .join(Act, Act.id == StatementRow.act_id)
        .join(CoverageMark, beside)
        .where(StatementRow.kind == "handin", Act.edition <= edition)
        .order_by(*mark, Act.edition, StatementRow.position)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for *place, said in rows:
        yield place, said


def _stated(session: Session, edition: int) -> Iterator[tuple[Sequence[Any], Statement]]:
    """Each version of a figure that names a hand-in, with its place."""
    rows = session.execute(
        select(Act.edition, FigureVersion.position, *FIGURE)
        .join(Act, Act.id == FigureVersion.act_id)
        .where(FigureVersion.handin.is_not(None), Act.edition <= edition)
        .order_by(*_KEY, Act.edition, FigureVersion.position)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for n, position, *figure in rows:
        said = figure_said(figure)
        yield [said["body"], said["indicator"], said["period"], n, position], said


def lines_where(
    session: Session, edition: int, *, join: tuple[FromClause, ColumnElement[bool]] | None = None
) -> Iterator[Line]:
    """The same of those figures alone that `join` leaves."""
    query = (
        select(Act.edition, SaltedText.text, SaltedText.withdrawn_in, *FIGURE)
        .join(Act, Act.id == FigureVersion.act_id)
        .outerjoin(SaltedText, SaltedText.digest == FigureVersion.note_digest)
        .where(Act.edition <= edition)
        .order_by(*_KEY, Act.edition, FigureVersion.position)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for n, text, withdrawn_in, *figure in session.execute(query if join is None else query.join(*join)):
        digest = figure[0]
        note = Text(digest, text, withdrawn_in) if digest else None
        yield Line(n or 0, figure_said(figure), note)


_NAMES = (
    *("body", "indicator", "period", "target", "actual", "numerator", "denominator"),
    *("obs_status", "cause", "replaces"),
)
FIGURE = (
    FigureVersion.note_digest,
    FigureVersion.handin,
    *(getattr(FigureVersion, name) for name in _NAMES),
)


def figure_said(row: Sequence[Any]) -> Statement:
    """The statement that a row of figures keeps; `row` holds the columns of `FIGURE`."""
    digest, handin, *values = row
    said = {"t": "figure", **dict(zip(_NAMES, values, strict=True)), "note": cite(digest) if digest else None}
    return said if handin is None else {**said, "handin": handin}


def last_withdrawal(session: Session) -> int:
    """The newest act that withdrew a text; 0 when none was. Files of every edition change with it."""
    return session.scalar(select(func.max(SaltedText.withdrawn_in))) or 0
