"""What the data files of an edition are written from: the log's statements as the database keeps them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.publishing.files import Context, FileHead, Line
from portal.publishing.log.entries import parse_entry
from portal.publishing.models import Act, FigureVersion, LogEntry, SaltedText, StatementRow
from portal.publishing.values import Statement, Text, cite

_ROWS_AT_ONCE = 1000
_CONTEXT = ("body", "service", "indicator", "release", "notice")


def find_file_head(session: Session, edition: int) -> FileHead | None:
    """The head of the files of edition n; None when there is no such edition."""
    document = session.scalar(select(LogEntry.document).where(LogEntry.n == edition))
    if document is None:
        return None
    entry = parse_entry(document)
    return FileHead(entry.origin, entry.n, entry.at)


def context_of(session: Session, edition: int) -> Context:
    """Register, releases and notices as of an edition."""
    context = Context()
    rows = session.execute(
        select(Act.edition, StatementRow.payload)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind.in_(_CONTEXT), Act.edition <= edition)
        .order_by(Act.edition, StatementRow.position)
    )
    for n, payload in rows:
        context.take(n or 0, payload)
    return context


def lines_of(session: Session, edition: int) -> Iterator[Line]:
    """All versions of all figures up to an edition, by key and then oldest first; read as they are used."""
    rows = session.execute(
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
    for n, text, withdrawn_in, *figure in rows:
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
