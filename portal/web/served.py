"""A published page and the same facts as data, under one address: `/x`, `/x.json`, `/x.csv`."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.web.cache import published

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

HTML, JSON, CSV, SVG, PNG = "html", "json", "csv", "svg", "png"


def served(
    blueprint: Blueprint, path: str, *forms: str, query: tuple[str, ...] = (), carried: bool = False
) -> Callable[[View], View]:
    """Serve a view at `path` and at `path`.json, `path`.csv for each of `forms`; the view gets `form`.

    A `carried` page shows nothing but what the acts that touch its path change.
    """

    def register(view: View) -> View:
        stored = published(*query, *(("bom",) if CSV in forms else ()), carried=carried)(view)
        blueprint.add_url_rule(path, view.__name__, stored, defaults={"form": HTML})
        for form in forms:
            blueprint.add_url_rule(f"{path}.{form}", view.__name__, stored, defaults={"form": form})
        return stored

    return register
