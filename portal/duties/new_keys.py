"""Keys that people made anew wait for signatures: colleagues are told of it as of anything else that waits, and so
is the owner, who should know if it was somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import waiting_keys
from portal.accounts.services import load_anchors
from portal.accounts.values import Anchors
from portal.duties.models import DutyPerson, DutyRow
from portal.duties.services import close_duty, open_duty, reassign_duty
from portal.foundation.i18n import N_, Message
from portal.foundation.jobs import JobContext

SIGN, OWN = "sign-key", "own-key"
TITLES = {
    SIGN: Message(N_("Compare a colleague's new key with them, and sign it")),
    OWN: Message(N_("A new key of yours was made: have two colleagues sign it")),
}
ADDRESS = "/desk/keys"
PATIENCE = timedelta(days=7)


def ask_for_signatures(context: JobContext) -> None:
    """Open duties for each key that waits, for those who may sign it and for its owner; close those done."""
    anchors = load_anchors(context.settings.var)
    with context.database.write() as session:
        ask(session, anchors=anchors, now=context.clock.now())


def ask(session: Session, *, anchors: Anchors, now: datetime) -> None:
    wanted: dict[tuple[str, str], tuple[Sequence[str], datetime]] = {}
    for key in waiting_keys(session, anchors):
        due_at = key.made_at + PATIENCE
        wanted[OWN, key.key_id] = (key.person_id,), due_at
        if key.signers:
            wanted[SIGN, key.key_id] = key.signers, due_at
    rows = session.scalars(select(DutyRow).where(DutyRow.kind.in_(TITLES))).all()
    there = {(row.kind, row.subject): row.id for row in rows}
    for kind, subject in there.keys() - wanted.keys():
        close_duty(session, kind=kind, subject=subject)
    for (kind, subject), (people, due_at) in wanted.items():
        known = there.get((kind, subject))
        if known is not None and _people_of(session, known) != set(people):
            reassign_duty(session, kind=kind, subject=subject, people=people)
        if known is not None:
            continue
        open_duty(
            session,
            kind=kind,
            subject=subject,
            title=TITLES[kind],
            address=ADDRESS,
            people=people,
            due_at=due_at,
            now=now,
        )


def _people_of(session: Session, duty_id: str) -> set[str]:
    return set(session.scalars(select(DutyPerson.person_id).where(DutyPerson.duty_id == duty_id)))
