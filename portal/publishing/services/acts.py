"""Acts: what is to be published is written here first, and becomes public when the appender gives it an edition.

A small act is proposed in the caller's transaction (`propose_act`). A big one is staged in short
transactions of its own (`stage_act`) and released in one (`release_act`), so that no writer waits long.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.foundation.db import Database
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id
from portal.foundation.jobs import enqueue
from portal.foundation.turns import Turns
from portal.publishing.errors import ActNotOpen, BadStatement, NoSuchAct
from portal.publishing.models import (
    Act,
    ActBody,
    ActChunk,
    ActMeasure,
    ActQueue,
    ActText,
    ActTouch,
    Chunk,
    CoverageMark,
    FigureVersion,
    StatementRow,
)
from portal.publishing.services.batches import Batch, BatchWriter, LaidOut, batches
from portal.publishing.values import ActState, Statement

CONTENT: tuple[Any, ...] = (
    *(StatementRow, CoverageMark, FigureVersion),
    *(ActText, ActChunk, ActBody, ActMeasure, ActTouch),
)
"""The tables whose rows follow from an act's chunks alone."""

APPEND = "publishing.append"
"""The job that lets the appender look at the queue."""


def propose_act(
    session: Session,
    *,
    kind: str,
    statements: Iterable[Statement],
    proposed_by: str,
    approved_by: str | None,
    now: datetime,
    act_id: str | None = None,
    ready: bool = True,
    meta: Mapping[str, Any] | None = None,
) -> str:
    """Write an act in the caller's transaction and return its id; with `ready` the appender takes it next.

    Proposing again under the same `act_id` changes nothing. Raises BadStatement.
    """
    return propose_batches(
        session,
        kind=kind,
        batches=batches(statements),
        proposed_by=proposed_by,
        approved_by=approved_by,
        now=now,
        act_id=act_id,
        ready=ready,
        meta=meta,
    )


def propose_batches(
    session: Session,
    *,
    kind: str,
    batches: Iterable[Batch],
    proposed_by: str,
    approved_by: str | None,
    now: datetime,
    act_id: str | None = None,
    ready: bool = True,
    meta: Mapping[str, Any] | None = None,
) -> str:
    """The same from batches that are being made."""
    prepared = iter(batches)
    first = _first(prepared)
    if act_id is not None and session.get(Act, act_id) is not None:
        return act_id
    made = open_act(session, kind=kind, proposed_by=proposed_by, now=now, act_id=act_id, meta=meta)
    writer = BatchWriter(made)
    for batch in chain((first,), prepared):
        _write(session, writer, writer.lay_out(batch))
    writer.finish(session)
    if ready:
        release_act(session, act_id=made, approved_by=approved_by, now=now)
    return made


def stage_act(
    database: Database,
    *,
    kind: str,
    statements: Iterable[Statement],
    proposed_by: str,
    now: datetime,
    act_id: str | None = None,
    meta: Mapping[str, Any] | None = None,
    progress: Callable[[int], object] = lambda _count: None,
) -> str:
    """Write a big act in short transactions; invisible until `release_act` and the appender.

    `progress` hears how many statements each transaction wrote. When a statement is refused, or anything else
    goes wrong, what was staged is discarded again. Raises BadStatement.
    """
    return stage_batches(
        database,
        kind=kind,
        batches=batches(statements),
        proposed_by=proposed_by,
        now=now,
        act_id=act_id,
        meta=meta,
        progress=progress,
    )


def stage_batches(
    database: Database,
    *,
    kind: str,
    batches: Iterable[Batch],
    proposed_by: str,
    now: datetime,
    act_id: str | None = None,
    meta: Mapping[str, Any] | None = None,
    progress: Callable[[int], object] = lambda _count: None,
) -> str:
    """The same from batches that are being made."""
    prepared = iter(batches)
    first = _first(prepared)
    with database.write() as session:
        made = open_act(session, kind=kind, proposed_by=proposed_by, now=now, act_id=act_id, meta=meta)
    writer = BatchWriter(made)
    try:
        rest = map(writer.lay_out, chain((first,), prepared))
        turns = Turns(database, least=1, first=2, most=8)  # some 10 ms of writing each
        while group := tuple(islice(rest, turns.at_once)):
            with turns.write() as session:
                for laid in group:
                    _write(session, writer, laid)
            progress(sum(laid.batch.chunk.statements for laid in group))
        _finish(database, writer)
    except BaseException:
        discard_staged(database, act_id=made)
        raise
    return made


