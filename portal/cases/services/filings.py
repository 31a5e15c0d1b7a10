"""Proof of filing: once a day the log takes one root over all reports of the days before, whether any or none.

A commitment is salted by what only the reporter's code gives, so that neither the office nor a thief can tell
from it, or from the root, which report it is or whether there was one. Where it lies in the tree waits here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import codes
from portal.cases.models import Filing
from portal.foundation import crypto
from portal.foundation.fixed_tree import HASH, Place, plant
from portal.foundation.writes import Step, into
from portal.publishing import queries as published
from portal.publishing import services as publishing
from portal.publishing.queries import FilingProof

_COMMITTED = into(Filing, "case_id", "commitment", "day")


@dataclass(frozen=True, slots=True)
class OwnProof:
    """What a reporter may take along: the proof, and the report's own file that it commits to."""

    before: date
    proof: FilingProof
    report: bytes


def document(content: Mapping[str, Any]) -> bytes:
    """The report's own file: what was sealed, as JSON with sorted names."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    return text.encode("utf-8", "surrogatepass")


def commit(*, case_id: str, code: str, content: Mapping[str, Any], day: date) -> Step:
    """Writes what the next root has to cover. `content` is what is sealed as the report."""
    digest = crypto.sha256(document(content))
    made = crypto.sha256(codes.filing_nonce(code) + digest)
    return _COMMITTED.step({"case_id": case_id, "commitment": made, "day": day})


def publish_root(session: Session, *, now: datetime) -> bool:
    """Publish the day's root over every report of an earlier day that no root covers; whether it was due.

    Only whole days are covered: a root in which a report of the same day lies would tell before which hour it
    came. Where the log has not begun, or the day's root stands in it, nothing is done.
    """
    day = now.date()
    if not publishing.takes_filings(session, day=day):
        return False
    _publish(session, day=day, now=now)
    return True


def missed_root(session: Session, *, now: datetime) -> date | None:
    """Yesterday, where nobody ran at its hour: its root is missing, and none of today covers the same reports."""
    before = now.date() - timedelta(days=1)
    missed = publishing.missed_filings(session, day=before) and publishing.takes_filings(session, day=now.date())
    return before if missed else None


def publish_missed_root(session: Session, *, now: datetime) -> bool:
    """Publish yesterday's root where it is missing; whether it was.

    It covers what it would have covered yesterday, whole days that are long over. When it comes tells that
    nobody ran, and nothing of any report; today's comes at its own hour.
    """
    day = missed_root(session, now=now)
    if day is None:
        return False
    _publish(session, day=day, now=now)
    return True


def _publish(session: Session, *, day: date, now: datetime) -> None:
    waiting = session.scalars(
        select(Filing).where(Filing.filed_on.is_(None), Filing.day < day).order_by(Filing.commitment)
    ).all()
    root, places = plant([row.commitment for row in waiting])
    for row, place in zip(waiting, places, strict=True):
        row.filed_on, row.position, row.path = day, place.index, b"".join(place.path)
    session.flush()
    publishing.publish_filings(session, day=day, root=root, now=now)


def is_public(session: Session, case_id: str) -> bool:
    """Whether the root that covers this report stands in the log."""
    row = session.get(Filing, case_id)
    if row is None or row.filed_on is None:
        return False
    return published.has_filings(session, day=row.filed_on, edition=published.current_edition(session).n)


def find_proof(
    session: Session, *, case_id: str, nonce: bytes | None, content: Mapping[str, Any], portal: str
) -> OwnProof | None:
    """The proof for a report; None until its root is public, and for reports from before there were proofs."""
    row = session.get(Filing, case_id)
    if row is None or nonce is None or row.filed_on is None or row.position is None or row.path is None:
        return None
    place = Place(row.position, tuple(row.path[at : at + HASH] for at in range(0, len(row.path), HASH)))
    own = document(content)
    proof = published.filing_proof(
        session,
        day=row.filed_on,
        portal=portal,
        nonce=nonce,
        report=crypto.sha256(own),
        place=place,
        edition=published.current_edition(session).n,
    )
    return None if proof is None else OwnProof(row.filed_on, proof, own)
