"""Acts: what is to be published is written here first, and becomes public when the appender gives it an edition.

A small act is proposed in the caller's transaction (`propose_act`). A big one is staged in short
transactions of its own (`stage_act`) and released in one (`release_act`), so that no writer waits long.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.foundation.db import Database
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id
from portal.foundation.jobs import enqueue
from portal.publishing.errors import ActNotOpen, BadStatement, NoSuchAct
from portal.publishing.models import (
    Act,
    ActChunk,
    ActQueue,
    ActText,
    Chunk,
    CoverageMark,
    FigureVersion,
    StatementRow,
)
from portal.publishing.services.batches import Batch, batches, link_texts, write_batch
from portal.publishing.values import ActState, Statement

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
    prepared = batches(statements)
    first = _first(prepared)
    if act_id is not None and session.get(Act, act_id) is not None:
        return act_id
    made = open_act(session, kind=kind, proposed_by=proposed_by, now=now, act_id=act_id, meta=meta)
    position = _write(session, made, first, 0, 0)
    for place, batch in enumerate(prepared, start=1):
        position = _write(session, made, batch, place, position)
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
    """Write a big act in short transactions, a chunk each; invisible until `release_act` and the appender.

    `progress` hears how many statements each batch wrote. When a statement is refused, or anything else goes
    wrong, what was staged is discarded again. Raises BadStatement.
    """
    prepared = batches(statements)
    first = _first(prepared)
    with database.write() as session:
        made = open_act(session, kind=kind, proposed_by=proposed_by, now=now, act_id=act_id, meta=meta)
        position = _write(session, made, first, 0, 0)
    try:
        progress(len(first.statements))
        for place, batch in enumerate(prepared, start=1):
            with database.write() as session:
                position = _write(session, made, batch, place, position)
            progress(len(batch.statements))
    except BaseException:
        with database.write() as session:
            discard_act(session, act_id=made)
        raise
    return made


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
    for model in (StatementRow, CoverageMark, FigureVersion, ActText, ActChunk):
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


def _write(session: Session, act_id: str, batch: Batch, place: int, position: int) -> int:
    if link_texts(session, act_id=act_id, digests=batch.texts):
        raise BadStatement(N_("A statement cites a text that was never stored."))
    return write_batch(session, act_id=act_id, batch=batch, place=place, position=position)


def _staged(session: Session, act_id: str) -> Act:
    """The act, locked against a second release at the same moment."""
    act = session.get(Act, act_id, with_for_update=True)
    if act is None:
        raise NoSuchAct(N_("There is no such act."))
    if act.state != ActState.STAGED:
        raise ActNotOpen(N_("This was already released."))
    return act
