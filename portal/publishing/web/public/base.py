"""What all public pages share: their blueprint, the edition they are drawn from, their words."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Blueprint

from portal.publishing import queries
from portal.publishing.readings import Figure, Release
from portal.publishing.values import Edition
from portal.web import edge, editions
from portal.web.served import CSV as CSV
from portal.web.served import HTML as HTML
from portal.web.served import JSON as JSON
from portal.web.served import PNG as PNG
from portal.web.served import SVG as SVG
from portal.web.served import served

pages = Blueprint("published", __name__)
page = partial(served, pages)
"""Serve a view of these pages at an address, and as data: see `web.served`."""


def edition() -> Edition:
    """The edition this page is drawn from: the one asked for, else the newest when the request came.

    A page that is carried through editions is drawn from the one in which it last changed.
    """
    return editions.shown(_edition)


def _edition(asked: int | None) -> Edition:
    if asked is None and is_carried():
        return queries.changed_in(edge.reader(), edge.here().path)
    return queries.edition_as_of(edge.reader(), asked)


def releases_of(figures: Iterable[Figure]) -> dict[int, Release]:
    """The releases that brought these figures, under the editions that published them."""
    return releases_in({version.edition for figure in figures for version in figure.versions})


def releases_in(editions: Iterable[int]) -> dict[int, Release]:
    """The releases that these editions published, as far as any did."""
    return queries.releases_by_edition(edge.reader(), edition=edition().n, among=editions)


def settling() -> Edition:
    """The edition that settles whether there is anything at an address where nothing was ever published."""
    return edition() if editions.asked() is not None else queries.current_edition(edge.reader())


def is_carried() -> bool:
    """Whether the view of this request stays the same through editions that do not touch its path."""
    return bool(getattr(edge.application().view_functions.get(edge.here().endpoint or ""), "carried", False))


@pages.context_processor
def _shared() -> dict[str, Any]:
    return {"edition": edition()}
