"""What the data files of an edition are written from: the log's statements as the database keeps them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, select
from sqlalchemy.orm import Session

from portal.publishing.files import CONTEXT_KINDS, Context, FileHead, Line
from portal.publishing.log.digests import cited
from portal.publishing.log.entries import parse_entry
from portal.publishing.models import Act, FigureVersion, LogEntry, SaltedText, StatementRow
from portal.publishing.queries.texts import texts_cited
from portal.publishing.values import Statement, Text, cite

_ROWS_AT_ONCE = 1000


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


def lines_of(session: Session, edition: int) -> Iterator[Line]:
    """All versions of all figures up to an edition, by key and then oldest first; read as they are used."""
    return lines_where(session, edition)


def lines_where(
    session: Session, edition: int, *, join: tuple[FromClause, ColumnElement[bool]] | None = None
) -> Iterator[Line]:
    """The same of those figures alone that `join` leaves."""
    query = (
        select(Act.edition, SaltedText.text, SaltedText.withdrawn_in, *FIGURE)
        .join(Act, Act.id == FigureVersion.act_id)
        .outerjoin(SaltedText, SaltedText.digest == FigureVersion.note_digest)
        .where(Act.edition <= edition)
        .order_by(
            FigureVersion.body,
            FigureVersion.indicator,
            FigureVersion.period,
            Act.edition,
            FigureVersion.position,
        )
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
