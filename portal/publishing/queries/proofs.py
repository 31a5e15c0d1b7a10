"""Where in the log a figure was published, and the proof that it is there."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.publishing.errors import LogDamaged, NoSuchFigure
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import parse_head
from portal.publishing.log.digests import SaltedWords
from portal.publishing.log.keys import KeyRole
from portal.publishing.log.proofs import TlogProof
from portal.publishing.models import Act, ActChunk, Chunk, FigureVersion, StatementRow
from portal.publishing.queries import log
from portal.publishing.values import FigureKey
from portal.publishing.verification.bundle import Part


@dataclass(frozen=True)
class Publication:
    """The version of a figure that an edition shows: entry, chunk and line; the key entries before its proof."""

    n: int
    line: int
    leaf: bytes
    sha256: str
    part: Part
    keys: tuple[Part, ...]
    first_key: str
    note: SaltedWords | None

    @property
    def said(self) -> str:
        """The statement, exactly as it stands in the chunk."""
        return self.part.chunk.split(b"\n")[self.line].decode()

    @property
    def steps(self) -> tuple[tree.Step, ...]:
        """How the leaf's hash becomes the root."""
        size = parse_head(self.part.proof.checkpoint).size
        return tuple(tree.climb(self.n - 1, size, self.leaf, self.part.proof.path))


def get_publication(session: Session, key: FigureKey, *, edition: int) -> Publication:
    """Where the version of the figure that `edition` shows was published. Raises NoSuchFigure, LogDamaged."""
    row = session.execute(
        select(Act.edition, Act.id, FigureVersion.position, FigureVersion.note_digest)
        .join(Act, Act.id == FigureVersion.act_id)
        .where(
            FigureVersion.body == key.body,
            FigureVersion.indicator == key.indicator,
            FigureVersion.period == key.period,
            Act.edition <= edition,
        )
        .order_by(Act.edition.desc(), FigureVersion.position.desc())
        .limit(1)
    ).first()
    if row is None or row.edition is None:
        raise NoSuchFigure(
            message(N_("The figure {key} is not published in edition {n}."), key=str(key), n=edition)
        )
    note = log.find_text(session, row.note_digest) if row.note_digest else None
    return _publication(session, row.edition, row.id, row.position, edition, note)


def find_statement(session: Session, kind: str, key: str, *, edition: int) -> Publication | None:
    """Where what `edition` says about `key` was published; None when it says nothing. Raises LogDamaged."""
    row = session.execute(
        select(Act.edition, Act.id, StatementRow.position)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == kind, StatementRow.key == key, Act.edition <= edition)
        .order_by(Act.edition.desc(), StatementRow.position.desc())
        .limit(1)
    ).first()
    if row is None or row.edition is None:
        return None
    return _publication(session, row.edition, row.id, row.position, edition, None)


def _publication(
    session: Session, n: int, act_id: str, position: int, edition: int, note: SaltedWords | None
) -> Publication:
    sha256, line = _chunk_at(session, act_id, position)
    chain = log.chain_of(session, edition)
    announced = sorted({event.entry for event in chain.events if event.entry and event.role is KeyRole.LOG})
    # an entry that changes keys is signed by those before it: the proof ends at the newest head that is plain
    size = next(at for at in range(edition, n - 1, -1) if at not in announced)
    keys = tuple(_key_part(session, at) for at in announced if at < size)
    part = _part(session, n, sha256, size)
    leaf = tree.leaf_hash(part.entry)
    first = log.find_log_key(session, 1) or ""
    return Publication(n, line, leaf, sha256, part, keys, first, note)


def _chunk_at(session: Session, act_id: str, position: int) -> tuple[str, int]:
    """The chunk that holds statement number `position` of an act, and its line there."""
    start = 0
    for sha256, count in session.execute(
        select(Chunk.sha256, Chunk.count)
        .join(ActChunk, ActChunk.sha256 == Chunk.sha256)
        .where(ActChunk.act_id == act_id)
        .order_by(ActChunk.position)
    ):
        if position < start + count:
            return sha256, position - start
        start += count
    raise LogDamaged(N_("The log lacks the chunk of this figure."))


def _key_part(session: Session, n: int) -> Part:
    """An entry about keys, proven by the head that was signed after it."""
    row = session.execute(
        select(StatementRow.act_id, StatementRow.position)
        .join(Act, Act.id == StatementRow.act_id)
        .where(Act.edition == n, StatementRow.kind == "key")
        .limit(1)
    ).one()
    return _part(session, n, _chunk_at(session, *row)[0], n)


def _part(session: Session, n: int, sha256: str, size: int) -> Part:
    entry, chunk = log.find_entry(session, n), log.find_chunk(session, sha256)
    checkpoint = log.find_checkpoint(session, size)
    if entry is None or chunk is None or checkpoint is None:
        raise LogDamaged(N_("The log lacks the chunk of this figure."))
    path = tuple(tree.inclusion_proof(n - 1, size, _nodes(session)))
    return Part(entry, chunk, TlogProof(n - 1, path, checkpoint))


def _nodes(session: Session) -> tree.Nodes:
    def nodes(level: int, idx: int) -> bytes:
        found = log.find_node(session, level, idx)
        if found is None:
            raise LogDamaged(N_("A hash of the log is missing in the database."))
        return found

    return nodes
