"""Giving rows their place in the chains: the job runner's work, in order, one transaction at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.audit.models import AuditCaseRoot, AuditEntry, AuditSeal
from portal.audit.rules import RowContent, case_root, first_hash, row_hash
from portal.audit.services import record
from portal.audit.values import CASE_CHAINS, MAIN, Head
from portal.foundation.actor import Actor
from portal.foundation.ids import random_bytes

ROOT_ACT = "audit.case-root"
BATCH = 500
"""How many rows are sealed at once where nobody says otherwise."""
_LOOK_BACK = 10_000
"""How many row numbers below the last sealed one may still be waiting: transactions that ended late."""


def seal_rows(session: Session, *, everything: bool = False, most: int = BATCH) -> int:
    """Seal up to `most` waiting rows in the order of their numbers; return how many.

    Rows whose transaction ended late are found within a window; `everything` looks through all.
    """
    newest = session.scalar(select(func.max(AuditSeal.row_id))) or 0
    waiting = select(AuditEntry).where(~exists().where(AuditSeal.row_id == AuditEntry.id))
    if not everything:
        waiting = waiting.where(AuditEntry.id > newest - _LOOK_BACK)
    rows = session.scalars(waiting.order_by(AuditEntry.id).limit(most)).all()
    heads: dict[str, Head] = {}
    for row in rows:
        before = heads.get(row.chain) or head_of(session, row.chain)
        position = before.position + 1
        seal = AuditSeal(
            row_id=row.id,
            chain=row.chain,
            position=position,
            hash=row_hash(before.hash, content_of(row, position)),
        )
        session.add(seal)
        heads[row.chain] = Head(position, seal.hash)
    session.flush()
    return len(rows)


def add_case_root(session: Session, *, now: datetime) -> None:
    """Write the day's root over all case chains into the main chain, whether there are cases or not."""
    salt, last_seal = random_bytes(32), last_seal_of(session)
    root = case_root(salt, case_heads(session, last_seal))
    record(
        session,
        actor=Actor.system(),
        act=ROOT_ACT,
        subject=now.date().isoformat(),
        details={"root": root.hex()},
        now=now,
    )
    session.flush()
    row_id = session.scalars(select(func.max(AuditEntry.id)).where(AuditEntry.act == ROOT_ACT)).one()
    session.add(AuditCaseRoot(row_id=row_id, salt=salt, last_seal=last_seal))


def head_of(session: Session, chain: str) -> Head:
    """The newest place of a chain; position 0 when it is empty."""
    newest = session.execute(
        select(AuditSeal.position, AuditSeal.hash)
        .where(AuditSeal.chain == chain)
        .order_by(AuditSeal.position.desc())
        .limit(1)
    ).first()
    return Head(newest.position, newest.hash) if newest else Head(0, first_hash(chain))


def case_heads(session: Session, last_seal: int) -> list[tuple[str, bytes]]:
    """The newest hash of every case chain, as it stood when `last_seal` was the last seal of all."""
    newest = (
        select(AuditSeal.chain, func.max(AuditSeal.position).label("position"))
        .where(AuditSeal.chain.startswith(CASE_CHAINS), AuditSeal.id <= last_seal)
        .group_by(AuditSeal.chain)
        .subquery()
    )
    found = session.execute(
        select(AuditSeal.chain, AuditSeal.hash).join(
            newest, (AuditSeal.chain == newest.c.chain) & (AuditSeal.position == newest.c.position)
        )
    )
    return [(row.chain, row.hash) for row in found]


def last_seal_of(session: Session) -> int:
    return session.scalar(select(func.max(AuditSeal.id))) or 0


def main_head(session: Session) -> Head:
    return head_of(session, MAIN)


def content_of(row: AuditEntry, position: int) -> RowContent:
    return RowContent(
        chain=row.chain,
        position=position,
        at=row.at,
        actor_id=row.actor_id,
        act=row.act,
        subject=row.subject,
        details=dict(row.details),
    )
