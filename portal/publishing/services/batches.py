"""How statements become rows: one chunk at a time, with the same statements beside it for reading.

A batch is made without a database: statements are checked, written as a chunk and laid out as rows. So the
transaction that writes it is short, however long the act.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
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

    def write(self, session: Session, batch: Batch) -> set[str]:
        """Write the next batch; return the digests of texts it cites that were never stored."""
        act_id, first = self._act_id, self._position
        insert_if_absent(
            session, Chunk, sha256=batch.chunk.sha256, body=batch.chunk.body, count=batch.chunk.statements
        )
        row = {"act_id": act_id, "position": self._place, "sha256": batch.chunk.sha256}
        session.execute(insert(ActChunk).values(row))
        insert_rows(
            session,
            FigureVersion,
            ("act_id", "position", *FIGURE_COLUMNS),
            [(act_id, first + at, *figure) for at, figure in batch.figures],
        )
        if batch.others:
            session.execute(insert(StatementRow), [_other_row(act_id, first + at, s) for at, s in batch.others])
        said = ((first + at, mark_said(s)) for at, s in batch.others)
        if marks := [{"act_id": act_id, "position": at, **mark} for at, mark in said if mark]:
            session.execute(insert(CoverageMark), marks)
        self._counts.update(figure[0] for _, figure in batch.figures)
        for _, (_, indicator, period, target, *_) in batch.figures:
            self._years[indicator].add(period[:4])
            self._targets[indicator] += target is not None
        fresh = batch.touches - self._touched
        insert_rows(session, ActTouch, ("touch", "act_id"), [(touch, act_id) for touch in sorted(fresh)])
        unknown = self._link_texts(session, batch.texts - self._linked)
        self._place += 1
        self._position += batch.chunk.statements
        self._touched |= fresh
        self._linked |= batch.texts
        return unknown

    def finish(self, session: Session) -> None:
        """Note how many figures of which bodies and indicators the act states, once all batches are written."""
        rows = [(self._act_id, body, count) for body, count in sorted(self._counts.items())]
        insert_rows(session, ActBody, ("act_id", "body", "figures"), rows)
        measures = [
            (self._act_id, indicator, self._targets[indicator], ",".join(sorted(years)))
            for indicator, years in sorted(self._years.items())
        ]
        insert_rows(session, ActMeasure, ("act_id", "indicator", "targets", "years"), measures)
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


def _other_row(act_id: str, position: int, statement: Statement) -> dict[str, Any]:
    key, scope = place(statement)
    return {
        "act_id": act_id,
        "position": position,
        "kind": statement["t"],
        "key": key,
        "scope": scope,
        "payload": dict(statement),
        "title": title(statement),
        "words": searchable(statement),
    }
