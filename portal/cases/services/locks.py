"""A new lock for a case at once, because somebody fears that a key to it was seen.

It opens for those who hold the case today, by the keys they have today, and for its reporter. Whoever has an older
key to the case, or a private key that was given up meanwhile, opens nothing that is written from now on. What was
written before keeps its lock: whoever copied it with a key can read it, and no new lock changes that.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases.permissions import CasesPermission
from portal.cases.services import about, access, epochs, halves, items, trail, upkeep
from portal.cases.services.access import Officer
from portal.cases.values import Why


def renew(
    session: Session, *, case_id: str, reason: str, submission: str, officer: Officer, now: datetime
) -> None:
    """Change the lock of the case and of every case joined with it, for the reason given; once for each form.

    In every state of a case: its reporter goes on writing after it was closed. Raises NoSuchCase, Forbidden,
    LockForged, and KeysNotTrusted while nobody's key can be.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    if items.is_there(session, case_id=case.id, submission=submission):
        return
    fresh = {}
    for one in (case, *about.joined_with(session, case)):
        if officer.id not in epochs.holders_of(session, one.id):
            continue
        access.open_keys(session, case=one, officer=officer)  # a lock that is not ours hides behind no new one
        fresh[one.id] = upkeep.change_lock(session, one, without=(), settings=officer.settings, now=now)
        trail.note(session, one, officer, "cases.new-lock", now)
    halves.seal_reason(
        session,
        case,
        reason=reason,
        why=Why.LOCK,
        keys=fresh[case.id],
        officer=officer,
        now=now,
        submission=submission,
    )
