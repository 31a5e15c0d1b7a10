"""Reads of the audit record. An auditor is shown the main chain only; a case's own chain is read by its room, for
those for whom the case exists."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry, AuditSeal
from portal.audit.values import MAIN, AuditRow, NotedAct
from portal.foundation.paging import Page

PAGE_SIZE = 50


def main_chain(session: Session, *, page: int = 1, act: str = "", person_id: str = "") -> Page[AuditRow]:
    """Sealed rows of the main chain, the newest first; of one act or one person when asked."""
    query = (
        select(AuditEntry, AuditSeal.position, AuditSeal.hash)
        .join(AuditSeal, AuditSeal.row_id == AuditEntry.id)
        .where(AuditSeal.chain == MAIN)
    )
    if act:
        query = query.where(AuditEntry.act == act)
    if person_id:
        query = query.where(AuditEntry.actor_id == person_id)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = max(1, min(page, -(-total // PAGE_SIZE)))
    rows = session.execute(
        query.order_by(AuditSeal.position.desc()).offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    )
    items = tuple(
        AuditRow(
            chain=MAIN,
            position=position,
            at=entry.at,
            actor_id=entry.actor_id,
            act=entry.act,
            subject=entry.subject,
            details=entry.details,
            hash=digest.hex(),
        )
        for entry, position, digest in rows
    )
    return Page(items, number, PAGE_SIZE, total)


def acts_of_main_chain(session: Session) -> tuple[str, ...]:
    """Every act that occurs in the main chain, for choosing one."""
    return tuple(
        session.scalars(select(AuditEntry.act).where(AuditEntry.chain == MAIN).distinct().order_by(AuditEntry.act))
    )


def acts_of_chain(session: Session, chain: str) -> tuple[NotedAct, ...]:
    """Everything noted in one chain, in order, what the runner has not sealed yet included.

    The caller answers for who may see it.
    """
    sealed = select(AuditSeal.row_id).where(AuditSeal.chain == chain)
    newest = select(func.coalesce(func.max(AuditSeal.row_id), 0)).scalar_subquery()
    rows = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.chain == chain, or_(AuditEntry.id.in_(sealed), AuditEntry.id > newest))
        .order_by(AuditEntry.id)
    )
    return tuple(NotedAct(row.at, row.actor_id, row.act, row.details) for row in rows)
