"""What was published when, and what comes when: the release calendar as page, table, feed and calendar."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.calendar import CalendarState, PlannedRelease
from portal.publishing.citing import Subject
from portal.publishing.readings import Release
from portal.publishing.web.public.announcing import (
    access_json,
    calendar_reply,
    feed_of_releases,
    planned_json,
    release_json,
)
from portal.publishing.web.public.base import CSV, JSON, edition, page
from portal.publishing.web.public.cited import PUBLISHER, cite_this
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.shapes import moment, named, plain
from portal.publishing.web.words import CALENDAR
from portal.web import edge
from portal.web.words import name

ATOM, ICS = "atom", "ics"
MOST_LISTED = 10_000
"""A release of more figures names its bodies only: its figures are in the data files."""
COLUMNS = (
    *("slug", "name_en", "name_zh_Hans", "state", "when", "period", "figures", "source", "licence"),
    *("published_in_edition", "published_at"),
)


@page("/releases", JSON, CSV, ATOM, ICS)
def releases(form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = queries.releases(session, edition=n)
    planned = queries.planned_releases(session, edition=n)
    upcoming = [one for one in planned if one.state in (CalendarState.PROVISIONAL, CalendarState.CONFIRMED)]
    match form:
        case "json":
            content = {"upcoming": upcoming, "cancelled": _cancelled(planned)}
            listed = {key: [planned_json(one) for one in ones] for key, ones in content.items()}
            return json_reply({**listed, "releases": [release_json(one) for one in found]})
        case "csv":
            cells = [*(_planned_cells(one) for one in upcoming), *(_cells(one) for one in found)]
            return csv_reply(COLUMNS, cells, name="releases")
        case "atom":
            return feed_of_releases(found, planned)
        case "ics":
            return calendar_reply(planned)
    by_month = groupby(upcoming, key=lambda one: one.when.first_day.replace(day=1))
    return render_template(
        "publishing/releases.html",
        releases=found,
        months=[(month, list(ones)) for month, ones in by_month],
        cancelled=_cancelled(planned),
        states=CALENDAR,
    )


@page("/releases/<slug>", JSON, carried=True)
def release(slug: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    planned = queries.find_planned(session, slug, edition=n)
    if planned is not None and planned.state is not CalendarState.PUBLISHED:
        return _announced(session, planned, form)
    found = queries.get_release(session, slug, edition=n)
    counts = queries.figure_counts_of(session, found.edition)
    access = queries.early_access_of(session, slug, edition=n)
    if form == JSON:
        keys = queries.figures_published_by(session, found.edition) if found.figures <= MOST_LISTED else ()
        figures = [{"body": key.body, "indicator": key.indicator, "period": key.period} for key in keys]
        calendar = planned_json(planned) if planned else None
        content = {"release": release_json(found), "calendar": calendar, "early_access": access_json(access)}
        return json_reply({**content, "bodies": counts, "figures": figures})
    bodies = queries.bodies_named(session, counts, edition=n)
    return render_template(
        "publishing/release.html",
        release=found,
        planned=planned,
        access=access,
        series=_series(session, planned),
        states=CALENDAR,
        bodies=sorted(bodies.values(), key=lambda body: name(body.names)),
        counts=counts,
        citing=cite_this(Subject.RELEASE, found.slug, author=PUBLISHER, title=name(found.names)),
        invented=any(body.invented for body in bodies.values()),
    )


def _announced(session: Session, planned: PlannedRelease, form: str) -> ResponseReturnValue:
    """The page of a release before it is out, or that will never be."""
    access = queries.early_access_of(session, planned.slug, edition=edition().n)
    if form == JSON:
        return json_reply(
            {"release": None, "calendar": planned_json(planned), "early_access": access_json(access)}
        )
    return render_template(
        "publishing/planned.html",
        planned=planned,
        access=access,
        series=_series(session, planned),
        states=CALENDAR,
    )


def _series(session: Session, planned: PlannedRelease | None) -> Mapping[str, tuple[str, Any]]:
    """The releases before and after in the series: their codes and names."""
    found: dict[str, tuple[str, Any]] = {}
    if planned is None:
        return found
    names = {one.slug: one.names for one in queries.releases(session, edition=edition().n)}
    names |= {one.slug: one.names for one in queries.planned_releases(session, edition=edition().n)}
    for place, slug in (("previous", planned.follows), ("next", planned.followed_by)):
        if slug is not None and slug in names:
            found[place] = (slug, names[slug])
    return found


def _cancelled(planned: tuple[PlannedRelease, ...]) -> list[PlannedRelease]:
    return [one for one in planned if one.state is CalendarState.CANCELLED]


def _planned_cells(one: PlannedRelease) -> tuple[Any, ...]:
    return (one.slug, *named(one.names), one.state.value, one.when.text, one.period, *(None,) * 5)


def _cells(release: Release) -> tuple[Any, ...]:
    return (
        *(release.slug, *named(release.names), CalendarState.PUBLISHED.value, moment(release.at)),
        *(release.period, release.figures, plain(release.source), plain(release.licence)),
        *(release.edition, moment(release.at)),
    )
