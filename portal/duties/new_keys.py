"""Keys that people made anew wait for signatures: colleagues are told of it as of anything else that waits, and so
is the owner, who should know if it was somebody else."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import waiting_keys
from portal.accounts.services import load_anchors
from portal.accounts.values import Anchors
from portal.duties.models import DutyPerson, DutyRow
from portal.duties.services import close_duty, open_duty, reassign_duty
from portal.duties.values import OF_NEW_KEYS, OWN_KEY, SIGN_KEY
from portal.foundation.i18n import N_, Message
from portal.foundation.jobs import JobContext

TITLES = {
    SIGN_KEY: Message(N_("Compare a colleague's new key with them, and sign it")),
    OWN_KEY: Message(N_("A new key of yours was made: have two colleagues sign it")),
}
ADDRESS = "/desk/keys"
PATIENCE = timedelta(days=7)

_What = tuple[str, str]
"""The kind of a duty and the key it is about."""


def ask_for_signatures(context: JobContext) -> None:
    """Open duties for each key that waits, for those who may sign it and for its owner; close those done."""
    anchors = load_anchors(context.settings.var)
    with context.database.read() as session:
        if _there(session) == {what: people for what, (people, _) in _wanted(session, anchors).items()}:
            return  # as nearly always: nobody who writes waits for a look at nothing
    with context.database.write() as session:
        ask(session, anchors=anchors, now=context.clock.now())


def ask(session: Session, *, anchors: Anchors, now: datetime) -> None:
    wanted, there = _wanted(session, anchors), _there(session)
    for kind, subject in there.keys() - wanted.keys():
        close_duty(session, kind=kind, subject=subject)
    for what, (people, due_at) in wanted.items():
        kind, subject = what
        if what not in there:
            open_duty(
                session,
                kind=kind,
                subject=subject,
                title=TITLES[kind],
                address=ADDRESS,
                people=sorted(people),
                due_at=due_at,
                now=now,
            )
        elif there[what] != people:
            reassign_duty(session, kind=kind, subject=subject, people=sorted(people))


def _wanted(session: Session, anchors: Anchors) -> dict[_What, tuple[frozenset[str], datetime]]:
    """The duties that should be open, for whom, and when each is due."""
    wanted: dict[_What, tuple[frozenset[str], datetime]] = {}
    for key in waiting_keys(session, anchors):
        due_at = key.made_at + PATIENCE
        wanted[OWN_KEY, key.key_id] = frozenset({key.person_id}), due_at
        if key.signers:
            wanted[SIGN_KEY, key.key_id] = frozenset(key.signers), due_at
    return wanted


def _there(session: Session) -> dict[_What, frozenset[str]]:
    """The duties that are open, and for whom."""
    rows = session.scalars(select(DutyRow).where(DutyRow.kind.in_(OF_NEW_KEYS))).all()
    return {(row.kind, row.subject): _people_of(session, row.id) for row in rows}


def _people_of(session: Session, duty_id: str) -> frozenset[str]:
    return frozenset(session.scalars(select(DutyPerson.person_id).where(DutyPerson.duty_id == duty_id)))
