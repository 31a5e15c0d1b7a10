"""What was published when, from which source, under which licence."""

from collections import Counter
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.publishing import queries
from portal.publishing.citing import Subject
from portal.publishing.readings import Release
from portal.publishing.web.public.base import CSV, JSON, edition, page
from portal.publishing.web.public.cited import PUBLISHER, cite_this
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.shapes import moment, named, plain
from portal.web import edge
from portal.web.words import name

COLUMNS = (
    *("slug", "name_en", "name_zh_Hans", "period", "figures", "source", "licence"),
    *("published_in_edition", "published_at"),
)


@page("/releases", JSON, CSV)
def releases(form: str) -> ResponseReturnValue:
    found = queries.releases(edge.reader(), edition=edition().n)
    if form == JSON:
        return json_reply({"releases": [_release_json(one) for one in found]})
    if form == CSV:
        return csv_reply(COLUMNS, [_cells(one) for one in found], name="releases")
    return render_template("publishing/releases.html", releases=found)


@page("/releases/<slug>", JSON)
def release(slug: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = queries.get_release(session, slug, edition=n)
    keys = queries.figures_published_by(session, found.edition)
    if form == JSON:
        figures = [{"body": key.body, "indicator": key.indicator, "period": key.period} for key in keys]
        return json_reply({"release": _release_json(found), "figures": figures})
    counts = Counter(key.body for key in keys)
    bodies = queries.bodies_named(session, counts, edition=n)
    return render_template(
        "publishing/release.html",
        release=found,
        bodies=sorted(bodies.values(), key=lambda body: name(body.names)),
        counts=counts,
        citing=cite_this(Subject.RELEASE, found.slug, author=PUBLISHER, title=name(found.names)),
        invented=any(body.invented for body in bodies.values()),
    )


def _cells(release: Release) -> tuple[Any, ...]:
    return (
        *(release.slug, *named(release.names), release.period, release.figures),
        *(plain(release.source), plain(release.licence), release.edition, moment(release.at)),
    )


def _release_json(release: Release) -> dict[str, Any]:
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
