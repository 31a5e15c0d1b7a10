"""Whether the file outside the database that says whose keys were trusted first is missed.

Without it no key can be trusted, whoever has it: nobody is given a case, and nobody loses one for that reason. A
file that is gone for a moment must never cost what cannot be brought back.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.services import load_anchors
from portal.cases.errors import KeysNotTrusted
from portal.cases.models import Wrap
from portal.config import Settings


def are_missed(session: Session, settings: Settings) -> bool:
    """Whether the file is gone or cannot be read although keys were trusted once.

    Before the first keys are enrolled nothing is missed; after it, cases are held or colleagues vouched for.
    """
    if load_anchors(settings.var).are_there:
        return False
    held = session.scalar(select(Wrap.epoch).limit(1))
    return held is not None or accounts.has_vouched_keys(session)


def require(session: Session, settings: Settings) -> None:
    """Before what needs a new lock, so that nothing else is said to stand in its way. Raises KeysNotTrusted."""
    if are_missed(session, settings):
        raise KeysNotTrusted
