"""The release calendar: what will be published and when, and by which rules that may change.

A release is *provisional* (a month or a day), then *confirmed* (an exact time, four weeks ahead or with a
reason), then *published* at that time, or *cancelled*. A confirmed time moves, and a release is cancelled,
only with a published reason (Code of Practice for Statistics 3.0). Every change is an act in the log.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from portal.foundation.i18n import N_, Names, message
from portal.publishing.errors import CalendarRefused, ReleaseNotOpen
from portal.publishing.values import Text

NOTICE = timedelta(weeks=4)
"""How long before its time a release is confirmed, or else the reason is published."""
EARLIEST_ACCESS = timedelta(hours=24)
"""Nobody outside the team that makes a release sees it longer than this before its time."""


class CalendarState(StrEnum):
    """provisional: expected in that month or on that day · confirmed: comes at that very time · …"""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[CalendarState, frozenset[CalendarState]] = {
    CalendarState.PROVISIONAL: frozenset(
        {CalendarState.PROVISIONAL, CalendarState.CONFIRMED, CalendarState.CANCELLED}
    ),
    CalendarState.CONFIRMED: frozenset(
        {CalendarState.CONFIRMED, CalendarState.PUBLISHED, CalendarState.CANCELLED}
    ),
    CalendarState.PUBLISHED: frozenset(),
    CalendarState.CANCELLED: frozenset(),
}
"""From each state to what it may become; to itself means that its date or words change."""


_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class When:
    """A month, a day or a moment, as the log writes it: 2027-03, 2027-03-15, 2027-03-15T01:30:00Z."""

    text: str

    @classmethod
    def parse(cls, text: str) -> When:
        """Raises ValueError for anything else."""
        when = cls(text)
        if not _MONTH.fullmatch(text) and not _DAY.fullmatch(text) and when.at is None:
            raise ValueError(f"not a month, day or moment: {text!r}")
        _ = when.first_day  # 2027-02-30 is no day
        return when

    @classmethod
    def exactly(cls, at: datetime) -> When:
        return cls(at.astimezone(UTC).strftime(_MOMENT))

    @property
    def at(self) -> datetime | None:
        """The moment; None for a month or a day."""
        try:
            return datetime.strptime(self.text, _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return None

    @property
    def is_month(self) -> bool:
        return len(self.text) == 7

    @property
    def first_day(self) -> date:
        return date.fromisoformat(f"{self.text}-01" if self.is_month else self.text[:10])

    @property
    def last_day(self) -> date:
        first = self.first_day
        return first.replace(day=monthrange(first.year, first.month)[1]) if self.is_month else first


@dataclass(frozen=True)
class Plan:
    """A release as the desk keeps it, with whatever still waits for the appender. Not public.

    `day` is a month or a day while it is provisional, `at` its exact time once confirmed.
    """

    slug: str
    names: Names
    period: str | None
    holds: Names
    contact: str
    state: CalendarState
    day: str | None
    at: datetime | None
    follows: str | None

    @property
    def when(self) -> When:
        return When(self.day or "") if self.at is None else When.exactly(self.at)


@dataclass(frozen=True)
class CalendarChange:
    """One statement of the calendar about a release: how its date stood from that edition on, and why."""

    state: CalendarState
    when: When
    reason: Text | None
    edition: int
    at: datetime
    missed: bool = False


@dataclass(frozen=True)
class PlannedRelease:
    """A release as the calendar announces it. `history` holds every change of its date, oldest first.

    `published_at` is set once it is published, whatever was announced. `follows` and `followed_by` are the
    releases before and after it in its series.
    """

    slug: str
    names: Names
    period: str | None
    holds: Names
    contact: str
    state: CalendarState
    when: When
    sequence: int
    follows: str | None
    history: tuple[CalendarChange, ...]
    published_at: datetime | None = None
    published_in: int | None = None
    followed_by: str | None = None

    @property
    def newest(self) -> CalendarChange:
        return self.history[-1]

    @property
    def is_overdue(self) -> bool:
        """Whether its confirmed time was published as missed, and it is not out since."""
        return self.state is CalendarState.CONFIRMED and self.newest.missed

    @property
    def was_moved(self) -> bool:
        """Whether a time that had been confirmed was given up for another."""
        confirmed = [one.when for one in self.history if one.state is CalendarState.CONFIRMED]
        return len(set(confirmed)) > 1


def require_transition(old: CalendarState, new: CalendarState) -> None:
    """Raises ReleaseNotOpen when a release in the one state cannot become the other."""
    if new not in TRANSITIONS[old]:
        raise ReleaseNotOpen(
            message(N_("This release is {state}, so this can no longer be done."), state=old.value)
        )


def require_reason(
    old: CalendarState, new: CalendarState, at: datetime | None, reason: str, now: datetime
) -> None:
    """A moved time, a cancellation and a time confirmed late are published with their reason.

    Raises CalendarRefused.
    """
    if reason.strip():
        return
    if new is CalendarState.CANCELLED:
        _refuse("reason", N_("Say why the release is cancelled; the reason is published."))
    if old is CalendarState.CONFIRMED:
        _refuse("reason", N_("Say why a confirmed release changes; the reason is published."))
    if new is CalendarState.CONFIRMED and at is not None and at - now < NOTICE:
        _refuse("reason", N_("It is confirmed less than four weeks ahead. Say why; the reason is published."))


def require_ahead(when: When, now: datetime) -> None:
    """No release is announced for a time that has passed. Raises CalendarRefused."""
    if (when.at is not None and when.at <= now) or when.last_day < now.astimezone(UTC).date():
        _refuse("when", N_("Choose a time that is still to come."))


def _refuse(field: str, msgid: str) -> None:
    refusal = message(msgid)
    raise CalendarRefused(refusal, {field: refusal})


@dataclass(frozen=True)
class EarlyAccessList:
    """Who sees a release up to `hours` before its time: offices with their reasons, as published. `views`
    is how often it was looked at, known once the release is out."""

    hours: int
    readers: tuple[tuple[Text, Text], ...]
    views: int | None
    edition: int


@dataclass(frozen=True)
class Reader:
    """Somebody who is to see a release early: in which office, and why they must."""

    person_id: str
    office: str
    reason: str
