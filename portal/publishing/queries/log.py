"""The log as the public may read it: only what an appended act made public."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.publishing.log.digests import SaltedWords
from portal.publishing.log.keys import KeyChain
from portal.publishing.log.notes import Verifier
from portal.publishing.models import (
    Act,
    ActChunk,
    ActText,
    Checkpoint,
    Chunk,
    LogEntry,
    LogNode,
    SaltedText,
    StatementRow,
)


def log_size(session: Session) -> int:
    """How many entries the log has."""
    return session.scalar(select(func.max(LogEntry.n))) or 0


def find_checkpoint(session: Session, n: int | None = None) -> str | None:
    """The signed head after entry n, or the newest."""
    query = select(Checkpoint.note).order_by(Checkpoint.n.desc()).limit(1)
    return session.scalar(query if n is None else query.where(Checkpoint.n == n))


def find_log_key(session: Session, n: int | None = None) -> str | None:
    """A verifier key that opens the head after entry n, or the newest: the oldest that signs there."""
    query = select(Checkpoint.verifier_key).order_by(Checkpoint.n.desc()).limit(1)
    return session.scalar(query if n is None else query.where(Checkpoint.n == n))


def chain_of(session: Session, edition: int | None = None) -> KeyChain:
    """The keys as of an edition, or of the newest, as the log tells it. Raises BadKeys for what cannot be."""
    first = find_log_key(session, 1)
    chain = KeyChain(Verifier.parse(first) if first else None)
    for n, statement in session.execute(
        select(Act.edition, StatementRow.payload)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == "key", Act.edition <= (log_size(session) if edition is None else edition))
        .order_by(Act.edition, StatementRow.position)
    ):
        chain.take(n or 0, statement)
    return chain


def find_entry(session: Session, n: int) -> bytes | None:
    return session.scalar(select(LogEntry.document).where(LogEntry.n == n))


def find_leaf(session: Session, n: int) -> bytes | None:
    return session.scalar(select(LogEntry.leaf_hash).where(LogEntry.n == n))


def find_chunk(session: Session, sha256: str) -> bytes | None:
    """A chunk of an appended act. Guessing the address of what still waits gives nothing."""
    public = (
        select(ActChunk.act_id)
        .join(Act, Act.id == ActChunk.act_id)
        .where(ActChunk.sha256 == Chunk.sha256, Act.edition.is_not(None))
    )
    return session.scalar(select(Chunk.body).where(Chunk.sha256 == sha256, exists(public)))


def find_text(session: Session, digest: str) -> SaltedWords | None:
    """A text that an appended act cites."""
    public = (
        select(ActText.act_id)
        .join(Act, Act.id == ActText.act_id)
        .where(ActText.digest == SaltedText.digest, Act.edition.is_not(None))
    )
    row = session.execute(
        select(SaltedText.salt, SaltedText.text, SaltedText.withdrawn_in).where(
            SaltedText.digest == digest, exists(public)
        )
    ).first()
    return SaltedWords(*row) if row else None


def find_node(session: Session, level: int, idx: int) -> bytes | None:
    """The hash of a complete subtree."""
    return session.scalar(select(LogNode.hash).where(LogNode.level == level, LogNode.idx == idx))


def node_hashes(session: Session, level: int, start: int, count: int) -> bytes:
    """The hashes of complete subtrees `start` … `start + count − 1` of a level, one after another."""
    found = session.scalars(
        select(LogNode.hash)
        .where(LogNode.level == level, LogNode.idx >= start, LogNode.idx < start + count)
        .order_by(LogNode.idx)
    )
    return b"".join(found)
