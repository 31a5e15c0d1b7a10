"""What people lost stays lost, though an older state of the database came back from a backup."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.models import DeskSession, HandlerKey, Passkey, PersonRow, RoleGrant
from portal.accounts.services.credentials import KEY_RETIRED
from portal.accounts.services.passkeys import PASSKEY_REMOVED
from portal.accounts.services.people import PERSON_DISABLED, ROLE_REVOKED

KINDS = (KEY_RETIRED, PASSKEY_REMOVED, PERSON_DISABLED, ROLE_REVOKED)


def reapply_removal(session: Session, *, kind: str, subject: str, now: datetime) -> None:
    """Do again what the ledger says was done: end somebody's access, a role, a key. Nothing is given back.

    What the older state does not know has no part in it.
    """
    if kind == PERSON_DISABLED:
        person = session.get(PersonRow, subject)
        if person is not None and person.disabled_at is None:
            person.disabled_at = now
    elif kind == ROLE_REVOKED:
        person_id, role = subject.split(":")
        session.execute(delete(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.role == role))
    elif kind == PASSKEY_REMOVED:
        session.execute(delete(Passkey).where(Passkey.id == subject))
    elif kind == KEY_RETIRED:
        key = session.get(HandlerKey, subject)
        if key is not None:
            key.sealed_private = None
            key.retired_at = key.retired_at or now
    else:
        raise ValueError(f"accounts remove nothing called {kind}")


def end_everybodys_sessions(session: Session) -> None:
    session.execute(delete(DeskSession))
