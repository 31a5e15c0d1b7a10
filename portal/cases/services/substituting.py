"""What waits too long for a second officer of a case while nobody who holds it could take over.

Keys to a case are given by those who hold it and by nobody else, so nobody can be named from without: whoever
watches over the case is told to let another officer in, who may then take over.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases.models import Case
from portal.cases.services import reminders, seconds
from portal.config import Settings
from portal.duties import queries as waiting
from portal.duties import services as duties
from portal.duties.substitutes import name_substitute


def cases_to_look_at(session: Session) -> tuple[str, ...]:
    """Subjects of which a signature waits too long for want of people, or somebody was told of that."""
    found = {proposal.subject for proposal in waiting.nobody_takes_over(session)}
    return tuple(sorted(found | waiting.subjects_with(session, reminders.LET_IN)))


def see_to(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Name whoever may take over by now, also since a role was given to them; else have somebody let in."""
    seconds.renew_deciders(session, case, now=now)
    alone = [one for one in waiting.nobody_takes_over(session) if one.subject == case.id]
    named = [name_substitute(session, proposal_id=one.id, now=now) for one in alone]
    if None not in named:
        duties.close_duty(session, kind=reminders.LET_IN, subject=case.id)
    elif waiting.is_open(session, kind=reminders.LET_IN, subject=case.id):
        people = reminders.outside_chain(session, case)
        duties.reassign_duty(session, kind=reminders.LET_IN, subject=case.id, people=people)
    else:
        reminders.on_nobody_to_sign(session, case, settings=settings, now=now)
