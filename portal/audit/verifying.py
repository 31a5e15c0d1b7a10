"""Checking that nobody changed, removed, added or moved a sealed row: pass or fail, never counts of cases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.audit.heads import Remembered
from portal.audit.models import AuditCaseRoot, AuditEntry, AuditSeal
from portal.audit.rules import case_root, first_hash, row_hash
from portal.audit.sealing import ROOT_ACT, case_heads, content_of
from portal.audit.values import MAIN, Verdict, is_case_chain
from portal.foundation.crypto import same

_PIECE = 1000
Sealed = Row[AuditSeal, AuditEntry]


def verify(session: Session, remembered: Remembered | None) -> Verdict:
    """Walk every chain, then compare the daily roots and what was remembered outside the database."""
    for chain, rows in groupby(_sealed(session), key=lambda pair: pair[0].chain):
        fault = _first_fault(chain, rows)
        if fault:
            return fault
    return _roots_fault(session) or _ending_fault(session, remembered) or Verdict(True)


def _first_fault(chain: str, rows: Iterator[Sealed]) -> Verdict | None:
    before = first_hash(chain)
    for expected, (seal, entry) in enumerate(rows, start=1):
        if seal.position != expected:
            return _failed(chain, expected, "the row is missing")
        if entry.chain != chain:
            return _failed(chain, expected, "the row belongs to another chain")
        if not same(seal.hash, row_hash(before, content_of(entry, expected))):
            return _failed(chain, expected, "the row is not what was sealed")
        before = seal.hash
    return None


def _roots_fault(session: Session) -> Verdict | None:
    roots = session.execute(
        select(AuditEntry, AuditSeal.position, AuditCaseRoot)
        .join(AuditSeal, AuditSeal.row_id == AuditEntry.id)
        .outerjoin(AuditCaseRoot, AuditCaseRoot.row_id == AuditEntry.id)
        .where(AuditEntry.act == ROOT_ACT, AuditEntry.chain == MAIN)
        .order_by(AuditSeal.position)
    )
    for entry, position, kept in roots:
        if kept is None:
            return _failed(MAIN, position, "what is needed to check this daily root is missing")
        root = case_root(kept.salt, case_heads(session, kept.last_seal))
        if entry.details.get("root") != root.hex():
            return _failed(MAIN, position, "the case chains are not what this daily root took in")
    return None


def _ending_fault(session: Session, remembered: Remembered | None) -> Verdict | None:
    if remembered is None:
        sealed = session.scalar(select(AuditSeal.id).limit(1))
        return None if sealed is None else Verdict(False, None, "the file of remembered heads is missing")
    position = remembered.main.position
    if position:
        found = session.scalar(
            select(AuditSeal.hash).where(AuditSeal.chain == MAIN, AuditSeal.position == position)
        )
        if found is None:
            return _failed(MAIN, position, "the chain ends before a row that was sealed")
        if not same(found, remembered.main.hash):
            return _failed(MAIN, position, "the chain is not the one whose head was remembered")
    if not same(case_root(remembered.salt, case_heads(session, remembered.last_seal)), remembered.root):
        return Verdict(False, "case chains", "they are not what was remembered when they were last sealed")
    return None


def _sealed(session: Session) -> Iterator[Sealed]:
    rows = session.execute(
        select(AuditSeal, AuditEntry)
        .join(AuditEntry, AuditEntry.id == AuditSeal.row_id)
        .order_by((AuditSeal.chain != MAIN), AuditSeal.chain, AuditSeal.position)
        .execution_options(yield_per=_PIECE)
    )
    yield from rows


def _failed(chain: str, position: int, reason: str) -> Verdict:
    where = "case chain" if is_case_chain(chain) else "main chain"
    return Verdict(False, f"{where}, row {position}", reason)
