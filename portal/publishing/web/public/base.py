"""What all public pages share: their blueprint, the edition they are drawn from, their words."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue

from portal.publishing import queries
from portal.publishing.values import Edition
from portal.web import edge, editions
from portal.web.cache import published

pages = Blueprint("published", __name__)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

HTML, JSON, CSV, SVG, PNG = "html", "json", "csv", "svg", "png"


def page(path: str, *forms: str, query: tuple[str, ...] = (), carried: bool = False) -> Callable[[View], View]:
    """Serve a view at `path`, and at `path`.json, `path`.csv for each of `forms`; the view gets `form`.

    A `carried` page shows nothing but what `publishing.touched` says of its path.
    """

    def register(view: View) -> View:
        stored = published(*query, *(("bom",) if CSV in forms else ()), carried=carried)(view)
        pages.add_url_rule(path, view.__name__, stored, defaults={"form": HTML})
        for form in forms:
            pages.add_url_rule(f"{path}.{form}", view.__name__, stored, defaults={"form": form})
        return stored

    return register


def edition() -> Edition:
    """The edition this page is drawn from: the one asked for, else the newest when the request came.

    A page that is carried through editions is drawn from the one in which it last changed.
    """
    if "edition" not in g:
        asked = editions.asked()
        if asked is None and is_carried():
            g.edition = queries.changed_in(edge.reader(), request.path)
        else:
            g.edition = queries.edition_as_of(edge.reader(), asked)
    found: Edition = g.edition
    return found


def settling() -> Edition:
    """The edition that settles whether there is anything at an address where nothing was ever published."""
    return edition() if editions.asked() is not None else queries.current_edition(edge.reader())


def is_carried() -> bool:
    """Whether the view of this request stays the same through editions that do not touch its path."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "carried", False))


@pages.context_processor
def _shared() -> dict[str, Any]:
    return {"edition": edition()}
