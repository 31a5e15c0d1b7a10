"""The log of this installation: its database held against its own log, and against the files under var/log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.publishing.errors import LogDamaged
from portal.publishing.files import Context, layout_of, write
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import parse_head
from portal.publishing.log.digests import SaltedWords
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.log.statements import place
from portal.publishing.models import Act, ActChunk, CoverageMark, FigureVersion, LogEntry, LogNode, StatementRow
from portal.publishing.queries import log
from portal.publishing.queries.lines import FIGURE, context_of, figure_said, find_file_head, lines_of
from portal.publishing.services.entering import nodes_of
from portal.publishing.shelf import Shelf
from portal.publishing.statements import mark_said
from portal.publishing.store import LogStore
from portal.publishing.values import Statement
from portal.publishing.verification.source import Doubt, Refuted
from portal.publishing.words import searchable, title


class OwnSource:
    """Reads one moment of the database through `session`; the store outside it is the other witness."""

    def __init__(self, session: Session, store: LogStore) -> None:
        self._session = session
        self._store = store
        self._context: tuple[int, Context] | None = None

    def first_key(self) -> str | None:
        return self._store.key() or log.find_log_key(self._session, 1)

    def head(self) -> str | None:
        """The newest head in the store: what was signed there cannot be unsaid by the database.

        An entry that was signed when the appender was killed still waits; the head before it counts.
        """
        note = self._store.head()
        size = log.log_size(self._session)
        if note is not None and self._waits(note, size):
            return log.find_checkpoint(self._session, size)
        return note

    def checkpoint(self, n: int) -> str | None:
        return log.find_checkpoint(self._session, n)

    def entry(self, n: int) -> bytes | None:
        return log.find_entry(self._session, n)

    def chunk(self, sha256: str) -> bytes | None:
        return log.find_chunk(self._session, sha256)

    def text(self, digest: str) -> SaltedWords | None:
        return log.find_text(self._session, digest)

    def file(self, edition: int, name: str) -> Iterable[bytes] | None:
        head = find_file_head(self._session, edition)
        if head is None:
            return None
        context = self._context_of(edition)
        lines = lines_of(self._session, edition, layout_of(context).feed_of(name))
        return write(name, head, context, lines)

    def unkept(self, edition: int, name: str) -> None:
        return None

    def sums(self, edition: int) -> str | None:
        return Shelf(self._store.folder.parent).signed(edition)

    def doubt_statements(self, entry: Entry, position: int, statements: Sequence[Statement]) -> Doubt | None:
        """The rows that pages are drawn from say the same as the chunk."""
        rows = self._rows(entry.act, position, position + len(statements))
        marks = self._marks(entry.act, position, position + len(statements))
        for at, statement in enumerate(statements, start=position):
            if rows.pop(at, None) != _row(statement) or marks.pop(at, None) != mark_said(statement):
                what = f"{statement['t']} {place(statement)[0]}"
                return Doubt(_OTHERWISE, at=at, what=what)
        return None

    def doubt_entry(self, entry: Entry, statements: int) -> Doubt | None:
        return self._doubt_act(entry, statements) or self._doubt_nodes(entry) or self._doubt_store(entry)

    def doubt_end(self, size: int) -> Refuted | None:
        beyond = self._session.scalar(select(func.min(LogEntry.n)).where(LogEntry.n > size))
        shown = self._session.scalar(select(func.min(Act.edition)).where(Act.edition > size))
        for n in filter(None, (beyond, shown)):
            return Refuted(n, "the database shows it, but the newest signed head does not cover it.")
        nodes = self._session.scalar(select(func.count()).select_from(LogNode))
        if nodes != 2 * size - size.bit_count():
            return Refuted(None, "the database has hashes that belong to no entry, or lacks some.")
        return None

    def _context_of(self, edition: int) -> Context:
        """Read once for all files of an edition."""
        if self._context is None or self._context[0] != edition:
            self._context = edition, context_of(self._session, edition)
        return self._context[1]

    def _waits(self, note: str, size: int) -> bool:
        """Whether the store is ahead by one entry whose act is still waiting, and says so itself."""
        head, document = parse_head(note), self._store.entry(size + 1)
        if head.size != size + 1 or document is None:
            return False
        state = self._session.scalar(select(Act.state).where(Act.id == parse_entry(document).act))
        try:
            gained = tree.append(size, tree.leaf_hash(document), nodes_of(self._session))
            root = tree.root(size + 1, nodes_of(self._session, gained))
        except LogDamaged:
            return False
        return state == "pending" and root == head.root

    def _doubt_act(self, entry: Entry, statements: int) -> Doubt | None:
        act = self._session.get(Act, entry.act)
        if act is None or act.edition != entry.n or act.kind != entry.kind or act.appended_at != entry.at:
            return Doubt("the database gives its act another edition, kind or time.")
        refs = self._session.scalars(
            select(ActChunk.sha256).where(ActChunk.act_id == entry.act).order_by(ActChunk.position)
        ).all()
        if list(refs) != [chunk.sha256 for chunk in entry.chunks]:
            return Doubt("the database gives its act other chunks.")
        rows = sum(
            self._session.scalar(select(func.count()).where(model.act_id == entry.act)) or 0
            for model in (StatementRow, FigureVersion)
        )
        if rows == statements:
            return None
        return Doubt("the database shows {rows} statements instead of {expected}.", rows=rows, expected=statements)

    def _doubt_nodes(self, entry: Entry) -> Doubt | None:
        row = self._session.execute(
            select(LogEntry.leaf_hash, LogEntry.act_id, LogEntry.at).where(LogEntry.n == entry.n)
        ).one()
        leaf = tree.leaf_hash(entry.document)
        expected: tuple[bytes, str, datetime] = (leaf, entry.act, entry.at)
        if tuple(row) != expected:
            return Doubt("the database keeps another leaf hash, act or time for it.")
        try:
            gained = tree.append(entry.n - 1, leaf, nodes_of(self._session))
        except LogDamaged:
            return Doubt("the database lacks hashes in front of it.")
        for level, idx, value in gained:
            if log.find_node(self._session, level, idx) != value:
                return Doubt("the database keeps another hash for node {level}/{idx}.", level=level, idx=idx)
        return None

    def _doubt_store(self, entry: Entry) -> Doubt | None:
        if self._store.entry(entry.n) != entry.document:
            return Doubt("the file under var/log/entries is missing or another.")
        for ref in entry.chunks:
            if self._store.chunk(ref.sha256) != log.find_chunk(self._session, ref.sha256):
                return Doubt("the file under var/log/chunks of {sha256} is missing or another.", sha256=ref.sha256)
        return None

    def _rows(self, act_id: str, start: int, end: int) -> dict[int, tuple[Any, ...]]:
        others = self._session.execute(
            select(StatementRow.position, *_OTHER).where(
                StatementRow.act_id == act_id,
                StatementRow.position >= start,
                StatementRow.position < end,
            )
        )
        rows: dict[int, tuple[Any, ...]] = {at: tuple(row) for at, *row in others}
        figures = self._session.execute(
            select(FigureVersion.position, *FIGURE).where(
                FigureVersion.act_id == act_id,
                FigureVersion.position >= start,
                FigureVersion.position < end,
            )
        )
        rows.update({at: (figure_said(figure),) for at, *figure in figures})
        return rows

    def _marks(self, act_id: str, start: int, end: int) -> dict[int, dict[str, str | None]]:
        marks = self._session.execute(
            select(CoverageMark.position, *_MARK).where(
                CoverageMark.act_id == act_id,
                CoverageMark.position >= start,
                CoverageMark.position < end,
            )
        )
        return {at: dict(zip(_MARK_NAMES, mark, strict=True)) for at, *mark in marks}


_OTHERWISE = "the database shows something else than its statement {at}, {what}."
_MARK_NAMES = ("body", "indicator", "period", "round", "state", "reason", "owes")
_MARK = tuple(getattr(CoverageMark, name) for name in _MARK_NAMES)
_OTHER = (
    *(StatementRow.payload, StatementRow.kind, StatementRow.key, StatementRow.scope),
    *(StatementRow.title, StatementRow.words),
)


def _row(statement: Statement) -> tuple[Any, ...]:
    """What the row of a statement must hold."""
    if statement["t"] == "figure":
        return (statement,)
    return (statement, statement["t"], *place(statement), title(statement), searchable(statement))
