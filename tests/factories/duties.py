"""Duties and proposals with sensible defaults."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from portal.duties.services import open_duty, propose
from portal.duties.values import Proposal
from portal.foundation.context import Portal
from portal.foundation.i18n import message
from tests.factories.accounts import Someone


def duty(portal: Portal, *, days: int = 2, subject: str = "thing", **given: Any) -> str:
    """A duty due in `days` days, for `people` or the holders of `permission`."""
    now = portal.clock.now()
    defaults = {
        "kind": "test.duty",
        "title": message("Look at {what}", what=subject),
        "address": f"/desk/things/{subject}",
        "due_at": now + timedelta(days=days),
    }
    with portal.database.write() as session:
        return open_duty(session, subject=subject, now=now, **(defaults | given))


def proposal(portal: Portal, proposer: Someone, *, subject: str = "thing", **given: Any) -> Proposal:
    """Something `proposer` proposed, for `people` or the holders of `permission`."""
    now = portal.clock.now()
    defaults = {
        "kind": "test.act",
        "title": message("Change {what}", what=subject),
        "address": f"/desk/things/{subject}",
        "payload": {"thing": subject},
        "reason": "source-correction",
        "due_at": now + timedelta(days=2),
    }
    with portal.database.write() as session:
        return propose(session, subject=subject, actor=proposer.actor, now=now, **(defaults | given))


def ids(people: Sequence[Someone]) -> tuple[str, ...]:
    return tuple(someone.id for someone in people)
