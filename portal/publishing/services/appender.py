"""The one appender: gives waiting acts their edition, one after another, under one signed head.

It is run by the job runner, which alone reads the signing key. For each act, chunks, entry and signed head
are flushed to the store outside the database first; then one small transaction makes the act visible
together with its leaf, nodes and checkpoint. Killed between the two, the store is ahead by exactly that
entry, and the next run completes it with the same bytes. For a database that is further behind, or tells
another history than the newest head, nothing is signed.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from portal.foundation.clock import Clock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.i18n import N_, message
from portal.foundation.storage import forget_pages
from portal.publishing.errors import DatabaseBehind, HistoryForked, LogDamaged
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import Head
from portal.publishing.log.chunks import ChunkRef
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.log.keys import BadKeys, KeyChain
from portal.publishing.log.notes import BadNote, Verifier
from portal.publishing.models import Act, ActChunk, ActQueue, Chunk, LogEntry, StatementRow
from portal.publishing.queries.changed import state_of
from portal.publishing.queries.log import chain_of
from portal.publishing.services.entering import enter, nodes_of, size_of
from portal.publishing.services.signer import Signer, holds, signer_of
from portal.publishing.services.touching import mark_touches
from portal.publishing.store import LogStore
from portal.publishing.values import ActState

_LOCK = 0x676F6E67  # "gong": the advisory lock of PostgreSQL under which one appender works

_ANNOUNCING = threading.Lock()

_SMALL = 4  # chunks of an act that is entered whole within one short transaction

Reveal = Callable[[str], Callable[[], object]]
"""Is told the name of each state that is about to become public: its head is signed, nothing can stop it any more.
What it gives is called when the state is public, before web processes are told of its edition; it may wait a
moment."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Waiting:
    """The act that is next, and where its chunks are."""

    act_id: str
    kind: str
    chunks: tuple[ChunkRef, ...]


class Appender:
    """Appends to the one log of this installation."""

    def __init__(
        self, database: Database, store: LogStore, signer: Signer, clock: Clock, reveal: Reveal | None = None
    ) -> None:
        self._database = database
        self._reveal = reveal
        self._store = store
        self._signer = signer
        self._clock = clock

    def run(self) -> int:
        """Append all that waits, completing first what was interrupted; return how many acts became public.

        Raises LogDamaged when nothing may be signed.
        """
        done = 0
        while (appended := self._step()) is not None:
            done += appended
        self._announce()
        return done

    def _step(self) -> int | None:
        """Append the next act, if no other appender was faster; None when there is nothing to do."""
        waiting = self._next()
        if waiting is None and not self._was_interrupted():
            return None
        if waiting is not None:
            self._export_chunks(waiting)
            if len(waiting.chunks) > _SMALL:
                mark_touches(self._database, waiting.act_id, self._size() + 1)
        with self._database.write() as session:
            lock(session)
            size = size_of(session)
            if self._is_ahead(size):
                withdrew = self._complete(session, size)
            elif waiting is not None and _still_waits(session, waiting):
                withdrew = self._append(session, waiting, size)
            else:
                return 0
            revealed = self._reveal(state_of(session, size + 1) or "") if self._reveal is not None else None
        if withdrew:
            self._database.truncate_wal()  # what was withdrawn must not stay in SQLite's log file
            forget_pages(self._store.folder.parent)  # nor in a page that somebody drew before
        if revealed is not None:
            revealed()
        self._announce()
        return 1

    def _append(self, session: Session, waiting: Waiting, size: int) -> bool:
        self._require_agreement(session, size)
        at = max(self._clock.now(), _last_at(session, size)).astimezone(UTC).replace(microsecond=0)
        entry = Entry(size + 1, waiting.act_id, waiting.kind, at, self._signer.origin, waiting.chunks)
        gained = tree.append(size, tree.leaf_hash(entry.document), nodes_of(session))
        nodes = nodes_of(session, gained)
        head = Head(self._signer.origin, size + 1, tree.root(size + 1, nodes))
        signers = signers_of(session, self._signer, entry)
        self._store.write_entry(entry.n, entry.document)
        note = self._signer.sign(head, nodes, signers)
        log.info("act appended", act=entry.act, kind=entry.kind, edition=entry.n)
        return enter(session, entry, gained, note, str(signers[0]))

    def _complete(self, session: Session, size: int) -> bool:
        """Enter into the database the entry that was signed when the appender was killed."""
        head, note, document = self._signer.newest(), self._store.head(), self._store.entry(size + 1)
        if head is None or note is None or document is None:
            raise LogDamaged(N_("The newest signed head has no entry in the store: nothing is signed."))
        entry = parse_entry(document)
        if head.size != size + 1 or not _holds(session, entry):
            raise DatabaseBehind(
                N_("The database lacks acts that were published; run “log recover” before anything is published.")
            )
        gained = tree.append(size, tree.leaf_hash(document), nodes_of(session))
        if tree.root(size + 1, nodes_of(session, gained)) != head.root:
            raise HistoryForked(N_("The database does not continue what was signed before: nothing is signed."))
        signers = signers_of(session, self._signer, entry)
        if not holds(note, head, signers):
            raise HistoryForked(N_("The newest signed head is not signed by the keys that must sign it."))
        log.warning("interrupted act completed", act=entry.act, edition=entry.n)
        return enter(session, entry, gained, note, str(signers[0]))

    def _require_agreement(self, session: Session, size: int) -> None:
        """The database holds exactly what the newest signed head covers, or raise LogDamaged."""
        known = self._signer.newest()
        if (known.size if known else 0) != size:
            raise LogDamaged(N_("The files under var/log lack entries of the database; run “log recover” first."))
        if known is not None and tree.root(size, nodes_of(session)) != known.root:
            raise HistoryForked(N_("The database does not continue what was signed before: nothing is signed."))

    def _next(self) -> Waiting | None:
        with self._database.read() as session:
            act = session.execute(
                select(Act.id, Act.kind)
                .join(ActQueue, ActQueue.act_id == Act.id)
                .where(Act.state == ActState.PENDING)
                .order_by(ActQueue.place)
                .limit(1)
            ).first()
            return None if act is None else Waiting(act.id, act.kind, chunks_of(session, act.id))

    def _export_chunks(self, waiting: Waiting) -> None:
        """Flush the act's chunks to the store; they wait there unnamed until an entry names them."""
        write_chunks(self._database, self._store, waiting.chunks)

    def _was_interrupted(self) -> bool:
        with self._database.read() as session:
            return self._is_ahead(size_of(session))

    def _is_ahead(self, size: int) -> bool:
        known = self._signer.newest()
        return known is not None and known.size > size

    def _size(self) -> int:
        with self._database.read() as session:
            return size_of(session)

    def _announce(self) -> None:
        """Under a lock from looking to writing: two threads of the runner may append at the same moment."""
        with _ANNOUNCING:
            size = self._size()
            if self._store.edition() != size:
                self._store.announce(size)


