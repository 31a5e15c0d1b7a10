"""Finding things by words."""

from typing import Any

from portal.foundation.i18n import N_
from portal.publishing import queries
from portal.publishing.found import Facet, Hit, Kind
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import ROOT, Asked, Rows, address, encode, listing
from portal.publishing.web.api.counted import offset
from portal.web import edge

_LISTS = {Kind.BODY: "bodies", Kind.SERVICE: "services", Kind.INDICATOR: "indicators", Kind.RELEASE: "releases"}


@listing(
    "/search",
    N_("Bodies, services, indicators and releases in which all words occur, the closest first; at most 500."),
    model=shapes.Hit,
    tag="search",
    filters=(ask.WORDS, ask.FOUND_KIND, ask.BODY, ask.LEVEL, ask.TARGETS, ask.YEAR),
)
def search(asked: Asked) -> Rows:
    start = offset(asked)
    only = {facet: str(asked.get(facet.value)) for facet in Facet if asked.get(facet.value) is not None}
    query = " ".join(asked.get("q").split())
    found = queries.search(edge.reader(), query, edition=asked.n, only=only, limit=asked.limit, offset=start)
    end = start + asked.limit
    return [encode(_hit_json(hit)) for hit in found.hits], (str(end),) if end < found.total else None


def _hit_json(hit: Hit) -> dict[str, Any]:
    path = f"{_LISTS[hit.kind]}/{hit.code}"
    page = f"bodies/{hit.body}/{path}" if hit.kind is Kind.INDICATOR and hit.body else path
    return {
        "kind": hit.kind.value,
        "code": hit.code,
        "names": hit.names,
        "body": hit.body,
        "edition": hit.edition,
        "links": {"api": address(f"{ROOT}/{path}"), "page": address(f"/{page}")},
    }
