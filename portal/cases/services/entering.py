"""What came by letter, telephone or in person: an unconnected officer writes it down, and keeps no copy.

While it is written it is a draft like a reporter's own, under a secret that follows from the officer's session.
Filed, the draft is gone, and the code is given out once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases import codes
from portal.cases.errors import NothingSaid, OwnConnection, ReportingClosed, WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import drafts, holders, intake, trail
from portal.cases.services.access import Officer
from portal.cases.values import Subject
from portal.foundation import crypto, ids
from portal.foundation.keys import KeyRing
from portal.foundation.reads import asking
from portal.foundation.writes import run_all


def require_unconnected(session: Session, subject: Subject, *, officer: Officer, now: datetime) -> None:
    """Raises OwnConnection for somebody who is connected to anything the report is about."""
    if holders.is_connected(session, person_id=officer.id, scopes=holders.scopes_of(subject), now=now):
        raise OwnConnection


def is_entered(session: Session, *, submission: str, officer: Officer) -> bool:
    """Whether this form of the officer was filed before."""
    return session.get(Case, _entered(submission, officer)) is not None


def enter(
    session: Session, *, secret: str, submission: str, officer: Officer, keys: KeyRing, now: datetime
) -> str | None:
    """File what came by letter, telephone or in person. Returns the code to hand over, which is kept nowhere; the
    draft is gone.

    None when the same form was filed before. Raises OwnConnection, NothingSaid, ReportingClosed, TooFewKeepers,
    and WrongState when there is no such draft.
    """
    officer.actor.require(CasesPermission.INTAKE)
    found = drafts.lock(session, secret=secret, now=now)
    if is_entered(session, submission=submission, officer=officer):
        return None
    if found is None:
        raise WrongState
    draft, settings = found[1], officer.settings
    if not draft.what:
        raise NothingSaid
    require_unconnected(session, draft.subject, officer=officer, now=now)
    people = holders.receivers(session, draft, settings=settings, now=now)
    if not people:
        raise ReportingClosed
    code, lookup_key, case_id = codes.new_code(), keys.get("lookup"), _entered(submission, officer)
    _, steps = intake.filing(
        asking(session),
        draft,
        people,
        intake.keepers_of(session, draft, people),
        code=code,
        lookup_key=lookup_key,
        settings=settings,
        now=now,
        case_id=case_id,
        channel=draft.channel,
    )
    run_all(session, steps)
    drafts.forget(session, secret=secret, now=now)
    case = session.get_one(Case, case_id)
    trail.note(session, case, officer, "cases.enter", now, channel=draft.channel.value)
    return code


def _entered(submission: str, officer: Officer) -> str:
    """The id of the case that a form of this officer becomes: sent twice, it becomes one."""
    return ids.id_of(crypto.sha256(f"gongping entered|{officer.id}|{submission}".encode())[:16])
