"""Searching bodies, services and indicators. Answers are not kept in the page cache: anybody can ask anything."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.publishing import queries
from portal.publishing.readings import SearchResults
from portal.publishing.web.public.base import edition, pages
from portal.publishing.web.public.formats import json_reply
from portal.publishing.web.public.shapes import body_json, indicator_json
from portal.web import edge, editions

LONGEST_QUERY = 200


@pages.get("/search")
@editions.drawn
def search() -> ResponseReturnValue:
    asked, found = _found()
    session, n = edge.reader(), edition().n
    codes = {one.body for one in found.services} | {one.body for one in found.indicators if one.body}
    owners = queries.bodies_named(session, codes, edition=n)
    return render_template("publishing/search.html", asked=asked, found=found, owners=owners)


@pages.get("/search.json")
@editions.drawn
def search_json() -> Response:
    asked, found = _found()
    services = [{"code": one.code, "body": one.body, "names": one.names} for one in found.services]
    return json_reply(
        {
            "query": asked,
            "bodies": [body_json(one) for one in found.bodies],
            "services": services,
            "indicators": [indicator_json(one) for one in found.indicators],
            "more": found.more,
        }
    )


def _found() -> tuple[str, SearchResults]:
    asked = " ".join(request.args.get("q", "")[:LONGEST_QUERY].split())
    return asked, queries.search(edge.reader(), asked, edition=edition().n)
