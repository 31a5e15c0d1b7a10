"""Pure decisions: who may see an item, who may sign it, how urgent it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from portal.duties.values import ProposalState, Urgency
from portal.foundation.actor import Actor


def concerns(actor: Actor, *, permission: str | None, people: frozenset[str] | None) -> bool:
    """Whether an item exists for `actor`: they hold its right, and are named when it names people."""
    if permission is None and people is None:
        return False
    if permission is not None and not actor.may(permission):
        return False
    return people is None or actor.person_id in people


def may_sign(
    actor: Actor,
    *,
    proposer_id: str,
    state: ProposalState,
    permission: str | None,
    people: frozenset[str] | None,
) -> bool:
    """Whether `actor` may give the second signature: concerned, not the proposer, nobody has decided."""
    return (
        state is ProposalState.WAITING
        and actor.person_id != proposer_id
        and concerns(actor, permission=permission, people=people)
    )


def choose_substitute(
    loads: Mapping[str, int],
    *,
    asked: Collection[str],
    away: Collection[str] = (),
    stand_ins: Collection[str] = (),
) -> str | None:
    """Who takes over of those who may, by how much waits for each, then by id. None when nobody can.

    First goes whom somebody who is away named to stand in, then whoever was not among those `asked`. Who was the
    only one asked cannot stand in for themselves, and nobody takes over who is away.
    """
    there = set(loads) - set(away)
    able = there & set(stand_ins) or there - set(asked) or (there if len(asked) > 1 else set())
    return min(able, key=lambda person: (loads[person], person), default=None)


def takes_over_at_once(able: Collection[str], *, away: Collection[str], stand_ins: Collection[str]) -> bool:
    """Whether nobody is there who may sign but those who stand in for others."""
    there = set(able) - set(away)
    return bool(there) and there <= set(stand_ins)


def urgency(due_at: datetime, now: datetime, zone: tzinfo = UTC) -> Urgency:
    """How pressing it is; what "today" is depends on where: `zone`."""
    if due_at < now:
        return Urgency.LATE
    same_day = due_at.astimezone(zone).date() == now.astimezone(zone).date()
    return Urgency.TODAY if same_day else Urgency.LATER


def add_working_days(start: datetime, days: int) -> datetime:
    """The same time of day, `days` working days (Monday to Friday) after `start`.

    A start at the weekend counts as the Friday before it.
    """
    if days < 0:
        raise ValueError("a deadline lies in the future")
    at = start
    while at.weekday() > 4:
        at -= timedelta(days=1)
    weeks, rest = divmod(days, 5)
    at += timedelta(weeks=weeks)
    for _ in range(rest):
        at += timedelta(days=1)
        while at.weekday() > 4:
            at += timedelta(days=1)
    return at


def days_left(due_at: datetime, now: datetime, zone: tzinfo = UTC) -> int:
    """Calendar days of `zone` from today to the day it is due; negative when that day has passed."""
    return (due_at.astimezone(zone).date() - now.astimezone(zone).date()).days
