"""How statements become rows: one chunk at a time, with the same statements beside it for reading.

A batch is made without a database: statements are checked, written as a chunk and laid out as rows. So the
transaction that writes it is short, however long the act.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.foundation.db import insert_if_absent, insert_rows
from portal.foundation.i18n import N_, message
from portal.publishing.errors import BadStatement
from portal.publishing.log.canonical import NotCanonical, canonical
from portal.publishing.log.chunks import STATEMENTS, ChunkBytes, write_chunk
from portal.publishing.log.digests import cited
from portal.publishing.log.statements import fault, place
from portal.publishing.models import (
    Act,
    ActBody,
    ActChunk,
    ActMeasure,
    ActText,
    ActTouch,
    Chunk,
    CoverageMark,
    FigureVersion,
    SaltedText,
    StatementRow,
)
from portal.publishing.statements import mark_said
from portal.publishing.touched import touches
from portal.publishing.values import Statement
from portal.publishing.words import searchable, title

FIGURE_COLUMNS = (
    *("body", "indicator", "period", "target", "actual", "numerator", "denominator"),
    *("obs_status", "note_digest", "cause", "replaces", "handin"),
)
_OTHER_COLUMNS = ("act_id", "position", "kind", "key", "scope", "payload", "title", "words")
_BODY = itemgetter(FIGURE_COLUMNS.index("body"))
_INDICATOR = itemgetter(FIGURE_COLUMNS.index("indicator"))
_PERIOD_AND_TARGET = itemgetter(FIGURE_COLUMNS.index("period"), FIGURE_COLUMNS.index("target"))

FigureRow = tuple[Any, ...]
"""The values of FIGURE_COLUMNS."""


@dataclass(frozen=True)
class Batch:
    """A chunk and its statements as rows, each with its place in the chunk."""

    chunk: ChunkBytes
    figures: Sequence[tuple[int, FigureRow]]
    others: Sequence[tuple[int, Statement]]
    texts: frozenset[str]
    touches: frozenset[str]


def batches(statements: Iterable[Statement]) -> Iterator[Batch]:
    """Statements in chunks, checked. Raises BadStatement naming the first that cannot be published."""
    rest = iter(statements)
    while group := tuple(islice(rest, STATEMENTS)):
        for statement in group:
            found = fault(statement)
            if found:
                raise BadStatement(message(N_("A statement cannot be published: it {fault}."), fault=found))
        try:
            chunk = write_chunk(group)
        except NotCanonical as error:
            found = str(error)
            raise BadStatement(message(N_("A statement cannot be published: {fault}."), fault=found)) from None
        yield batch_of(chunk, group)


def batch_of(chunk: ChunkBytes, statements: Sequence[Statement]) -> Batch:
    """The rows of a chunk that holds these statements."""
    return Batch(
        chunk,
        figures=[(at, _figure_row(s)) for at, s in enumerate(statements) if s["t"] == "figure"],
        others=[(at, s) for at, s in enumerate(statements) if s["t"] != "figure"],
        texts=frozenset(digest for statement in statements for digest in cited(statement)),
        touches=frozenset(touch for statement in statements for touch in touches(statement)),
    )


@dataclass(frozen=True)
class LaidOut:
    """A batch with its place in an act: all that can be worked out before others are kept waiting."""

    batch: Batch
    place: int
    first: int
    figures: Sequence[tuple[Any, ...]]
    others: Sequence[tuple[Any, ...]]
    touches: Sequence[tuple[str, str]]
    texts: frozenset[str]


class BatchWriter:
    """Writes the batches of one act, one after another, whichever transactions they are in."""

    def __init__(self, act_id: str) -> None:
        self._act_id = act_id
        self._place = 0
        self._position = 0
        self._touched: set[str] = set()
        self._linked: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._targets: Counter[str] = Counter()
        self._years: dict[str, set[str]] = defaultdict(set)

    def lay_out(self, batch: Batch) -> LaidOut:
        """Give the next batch its place; to be written in the order of the places."""
        act_id, first = self._act_id, self._position
        figures = [figure for _, figure in batch.figures]
        self._counts.update(map(_BODY, figures))
        for indicator, group in groupby(figures, _INDICATOR):
            periods, targets = zip(*map(_PERIOD_AND_TARGET, group), strict=True)
            self._years[indicator].update(period[:4] for period in periods)
            self._targets[indicator] += len(targets) - targets.count(None)
        fresh, texts = batch.touches - self._touched, batch.texts - self._linked
        laid = LaidOut(
            batch,
            self._place,
            first,
            figures=[(act_id, first + at, *figure) for at, figure in batch.figures],
            others=_other_rows(act_id, first, batch),
            touches=[(touch, act_id) for touch in sorted(fresh)],
            texts=texts,
        )
        self._place += 1
        self._position += batch.chunk.statements
        self._touched |= fresh
        self._linked |= texts
        return laid

    def write(self, session: Session, laid: LaidOut) -> set[str]:
        """Write a batch; return the digests of texts it cites that were never stored."""
        act_id, first, batch = self._act_id, laid.first, laid.batch
        insert_if_absent(
            session, Chunk, sha256=batch.chunk.sha256, body=batch.chunk.body, count=batch.chunk.statements
        )
        row = {"act_id": act_id, "position": laid.place, "sha256": batch.chunk.sha256}
        session.execute(insert(ActChunk).values(row))
        insert_rows(session, FigureVersion, ("act_id", "position", *FIGURE_COLUMNS), laid.figures)
        insert_rows(session, StatementRow, _OTHER_COLUMNS, laid.others)
        said = ((first + at, mark_said(s)) for at, s in batch.others)
        if marks := [{"act_id": act_id, "position": at, **mark} for at, mark in said if mark]:
            session.execute(insert(CoverageMark), marks)
        insert_rows(session, ActTouch, ("touch", "act_id"), laid.touches)
        return self._link_texts(session, laid.texts)

    def finish(self, session: Session) -> None:
        """Note of which bodies and indicators the act states how much, once all batches are written."""
        self.write_measures(session, list(self.measures()))
        self.write_counts(session)

    def measures(self) -> Iterator[tuple[Any, ...]]:
        """What the act says of each indicator, for `write_measures`."""
        for indicator, years in sorted(self._years.items()):
            yield self._act_id, indicator, self._targets[indicator], ",".join(sorted(years))

    def write_measures(self, session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
        insert_rows(session, ActMeasure, ("act_id", "indicator", "targets", "years"), rows)

    def write_counts(self, session: Session) -> None:
        rows = [(self._act_id, body, count) for body, count in sorted(self._counts.items())]
        insert_rows(session, ActBody, ("act_id", "body", "figures"), rows)
        session.execute(update(Act).where(Act.id == self._act_id).values(figures=self._counts.total()))

    def _link_texts(self, session: Session, digests: Iterable[str]) -> set[str]:
        """Note which stored texts the act cites, so that they become public with it; return unknown ones."""
        wanted = sorted(digests)
        if not wanted:
            return set()
        known = set(session.scalars(select(SaltedText.digest).where(SaltedText.digest.in_(wanted))))
        insert_rows(session, ActText, ("act_id", "digest"), [(self._act_id, digest) for digest in sorted(known)])
        return set(wanted).difference(known)


def _figure_row(figure: Statement) -> FigureRow:
    note = figure["note"]
    handin = figure.get("handin")
    kept = {**figure, "note_digest": note["digest"] if note else None}
    kept["handin"] = canonical(handin).decode() if handin else None
    return tuple(kept[name] for name in FIGURE_COLUMNS)


def _other_rows(act_id: str, first: int, batch: Batch) -> list[tuple[Any, ...]]:
    """The values of _OTHER_COLUMNS; what a statement says is kept in the very words of its chunk."""
    lines = batch.chunk.body.split(b"\n") if batch.others else []
    return [
        (act_id, first + at, s["t"], *place(s), lines[at].decode(), title(s), searchable(s))
        for at, s in batch.others
    ]