def _finish(database: Database, writer: BatchWriter) -> None:
    turns, rest = Turns(database, least=200, first=1000, most=20_000), iter(writer.measures())
    while rows := tuple(islice(rest, turns.at_once)):
        with turns.write() as session:
            writer.write_measures(session, rows)
    with database.write() as session:
        writer.write_counts(session)


def discard_staged(database: Database, *, act_id: str) -> None:
    """Remove a staged act in short transactions, its rows first: whoever rates meanwhile waits for one batch.

    Raises NoSuchAct, or ActNotOpen when it was released.
    """
    turns = Turns(database, least=500, first=2000, most=20_000)
    some = True
    while some:
        with turns.write() as session:
            _staged(session, act_id)
            some = _discard_some(session, act_id, turns.at_once)
    with database.write() as session:
        discard_act(session, act_id=act_id)


def _discard_some(session: Session, act_id: str, at_once: int) -> bool:
    """Remove so many figures of a staged act; whether there were any."""
    last = select(FigureVersion.id).where(FigureVersion.act_id == act_id)
    some = list(session.scalars(last.order_by(FigureVersion.position.desc()).limit(at_once)))
    session.execute(delete(FigureVersion).where(FigureVersion.id.in_(some)))
    return bool(some)


def open_act(
    session: Session,
    *,
    kind: str,
    proposed_by: str,
    now: datetime,
    act_id: str | None = None,
    meta: Mapping[str, Any] | None = None,
) -> str:
    """An empty staged act; returns its id."""
    made = act_id or new_id()
    row = {"id": made, "kind": kind, "state": ActState.STAGED, "proposed_at": now, "proposed_by": proposed_by}
    session.execute(insert(Act).values(**row, meta=dict(meta or {})))
    return made


def release_act(session: Session, *, act_id: str, approved_by: str | None, now: datetime) -> None:
    """Hand a staged act to the appender. Raises NoSuchAct, or ActNotOpen when it was released before."""
    act = _staged(session, act_id)
    act.state, act.approved_by = ActState.PENDING, approved_by
    session.add(ActQueue(act_id=act_id))
    session.flush()
    enqueue(session, APPEND, {}, due_at=now)


def discard_act(session: Session, *, act_id: str) -> None:
    """Remove a staged act and all it wrote. Raises NoSuchAct, or ActNotOpen when it was released."""
    act = _staged(session, act_id)
    chunks = set(session.scalars(select(ActChunk.sha256).where(ActChunk.act_id == act_id)))
    for model in CONTENT:
        session.execute(delete(model).where(model.act_id == act_id))
    for sha256 in chunks:
        used = select(ActChunk.sha256).where(ActChunk.sha256 == sha256)
        session.execute(delete(Chunk).where(Chunk.sha256 == sha256, ~used.exists()))
    session.delete(act)
    session.flush()


def _first(prepared: Iterable[Batch]) -> Batch:
    """The first batch, parsed and hashed before any statement of ours takes the write lock."""
    for batch in prepared:
        return batch
    raise BadStatement(N_("An act must say something."))


def _write(session: Session, writer: BatchWriter, laid: LaidOut) -> None:
    if writer.write(session, laid):
        raise BadStatement(N_("A statement cites a text that was never stored."))


def _staged(session: Session, act_id: str) -> Act:
    """The act, locked against a second release at the same moment."""
    act = session.get(Act, act_id, with_for_update=True)
    if act is None:
        raise NoSuchAct(N_("There is no such act."))
    if act.state != ActState.STAGED:
        raise ActNotOpen(N_("This was already released."))
    return act
