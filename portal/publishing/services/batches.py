"""How statements become rows: one chunk at a time, with the same statements beside it for reading."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.publishing.errors import BadStatement
from portal.publishing.log.canonical import NotCanonical
from portal.publishing.log.chunks import STATEMENTS, ChunkBytes, write_chunk
from portal.publishing.log.digests import cited
from portal.publishing.log.statements import fault, place
from portal.publishing.models import (
    ActChunk,
    ActText,
    Chunk,
    CoverageMark,
    FigureVersion,
    SaltedText,
    StatementRow,
)
from portal.publishing.values import Statement
from portal.publishing.words import searchable

_MARKS = frozenset({"coverage", "handin"})


@dataclass(frozen=True)
class Batch:
    """A chunk and the statements in it."""

    chunk: ChunkBytes
    statements: tuple[Statement, ...]

    @property
    def texts(self) -> set[str]:
        """The digests of all texts these statements cite."""
        return {digest for statement in self.statements for digest in cited(statement)}


def batches(statements: Iterable[Statement]) -> Iterator[Batch]:
    """Statements in chunks, checked. Raises BadStatement naming the first that cannot be published."""
    rest = iter(statements)
    while group := tuple(islice(rest, STATEMENTS)):
        for statement in group:
            found = fault(statement)
            if found:
                raise BadStatement(message(N_("A statement cannot be published: it {fault}."), fault=found))
        try:
            yield Batch(write_chunk(group), group)
        except NotCanonical as error:
            found = str(error)
            raise BadStatement(message(N_("A statement cannot be published: {fault}."), fault=found)) from None


def write_batch(session: Session, *, act_id: str, batch: Batch, place: int, position: int) -> int:
    """Write chunk number `place` of an act, its first statement being number `position`; return the next."""
    _insert_chunk(session, batch.chunk)
    session.execute(insert(ActChunk).values(act_id=act_id, position=place, sha256=batch.chunk.sha256))
    figures = [_figure_row(act_id, at, s) for at, s in enumerate(batch.statements, position) if _is_figure(s)]
    others = [_other_row(act_id, at, s) for at, s in enumerate(batch.statements, position) if not _is_figure(s)]
    if figures:
        session.execute(insert(FigureVersion), figures)
    if others:
        session.execute(insert(StatementRow), others)
    if marks := [_mark_row(act_id, at, s) for at, s in enumerate(batch.statements, position) if s["t"] in _MARKS]:
        session.execute(insert(CoverageMark), marks)
    return position + len(batch.statements)


def link_texts(session: Session, *, act_id: str, digests: set[str]) -> set[str]:
    """Note which stored texts an act cites, so that they become public with it; return the unknown ones."""
    wanted = sorted(digests)
    known = set(session.scalars(select(SaltedText.digest).where(SaltedText.digest.in_(wanted))))
    linked = set(session.scalars(select(ActText.digest).where(ActText.act_id == act_id)))
    rows = [{"act_id": act_id, "digest": digest} for digest in wanted if digest in known - linked]
    if rows:
        session.execute(insert(ActText), rows)
    return digests - known


def _insert_chunk(session: Session, chunk: ChunkBytes) -> None:
    """Two acts may hold the same bytes: the second uses the chunk that is there."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"sha256": chunk.sha256, "body": chunk.body, "count": chunk.statements}
    session.execute(dialect.insert(Chunk).values(row).on_conflict_do_nothing(index_elements=["sha256"]))


def _is_figure(statement: Statement) -> bool:
    return bool(statement["t"] == "figure")


def _figure_row(act_id: str, position: int, figure: Statement) -> dict[str, Any]:
    fields = ("body", "indicator", "period", "target", "actual", "numerator", "denominator", "obs_status")
    row = {field: figure[field] for field in (*fields, "cause", "replaces")}
    note = figure["note"]
    row |= {"act_id": act_id, "position": position, "note_digest": note["digest"] if note else None}
    return row | {"handin": figure.get("handin")}


def _mark_row(act_id: str, position: int, statement: Statement) -> dict[str, Any]:
    """What a statement says about a figure that is due; a hand-in leaves it with the office."""
    row = {name: statement[name] for name in ("body", "indicator", "period", "round")}
    if statement["t"] == "handin":
        row |= {"state": "handed-in", "reason": "being-checked", "owes": "office"}
    else:
        row |= {name: statement[name] for name in ("state", "reason", "owes")}
    return row | {"act_id": act_id, "position": position}


def _other_row(act_id: str, position: int, statement: Statement) -> dict[str, Any]:
    key, scope = place(statement)
    return {
        "act_id": act_id,
        "position": position,
        "kind": statement["t"],
        "key": key,
        "scope": scope,
        "payload": dict(statement),
        "words": searchable(statement),
    }
