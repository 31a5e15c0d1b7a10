"""Releases and the calendar for programs: JSON, Atom (RFC 4287) and iCalendar (RFC 5545)."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Response

from portal.publishing.calendar import CalendarState, EarlyAccessList, PlannedRelease, When
from portal.publishing.icalendar import Event, write_calendar
from portal.publishing.readings import Release
from portal.publishing.web.public.feeds import FeedEntry, absolute, atom_reply
from portal.publishing.web.public.shapes import moment, note_words
from portal.publishing.web.words import CALENDAR, when_words
from portal.web import edge
from portal.web.wording import gettext
from portal.web.words import name

_MOST = 50


def release_json(release: Release) -> dict[str, Any]:
    return {
        "slug": release.slug,
        "names": release.names,
        "source": release.source,
        "licence": release.licence,
        "period": release.period,
        "edition": release.edition,
        "at": moment(release.at),
        "figures": release.figures,
    }


def planned_json(planned: PlannedRelease) -> dict[str, Any]:
    return {
        "slug": planned.slug,
        "names": planned.names,
        "period": planned.period,
        "holds": planned.holds,
        "contact": planned.contact,
        "state": planned.state.value,
        "when": planned.when.text,
        "sequence": planned.sequence,
        "follows": planned.follows,
        "followed_by": planned.followed_by,
        "published_at": moment(planned.published_at) if planned.published_at else None,
        "published_in": planned.published_in,
        "history": [
            {
                "state": one.state.value,
                "when": one.when.text,
                "reason": note_words(one.reason),
                "missed": one.missed,
                "edition": one.edition,
                "at": moment(one.at),
            }
            for one in planned.history
        ],
    }


def access_json(access: EarlyAccessList | None) -> dict[str, Any] | None:
    if access is None:
        return None
    listed = [{"office": note_words(office), "reason": note_words(reason)} for office, reason in access.readers]
    return {"hours": access.hours, "readers": listed, "views": access.views, "edition": access.edition}


def calendar_reply(planned: Iterable[PlannedRelease]) -> Response:
    """The calendar that programs subscribe to."""
    body = write_calendar(
        [_event(one) for one in planned],
        name=gettext("Releases – Gongping 公评"),
        zone=edge.settings().time_zone,
    )
    reply = Response(body, content_type="text/calendar; charset=utf-8")
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


def feed_of_releases(releases: Sequence[Release], planned: Sequence[PlannedRelease]) -> Response:
    """What was published and what changed in the calendar, the latest first."""
    entries = [_published(one) for one in releases]
    entries += [_changed(one, place) for one in planned for place in range(len(one.history))]
    entries.sort(key=lambda entry: entry.updated, reverse=True)
    return atom_reply(gettext("Releases"), "/releases.atom", entries[:_MOST], read_at="/releases")


def _event(one: PlannedRelease) -> Event:
    """A release that came at another time than announced counts as one change more."""
    when, sequence, changed = one.when, one.sequence, one.newest.at
    if one.published_at is not None:
        changed = one.published_at
        if when.at is None or abs((when.at - one.published_at).total_seconds()) >= 60:
            when, sequence = When.exactly(one.published_at), sequence + 1
    lines = [str(CALENDAR[one.state][0]), name(one.holds), one.contact, note_words(one.newest.reason) or ""]
    host = urlsplit(edge.settings().origin).hostname or "localhost"
    return Event(
        uid=f"{one.slug}@{host}",
        sequence=sequence,
        state=one.state,
        when=when,
        changed_at=changed,
        summary=name(one.names),
        description="\n".join(line for line in lines if line),
        url=absolute(f"/releases/{one.slug}"),
    )


def _published(release: Release) -> FeedEntry:
    return FeedEntry(
        id=f"/log/entries/{release.edition}#{release.slug}",
        title=gettext("Published: %(name)s", name=name(release.names)),
        updated=release.at,
        path=f"/releases/{release.slug}",
        summary=gettext("%(count)s figures, edition %(n)s", count=release.figures, n=release.edition),
        category=CalendarState.PUBLISHED.value,
    )


def _changed(one: PlannedRelease, place: int) -> FeedEntry:
    change = one.history[place]
    state = CALENDAR[change.state][0]
    reason = note_words(change.reason)
    return FeedEntry(
        id=f"/log/entries/{change.edition}#{one.slug}",
        title=str(gettext("Missed") if change.missed else state)
        + gettext(": ")
        + f"{name(one.names)}, {when_words(change.when)}",
        updated=change.at,
        path=f"/releases/{one.slug}",
        summary="\n".join(line for line in (name(one.holds), reason or "") if line) or str(state),
        category=change.state.value,
    )
