"""The home page: search, three doors, what was corrected and released lately, how to check us."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from portal.publishing import queries
from portal.web import edge, editions
from portal.web.cache import published

home = Blueprint("home", __name__)
FEW = 5


@home.get("/")
@published()
def front() -> ResponseReturnValue:
    session = edge.reader()
    edition = g.edition = queries.edition_as_of(session, editions.asked())
    n = edition.n
    corrected = queries.changes(session, edition=n, limit=FEW)
    return render_template(
        "front/home.html",
        edition=edition,
        head=queries.find_head(session, n),
        counts=queries.count_published(session, edition=n),
        corrections=corrected,
        indicators=queries.indicators_named(session, {one.indicator for one in corrected}, edition=n),
        bodies=queries.bodies_named(session, {one.body for one in corrected if one.body}, edition=n),
        releases=queries.releases(session, edition=n, limit=FEW),
        upcoming=queries.upcoming_releases(session, edition=n)[:FEW],
    )
