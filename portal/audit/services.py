"""Acts of the audit room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry
from portal.audit.values import MAIN, is_case_chain
from portal.foundation.actor import Actor
from portal.foundation.jobs import enqueue

_CODE = re.compile(r"[A-Za-z0-9_.:/|+@=,-]{0,250}\Z")


SEAL = "audit.seal"


class NotACode(ValueError):
    """A caller tried to put text into the record; only codes and ids may enter it."""


def record(
    session: Session,
    *,
    actor: Actor,
    act: str,
    subject: str,
    details: Mapping[str, str] | None = None,
    now: datetime,
    chain: str = MAIN,
) -> None:
    """Write down, in the actor's own transaction, that `actor` did `act` to `subject`.

    `act`, `subject` and `details` hold codes and ids without spaces. Rows about a case go to that case's
    chain (`audit.values.case_chain`). Raises NotACode for anything that looks like text.
    """
    if chain != MAIN and not is_case_chain(chain):
        raise NotACode("a chain is 'main' or belongs to a case")
    noted = dict(details or {})
    for value in (act, subject, *noted.keys(), *noted.values()):
        if not _CODE.match(value):
            raise NotACode(f"the audit record of {act!r} takes codes and ids only")
    session.add(AuditEntry(chain=chain, at=now, actor_id=actor.person_id, act=act, subject=subject, details=noted))
    _ask_for_seal(session, now)


def record_all(session: Session, *, actor: Actor, act: str, subjects: Iterable[str], now: datetime) -> None:
    """Write down that `actor` did `act` to each of these subjects. Raises NotACode."""
    rows = []
    for subject in subjects:
        if not _CODE.match(subject) or not _CODE.match(act):
            raise NotACode(f"the audit record of {act!r} takes codes and ids only")
        row = {"chain": MAIN, "at": now, "actor_id": actor.person_id, "act": act, "subject": subject}
        rows.append(row | {"details": {}})
    if rows:
        session.execute(insert(AuditEntry), rows)
        _ask_for_seal(session, now)


def _ask_for_seal(session: Session, now: datetime) -> None:
    if not session.info.get(SEAL):
        session.info[SEAL] = True  # one transaction needs one job
        enqueue(session, SEAL, {}, due_at=now)
