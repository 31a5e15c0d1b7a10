"""The release calendar as iCalendar (RFC 5545): events that subscribers' programs follow as they change.

An event keeps its UID for good and counts its changes in SEQUENCE. STATUS is TENTATIVE while the date is
provisional, CONFIRMED once it is confirmed or published, CANCELLED. Moments are in UTC, which every program
shows in its reader's own time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.publishing.calendar import CalendarState, When

_OCTETS = 75
_STATUS = {
    CalendarState.PROVISIONAL: "TENTATIVE",
    CalendarState.CONFIRMED: "CONFIRMED",
    CalendarState.PUBLISHED: "CONFIRMED",
    CalendarState.CANCELLED: "CANCELLED",
}


@dataclass(frozen=True)
class Event:
    """One release. `changed_at` is when the calendar last said something about it."""

    uid: str
    sequence: int
    state: CalendarState
    when: When
    changed_at: datetime
    summary: str
    description: str
    url: str


def write_calendar(events: Iterable[Event], *, name: str, zone: str) -> bytes:
    """The whole calendar; lines end in CRLF and are folded at 75 octets, never inside a character."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gongping//Release calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"X-WR-TIMEZONE:{_text(zone)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line)).encode()


def fold(line: str) -> Iterator[str]:
    """The pieces of a content line: no more than 75 octets each, all but the first beginning with a space."""
    piece, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _OCTETS:
            yield piece
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece


def _event(event: Event) -> Iterator[str]:
    changed = _moment(event.changed_at)
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{changed}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"SEQUENCE:{event.sequence}"
    yield from _dates(event.when)
    yield f"STATUS:{_STATUS[event.state]}"
    yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    yield f"URL:{event.url}"
    yield "END:VEVENT"


def _dates(when: When) -> Iterator[str]:
    if when.at is not None:
        yield f"DTSTART:{_moment(when.at)}"
        return
    yield f"DTSTART;VALUE=DATE:{_day(when.first_day)}"
    yield f"DTEND;VALUE=DATE:{_day(when.last_day + timedelta(days=1))}"  # the first day after it


def _moment(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _text(text: str) -> str:
    """A TEXT value: what ends or divides values is escaped, control characters go."""
    plain = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c >= " ")
    for character, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"), ("\x7f", "")):
        plain = plain.replace(character, escaped)
    return plain
