"""Bringing database and store to the same newest entry, when one of them came back from a backup.

Nothing new is signed: heads in between are kept in the store, or signed again to the same bytes (Ed25519 is
deterministic), once the whole tree is known to end in the newest signed head. Texts by people are not in the
store; those the database lost stay lost, and are counted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.context import Portal
from portal.foundation.i18n import N_, message
from portal.publishing.errors import HistoryForked, LogDamaged
from portal.publishing.log import tree
from portal.publishing.log.canonical import NotCanonical
from portal.publishing.log.checkpoint import Head
from portal.publishing.log.chunks import ChunkBytes, read_chunk
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.models import Act, Checkpoint, Chunk, LogEntry
from portal.publishing.services.acts import open_act
from portal.publishing.services.appender import chunks_of, lock, signers_of
from portal.publishing.services.batches import BatchWriter, batch_of
from portal.publishing.services.entering import enter, nodes_of, size_of
from portal.publishing.services.signer import Signer, holds, signer_of
from portal.publishing.store import LogStore

Progress = Callable[[int, int], object]


def _quiet(_done: int, _of: int) -> None:
    return


@dataclass(frozen=True)
class Recovered:
    """How many entries went into the database and into the store, and how many texts are lost."""

    entered: int
    written: int
    lost_texts: int


def recover(portal: Portal) -> Recovered:
    """Complete whichever of database and store is behind the other.

    Raises HistoryForked when they tell different histories, LogDamaged when something needed is missing;
    then nothing was changed.
    """
    store = LogStore(portal.settings.var)
    signer = signer_of(portal)
    known = signer.newest()
    with portal.database.write() as session:
        lock(session)
        size = size_of(session)
        if known is not None and known.size > size:
            lost = enter_all(session, store, signer, known)
            done = Recovered(known.size - size, 0, lost)
        else:
            done = Recovered(0, _write_all(session, store, signer, known, size), 0)
        newest = size_of(session)
    store.announce(newest)
    return done


def enter_all(session: Session, store: LogStore, signer: Signer, known: Head, progress: Progress = _quiet) -> int:
    """Enter what the database lacks, as the store has it; return how many texts are lost.

    Raises HistoryForked when the entries there do not lead to the newest signed head, LogDamaged.
    """
    size = size_of(session)
    entries = [_stored_entry(store, n) for n in range(size + 1, known.size + 1)]
    fresh: dict[tuple[int, int], bytes] = {}
    stored = nodes_of(session)

    def nodes(level: int, idx: int) -> bytes:
        found = fresh.get((level, idx))
        return stored(level, idx) if found is None else found

    gained: list[list[tree.Node]] = []
    for entry in entries:
        gained.append(tree.append(entry.n - 1, tree.leaf_hash(entry.document), nodes))
        fresh.update({(level, idx): value for level, idx, value in gained[-1]})
    if tree.root(known.size, nodes) != known.root:
        raise HistoryForked(N_("The database does not continue what was signed before: nothing is signed."))
    lost = 0
    for entry, group in zip(entries, gained, strict=True):
        lost += _restore_act(session, store, entry)
        signers = signers_of(session, signer, entry)
        note = signer.signed_before(Head(signer.origin, entry.n, tree.root(entry.n, nodes)), nodes, signers)
        enter(session, entry, group, note, str(signers[0]))
        progress(entry.n, known.size)
    return lost


def _stored_entry(store: LogStore, n: int) -> Entry:
    document = store.entry(n)
    if document is None:
        raise LogDamaged(message(N_("The file of entry {n} is missing under var/log."), n=n))
    return _entry(document, n)


def _restore_act(session: Session, store: LogStore, entry: Entry) -> int:
    """Make sure the database has the entry's act; return how many of its texts are lost."""
    if session.get(Act, entry.act) is None:
        open_act(session, kind=entry.kind, proposed_by="recovered", now=entry.at, act_id=entry.act)
    elif kept := chunks_of(session, entry.act):
        if kept != entry.chunks:
            raise HistoryForked(
                message(N_("The act of entry {n} says something else in the database."), n=entry.n)
            )
        return 0
    writer, lost = BatchWriter(entry.act), 0
    for ref in entry.chunks:
        body = store.chunk(ref.sha256)
        if body is None:
            raise LogDamaged(message(N_("A chunk of entry {n} is missing under var/log."), n=entry.n))
        try:
            batch = batch_of(ChunkBytes(body, ref.statements), tuple(read_chunk(body, ref)))
        except NotCanonical:
            raise LogDamaged(message(N_("A chunk of entry {n} is damaged under var/log."), n=entry.n)) from None
        lost += len(writer.write(session, writer.lay_out(batch)))
    writer.finish(session)
    return lost


def _write_all(session: Session, store: LogStore, signer: Signer, known: Head | None, size: int) -> int:
    """Write to the store what it lacks, as the database has it; return how many entries."""
    nodes = nodes_of(session)
    if known is not None and tree.root(known.size, nodes) != known.root:
        raise HistoryForked(N_("The database does not continue what was signed before: nothing is signed."))
    if size == 0:
        return 0
    note = session.scalar(select(Checkpoint.note).where(Checkpoint.n == size))
    newest = _entry(session.get_one(LogEntry, size).document, size)
    head = Head(signer.origin, size, tree.root(size, nodes))
    if note is None or not holds(note, head, signers_of(session, signer, newest)):
        raise HistoryForked(N_("The newest head of the database is not one that this key signed."))
    written = 0
    for row in session.scalars(select(LogEntry).order_by(LogEntry.n)):
        if store.entry(row.n) == row.document:
            continue
        for ref in _entry(row.document, row.n).chunks:
            store.write_chunk(ref.sha256, session.get_one(Chunk, ref.sha256).body)
        store.write_entry(row.n, row.document)
        written += 1
    for kept in session.scalars(select(Checkpoint).order_by(Checkpoint.n)):
        store.write_checkpoint(kept.n, kept.note)
    store.write_key(session.get_one(Checkpoint, 1).verifier_key)
    store.write_head(note)
    return written


def _entry(document: bytes, n: int) -> Entry:
    try:
        return parse_entry(document)
    except NotCanonical:
        raise LogDamaged(message(N_("Entry {n} cannot be read."), n=n)) from None
