"""The editions: all of them, one with its files, and the one that was valid on a day."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation.errors import Invalid, NotFound
from portal.foundation.i18n import N_, message
from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.queries.shelf import recent_editions
from portal.publishing.values import AppendedAct, Edition
from portal.publishing.web.data.base import ACTS, N, blueprint, shelf
from portal.publishing.web.data.downloads import to_file
from portal.publishing.web.data.pages import offered, older_workbooks
from portal.publishing.web.open import CHECKED_EACH_TIME
from portal.publishing.web.public.base import CSV, JSON, edition
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.public.shapes import moment
from portal.web import edge, problems
from portal.web.cache import published
from portal.web.words import say

PAGE_SIZE = 100
COLUMNS = ("n", "act", "published_at", "release")


@blueprint.get("/data/editions", defaults={"form": "html"})
@blueprint.get("/data/editions.<any(json, csv):form>")
@published("page", "bom")
def all_editions(form: str) -> ResponseReturnValue:
    session, newest = edge.reader(), edition().n
    if form in (JSON, CSV):
        found = recent_editions(session, edition=newest)
        rows = _cells(found)
        if form == CSV:
            return csv_reply(COLUMNS, rows, name="editions")
        return json_reply({"editions": [dict(zip(COLUMNS, row, strict=True)) for row in rows]})
    number = page_number(newest, PAGE_SIZE)
    found = recent_editions(session, edition=newest, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return render_template(
        "publishing/editions.html",
        edition=edition(),
        shown=Page(found, number, PAGE_SIZE, newest),
        releases=queries.releases_by_edition(session, edition=newest),
        acts=ACTS,
    )


@blueprint.get(f"/data/editions/{N}")
def one_edition(n: int) -> ResponseReturnValue:
    """What edition n was published for, and its files."""
    session = edge.reader()
    found = queries.edition_as_of(session, n)
    (act,) = recent_editions(session, edition=n, limit=1)
    return render_template(
        "publishing/edition.html",
        edition=found,
        act=act,
        acts=ACTS,
        release=queries.find_release_in(session, n),
        tables=offered(found),
        made=shelf().made(n),
        older=older_workbooks(found),
        signed=shelf().is_signed(n),
        newest=queries.current_edition(session).n,
        origin=edge.settings().origin.rstrip("/"),
    )


@blueprint.get("/data/asof")
def ask_as_of() -> ResponseReturnValue:
    """A date to type; a day that has no edition comes back with the reason."""
    typed, fault = request.args.get("date", "").strip()[:40], None
    if typed:
        try:
            return redirect(url_for("data.one_edition", n=valid_at_the_end_of(typed).n), 302)
        except (Invalid, NotFound) as error:
            if problems.wanted():
                raise
            fault = say(error.message)
    page = render_template(
        "publishing/asof.html", edition=edition(), typed=typed, fault=fault, time_zone=edge.settings().time_zone
    )
    return page, 422 if fault else 200


@blueprint.get("/data/asof/<day>")
def as_of(day: str) -> ResponseReturnValue:
    """Redirect to the edition that was valid at the end of a day, by the office's clock."""
    reply = redirect(url_for("data.one_edition", n=valid_at_the_end_of(day).n), 302)
    return _asked_each_time(reply)


@blueprint.get("/data/asof/<day>/<file>")
def file_as_of(day: str, file: str) -> ResponseReturnValue:
    """The same for one of its files."""
    return to_file(valid_at_the_end_of(day).n, file)


def valid_at_the_end_of(day: str) -> Edition:
    """The edition valid when a day ended by the office's clock. Raises Invalid, and NotFound before the first."""
    try:
        asked = date.fromisoformat(day) if len(day) == len("2026-02-03") else None
    except ValueError:
        asked = None
    if asked is None:
        raise Invalid(message(N_("“{day}” is no date. Write it as year-month-day, such as 2026-02-03."), day=day))
    zone = ZoneInfo(edge.settings().time_zone)
    today = edge.now().astimezone(zone).date()
    if asked >= today:
        raise Invalid(
            message(
                N_("{day} has not ended yet ({zone}), so its edition is not settled. Ask for a day up to {last}."),
                zone=zone.key,
                day=asked.isoformat(),
                last=(today - timedelta(days=1)).isoformat(),
            )
        )
    end = datetime.combine(asked, time.max, zone)
    found = queries.edition_at(edge.reader(), end)
    if found is None:
        raise NotFound(message(N_("Nothing was published yet at the end of {day}."), day=asked.isoformat()))
    return found


def _cells(found: tuple[AppendedAct, ...]) -> list[tuple[Any, ...]]:
    releases = queries.releases_by_edition(edge.reader(), edition=edition().n)
    return [
        (one.n, one.kind, moment(one.at), releases[one.n].slug if one.n in releases else None) for one in found
    ]


def _asked_each_time(reply: Any) -> Response:
    reply.headers["Cache-Control"] = CHECKED_EACH_TIME
    reply.headers["Access-Control-Allow-Origin"] = "*"
    found: Response = reply
    return found