def append_waiting(portal: Portal, reveal: Reveal | None = None) -> int:
    """Append all that waits in this installation; return how many acts became public.

    For the job runner and for commands that stand in for it: it reads the signing key. Raises LogDamaged.
    """
    store = LogStore(portal.settings.var)
    return Appender(portal.database, store, signer_of(portal), portal.clock, reveal).run()


def signers_of(session: Session, signer: Signer, entry: Entry) -> list[Verifier]:
    """The keys that must sign the head after an entry, whose act is in the database: the oldest first.

    Raises LogDamaged when the log's statements about its keys cannot be.
    """
    said = session.scalars(
        select(StatementRow.payload)
        .where(StatementRow.act_id == entry.act, StatementRow.kind == "key")
        .order_by(StatementRow.position)
    ).all()
    try:
        chain = chain_of(session, entry.n - 1)
        if chain.first is None:
            chain = KeyChain(signer.first)
        signers = chain.signers_of(said)
        for statement in said:
            chain.take(entry.n, statement)
    except (BadKeys, BadNote) as error:
        raise LogDamaged(
            message(N_("What the log says of its keys cannot be: it {fault}."), fault=str(error))
        ) from None
    return signers


def export_chunks(portal: Portal, act_id: str) -> None:
    """Flush an act's chunks to the store ahead of its time: what is left to do then is one small commit."""
    with portal.database.read() as session:
        chunks = chunks_of(session, act_id)
    write_chunks(portal.database, LogStore(portal.settings.var), chunks)


def write_chunks(database: Database, store: LogStore, chunks: Sequence[ChunkRef]) -> None:
    for ref in chunks:
        with database.read() as session:
            store.write_chunk(ref.sha256, session.get_one(Chunk, ref.sha256).body)


def lock(session: Session) -> None:
    """One appender at a time: an advisory lock, or SQLite's queue of writers, till the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sql("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _still_waits(session: Session, waiting: Waiting) -> bool:
    state = session.scalar(select(Act.state).where(Act.id == waiting.act_id))
    return state == ActState.PENDING


def _holds(session: Session, entry: Entry) -> bool:
    """Whether the database has the entry's act, waiting, with the same chunks."""
    state = session.scalar(select(Act.state).where(Act.id == entry.act))
    return state == ActState.PENDING and chunks_of(session, entry.act) == entry.chunks


def chunks_of(session: Session, act_id: str) -> tuple[ChunkRef, ...]:
    rows = session.execute(
        select(Chunk.sha256, Chunk.count)
        .join(ActChunk, ActChunk.sha256 == Chunk.sha256)
        .where(ActChunk.act_id == act_id)
        .order_by(ActChunk.position)
    )
    return tuple(ChunkRef(sha256, count) for sha256, count in rows)


def _last_at(session: Session, size: int) -> datetime:
    return session.scalar(select(LogEntry.at).where(LogEntry.n == size)) or datetime.min.replace(tzinfo=UTC)
