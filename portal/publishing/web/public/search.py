"""Searching what is published. Answers are not kept in the page cache: anybody can ask anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.found import YES, Facet, Found, Kind
from portal.publishing.readings import PublishedBody
from portal.publishing.web.public.base import edition, pages
from portal.publishing.web.public.formats import json_reply
from portal.registry.queries import is_code
from portal.registry.values import Level
from portal.web import edge, editions
from portal.web.wording import lazy_gettext as _l
from portal.web.words import name

LONGEST_QUERY = 200
PAGE_SIZE = 20
MOST_PAGES = 50

KINDS: Mapping[Kind, Any] = {
    Kind.BODY: _l("Bodies"),
    Kind.SERVICE: _l("Services"),
    Kind.INDICATOR: _l("Indicators"),
    Kind.RELEASE: _l("Releases"),
}
ONE: Mapping[Kind, Any] = {
    Kind.BODY: _l("Public body"),
    Kind.SERVICE: _l("Service"),
    Kind.INDICATOR: _l("Indicator"),
    Kind.RELEASE: _l("Release"),
}
LEVELS: Mapping[str, Any] = {
    Level.NATIONAL: _l("National"),
    Level.PROVINCE: _l("Province"),
    Level.CITY: _l("City"),
    Level.COUNTY: _l("County"),
    Level.TOWNSHIP: _l("Township"),
    Level.UNSTATED: _l("Not stated"),
}
FACETS: Mapping[Facet, Any] = {
    Facet.KIND: _l("What it is"),
    Facet.TARGETS: _l("Targets"),
    Facet.YEAR: _l("Figures of"),
    Facet.BODY: _l("Public body"),
    Facet.LEVEL: _l("Tier of government"),
}


@dataclass(frozen=True)
class Asked:
    """What is looked for, by what it is narrowed down, and which page of it."""

    query: str
    only: Mapping[Facet, str]
    page: int

    @property
    def typed(self) -> dict[str, str]:
        """The query parameters that say the same."""
        return {"q": self.query, **{facet.value: value for facet, value in self.only.items()}}

    def with_(self, facet: Facet, value: str) -> dict[str, str]:
        return {**self.typed, facet.value: value}

    def without(self, facet: Facet) -> dict[str, str]:
        return {name: value for name, value in self.typed.items() if name != facet.value}

    @cached_property
    def found(self) -> Found:
        return queries.search(
            edge.reader(),
            self.query,
            edition=edition().n,
            only=self.only,
            limit=PAGE_SIZE,
            offset=(self.page - 1) * PAGE_SIZE,
        )


@pages.get("/search")
@editions.drawn
def search() -> ResponseReturnValue:
    asked = _asked()
    found = asked.found
    codes = {hit.code if hit.kind is Kind.BODY else hit.body or "" for hit in found.hits}
    codes |= {one.value for one in found.choices.get(Facet.BODY, ())}
    bodies = queries.bodies_named(edge.reader(), codes | {asked.only.get(Facet.BODY, "")}, edition=edition().n)
    return render_template(
        "publishing/search.html",
        asked=asked,
        found=found,
        bodies=bodies,
        shown=Page(found.hits, asked.page, PAGE_SIZE, min(found.total, PAGE_SIZE * MOST_PAGES)),
        facets=FACETS,
        kinds=ONE,
        label=lambda facet, value: _label(facet, value, bodies),
    )


@pages.get("/search.json")
@editions.drawn
def search_json() -> Response:
    asked = _asked()
    found = asked.found
    return json_reply(
        {
            "query": asked.query,
            "only": {facet.value: value for facet, value in asked.only.items()},
            "page": asked.page,
            "total": found.total,
            "more": found.more,
            "results": [
                {"kind": hit.kind.value, "code": hit.code, "names": hit.names, "body": hit.body}
                for hit in found.hits
            ],
            "facets": {
                facet.value: {one.value: one.count for one in choices} for facet, choices in found.choices.items()
            },
            "suggestions": list(found.suggestions),
        }
    )


def _asked() -> Asked:
    """What the address asks, as far as it makes sense; what does not is left out."""
    args = request.args
    query = " ".join(args.get("q", "")[:LONGEST_QUERY].split())
    only = {facet: value for facet in Facet if (value := args.get(facet.value)) and _makes_sense(facet, value)}
    page = args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
    return Asked(query, only, min(max(number, 1), MOST_PAGES))


def _makes_sense(facet: Facet, value: str) -> bool:
    match facet:
        case Facet.KIND:
            return value in set(Kind)
        case Facet.LEVEL:
            return value in set(Level)
        case Facet.TARGETS:
            return value == YES
        case Facet.YEAR:
            return re.fullmatch("[12][0-9]{3}", value) is not None
    return is_code(value)


def _label(facet: Facet, value: str, bodies: Mapping[str, PublishedBody]) -> Any:
    match facet:
        case Facet.KIND:
            return KINDS[Kind(value)]
        case Facet.LEVEL:
            return LEVELS[value]
        case Facet.TARGETS:
            return _l("With a target")
        case Facet.BODY:
            return name(bodies[value].names) if value in bodies else value
    return value
