"""Releases in the calendar, announced and confirmed by the acts the desk uses."""

from datetime import datetime, timedelta
from typing import Any

from portal.foundation.context import Portal
from portal.publishing.calendar import CalendarState, When
from portal.publishing.services import append_waiting
from portal.publishing.services.calendar import PlanFacts, announce, approve_date, propose_date
from tests.factories.accounts import Someone, person

FACTS = PlanFacts(
    names={"en": "Review times 2022", "zh_Hans": "2022 年审查用时"},
    period="2022",
    holds={"en": "Days to first review, by body."},
    contact="releases@office.example",
)


def announced(
    portal: Portal,
    slug: str = "review-2022",
    when: str = "2026-06",
    registrar: Someone | None = None,
    **facts: Any,
) -> str:
    registrar = registrar or person(portal, roles=["registrar"])
    given = PlanFacts(**{**vars(FACTS), **facts})
    now = portal.clock.now()
    with portal.database.write() as session:
        announce(session, slug=slug, facts=given, when=When.parse(when), actor=registrar.actor, now=now)
    append_waiting(portal)
    return slug


def confirmed(
    portal: Portal,
    at: datetime | None = None,
    slug: str = "review-2022",
    reason: str = "",
    registrar: Someone | None = None,
    publisher: Someone | None = None,
) -> datetime:
    """Confirm (or move) an announced release by two people; by default for a time six weeks ahead."""
    at = at or portal.clock.now() + timedelta(weeks=6)
    decide(portal, slug, CalendarState.CONFIRMED, at, reason, registrar, publisher)
    return at


def decide(
    portal: Portal,
    slug: str,
    state: CalendarState,
    at: datetime | None,
    reason: str = "",
    registrar: Someone | None = None,
    publisher: Someone | None = None,
) -> None:
    registrar = registrar or person(portal, roles=["registrar"])
    publisher = publisher or person(portal, roles=["publisher"])
    now = portal.clock.now()
    with portal.database.write() as session:
        proposal = propose_date(
            session, slug=slug, state=state, at=at, reason=reason, actor=registrar.actor, now=now
        )
    with portal.database.write() as session:
        approve_date(session, proposal_id=proposal.id, actor=publisher.actor, now=now)
    append_waiting(portal)
