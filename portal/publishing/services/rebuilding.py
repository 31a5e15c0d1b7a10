"""Everything public, rebuilt from the log outside the database: from var/log, or from a mirror of this portal.

What the tables of published facts hold follows from entries and chunks alone, so it can be thrown away and
made again, and pages and files come out byte for byte as before. Who proposed and approved an act, and the
texts by people, are not in the log: they stay where they are, or come from the mirror if they were lost.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.foundation.context import Portal
from portal.foundation.i18n import N_, message
from portal.publishing.errors import HistoryForked, LogDamaged
from portal.publishing.log.canonical import parse_canonical
from portal.publishing.log.checkpoint import parse_head
from portal.publishing.log.digests import SaltedWords, cited
from portal.publishing.log.entries import parse_entry
from portal.publishing.models import Act, ActChunk, Checkpoint, Chunk, LogEntry, LogNode, SaltedText
from portal.publishing.services.acts import CONTENT
from portal.publishing.services.appender import lock
from portal.publishing.services.recovery import Progress, enter_all
from portal.publishing.services.signer import signer_of
from portal.publishing.store import LogStore
from portal.publishing.values import ActState
from portal.publishing.verification.source import Source
from portal.publishing.verification.verify import verify


@dataclass(frozen=True)
class Rebuilt:
    """How many entries were entered anew, and how many texts that they cite are lost."""

    entries: int
    lost_texts: int


def rebuild(portal: Portal, *, progress: Progress) -> Rebuilt:
    """Throw away the tables of published facts and make them again from var/log, in one transaction.

    Nothing is signed. Raises LogDamaged or HistoryForked when var/log is not whole; then nothing was changed.
    """
    store, signer = LogStore(portal.settings.var), signer_of(portal)
    known = signer.newest()
    if known is None:
        raise LogDamaged(N_("There is no log under var/log to rebuild from."))
    with portal.database.write() as session:
        lock(session)
        if (beyond := session.scalar(select(LogEntry.n).where(LogEntry.n > known.size).limit(1))) is not None:
            raise LogDamaged(
                message(N_("The files under var/log lack entry {n}; run “log recover” first."), n=beyond)
            )
        _clear(session)
        lost = enter_all(session, store, signer, known, progress)
    store.announce(known.size)
    return Rebuilt(known.size, lost)


def mirror(portal: Portal, source: Source, *, progress: Progress) -> int:
    """Bring what a mirror has and var/log lacks, once all of it is checked; return the number of entries there.

    Texts that the database lacks come too. Raises Refuted, Unreachable, and HistoryForked when the mirror is of
    another log, shows another history than the one signed here, or is behind it.
    """
    store = LogStore(portal.settings.var)
    kept, key = store.head(), store.key()
    found = verify(source, key=key, progress=progress)
    if found.head.origin != portal.settings.log_origin:
        raise HistoryForked(message(N_("The mirror is of another log: {origin}."), origin=found.head.origin))
    if kept is not None:
        here = parse_head(kept)
        there = source.checkpoint(here.size)
        if here.size > found.head.size:
            raise HistoryForked(N_("The mirror has fewer entries than were signed here."))
        if there is None or parse_head(there).root != here.root:
            raise HistoryForked(N_("The mirror shows another history than the one signed here."))
    texts = _take(store, source, found.head.size)
    store.write_key(source.first_key() or found.key)
    store.write_head(found.note)
    with portal.database.write() as session:
        for digest, words in texts.items():
            if session.get(SaltedText, digest) is None:
                row = SaltedText(digest=digest, salt=words.salt, text=words.text, withdrawn_in=words.withdrawn_in)
                session.add(row)
    return found.head.size


def _take(store: LogStore, source: Source, size: int) -> dict[str, SaltedWords]:
    """Write entries, chunks and heads to the store; return the texts they cite."""
    texts: dict[str, SaltedWords] = {}
    for n in range(1, size + 1):
        document, note = source.entry(n), source.checkpoint(n)
        if document is None or note is None:
            raise HistoryForked(N_("The mirror changed while it was read."))
        for ref in parse_entry(document).chunks:
            body = source.chunk(ref.sha256) or b""
            store.write_chunk(ref.sha256, body)
            texts |= {digest: words for digest in _cited(body) if (words := source.text(digest)) is not None}
        if store.entry(n) != document:
            store.write_entry(n, document)
        store.write_checkpoint(n, note)
    return texts


def _cited(body: bytes) -> set[str]:
    return {digest for line in body.splitlines() for digest in cited(parse_canonical(line))}


def _clear(session: Session) -> None:
    """Take away what follows from the log. Acts and texts stay; so does what is not published yet."""
    appended = select(Act.id).where(Act.edition.is_not(None))
    for table in (Checkpoint, LogEntry, LogNode):
        session.execute(delete(table))
    for table in CONTENT:
        session.execute(delete(table).where(table.act_id.in_(appended)))
    unused = ~select(ActChunk.sha256).where(ActChunk.sha256 == Chunk.sha256).exists()
    session.execute(delete(Chunk).where(unused))
    session.execute(
        update(Act)
        .where(Act.edition.is_not(None))
        .values(state=ActState.PENDING, edition=None, appended_at=None, figures=0)
    )
    session.expire_all()
