"""Entering a signed entry into the database: leaf, nodes, checkpoint, visibility and withdrawals together."""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.publishing.errors import LogDamaged
from portal.publishing.log import tree
from portal.publishing.log.entries import Entry
from portal.publishing.models import (
    Act,
    ActQueue,
    ActText,
    Checkpoint,
    LogEntry,
    LogNode,
    SaltedText,
    StatementRow,
)
from portal.publishing.services.touching import finish_touches
from portal.publishing.values import ActState


def size_of(session: Session) -> int:
    """How many entries the log has in the database: the current edition."""
    return session.scalar(select(func.max(LogEntry.n))) or 0


def nodes_of(session: Session, gained: Sequence[tree.Node] = ()) -> tree.Nodes:
    """The stored nodes of the tree, with those about to be stored. Raises LogDamaged for a missing one."""
    fresh = {(level, idx): value for level, idx, value in gained}

    def nodes(level: int, idx: int) -> bytes:
        found = fresh.get((level, idx))
        if found is None:
            found = session.scalar(select(LogNode.hash).where(LogNode.level == level, LogNode.idx == idx))
        if found is None:
            raise LogDamaged(N_("A hash of the log is missing in the database."))
        return found

    return nodes


def enter(
    session: Session,
    entry: Entry,
    gained: Sequence[tree.Node],
    note: str,
    verifier_key: str,
    *,
    touch: Callable[[Session, str, int], None] = finish_touches,
) -> bool:
    """Make the act of a signed entry public; return whether it withdrew texts.

    `touch` marks what the act touches with the edition.
    """
    leaf = gained[0][2]
    session.execute(
        insert(LogEntry).values(n=entry.n, act_id=entry.act, document=entry.document, leaf_hash=leaf, at=entry.at)
    )
    session.execute(insert(LogNode), [{"level": v, "idx": i, "hash": h} for v, i, h in gained])
    session.execute(insert(Checkpoint).values(n=entry.n, note=note, verifier_key=verifier_key))
    session.execute(delete(ActQueue).where(ActQueue.act_id == entry.act))
    touch(session, entry.act, entry.n)
    session.execute(
        update(Act)
        .where(Act.id == entry.act)
        .values(state=ActState.APPENDED, edition=entry.n, appended_at=entry.at)
    )
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sql("SELECT pg_notify('edition', :n)"), {"n": str(entry.n)})
    return _withdraw(session, entry)


def _withdraw(session: Session, entry: Entry) -> bool:
    """Empty the texts that the act withdraws; a text withdrawn before stays with its first withdrawal.

    A text that was lost before gets a row that says who withdrew it.
    """
    withdrawn = session.scalars(
        select(StatementRow.key).where(StatementRow.act_id == entry.act, StatementRow.kind == "withdrawal")
    ).all()
    for digest in withdrawn:
        text = session.get(SaltedText, digest)
        if text is None:
            session.execute(insert(SaltedText).values(digest=digest, withdrawn_in=entry.n))
            session.execute(insert(ActText).values(act_id=entry.act, digest=digest))
        elif text.withdrawn_in is None:
            text.salt, text.text, text.withdrawn_in = None, None, entry.n
    session.flush()
    return bool(withdrawn)
