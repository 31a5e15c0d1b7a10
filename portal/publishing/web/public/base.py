"""What all public pages share: their blueprint, the edition they are drawn from, their words."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from portal.publishing import queries
from portal.publishing.values import Edition
from portal.web import edge, editions
from portal.web.cache import published

pages = Blueprint("published", __name__)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

HTML, JSON, CSV, SVG, PNG = "html", "json", "csv", "svg", "png"


def page(path: str, *forms: str, query: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Serve a view at `path`, and at `path`.json, `path`.csv for each of `forms`; the view gets `form`."""

    def register(view: View) -> View:
        stored = published(*query, *(("bom",) if CSV in forms else ()))(view)
        pages.add_url_rule(path, view.__name__, stored, defaults={"form": HTML})
        for form in forms:
            pages.add_url_rule(f"{path}.{form}", view.__name__, stored, defaults={"form": form})
        return stored

    return register


def edition() -> Edition:
    """The edition this page is drawn from: the one asked for, else the newest when the request came."""
    if "edition" not in g:
        g.edition = queries.edition_as_of(edge.reader(), editions.asked())
    found: Edition = g.edition
    return found


@pages.context_processor
def _shared() -> dict[str, Any]:
    return {"edition": edition()}
