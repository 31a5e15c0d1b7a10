"""The page that explains the API to people: what can be asked, with calls that really answer here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.queries.walks import Wanted, walk_figures
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import OPERATIONS, ROOT, Operation, address
from portal.publishing.web.api.figures import rows
from portal.publishing.web.api.labels import labels
from portal.publishing.web.public.base import HTML, JSON, edition, page
from portal.publishing.words import normalised
from portal.web import edge
from portal.web.wording import lazy_gettext as _l

TAGS: dict[str, Any] = {
    "about": _l("Where to begin"),
    "register": _l("The register"),
    "figures": _l("Figures"),
    "releases": _l("Releases and corrections"),
    "ratings": _l("Ratings"),
    "search": _l("Search"),
}
PAGING = (ask.EDITION, ask.LIMIT, ask.CURSOR)


@dataclass(frozen=True)
class Chapter:
    """One address: what it is for, what can be asked, what comes back, and a call to try."""

    operation: Operation
    example: str

    @property
    def address(self) -> str:
        return ROOT + self.operation.path

    @property
    def filters(self) -> tuple[ask.Parameter, ...]:
        return tuple(one for one in self.operation.parameters if one not in PAGING)


@page("/api", JSON)
def api(form: str) -> ResponseReturnValue:
    if form != HTML:
        return redirect(ROOT)
    session = edge.reader()
    known = _known(session, edition().n)
    chapters = [Chapter(one, _example(one, known)) for one in OPERATIONS]
    return render_template(
        "publishing/api.html",
        tags=[(name, text, [one for one in chapters if one.operation.tag == name]) for name, text in TAGS.items()],
        shapes=list(_shapes()),
        paging=PAGING,
        known=known,
        call=address(_example(_named("figures"), known)),
        answer=_answer(session, known),
        most=ask.MOST,
        root=address(ROOT),
        fields=_fields,
    )


def _named(name: str) -> Operation:
    return next(one for one in OPERATIONS if one.name == name)


def _known(session: Session, n: int) -> Mapping[str, str]:
    """Codes of something that is really published, so that each example answers."""
    found = walk_figures(session, edition=n, wanted=Wanted(), after=None, limit=1).found
    if not found:
        return {}
    body, indicator, period = found[0][-1][:3]
    services = queries.list_services(session, edition=n, body=body)
    measured = queries.find_indicator(session, indicator, edition=n)
    words = normalised(*(measured.names.values() if measured else ())).split()
    releases = queries.releases(session, edition=n, limit=1)
    return {
        "body": body,
        "indicator": indicator,
        "period": period,
        **({"word": words[0]} if words else {}),
        **({"service": services[0].code} if services else {}),
        **({"slug": releases[0].slug} if releases else {}),
    }


def _example(one: Operation, known: Mapping[str, str]) -> str:
    """An address of this operation that answers here; empty when nothing is published for it."""
    if not set(one.known) <= known.keys():
        return ""
    path = ROOT + one.path.format(**{name: known[name] for name in one.known})
    asked = _EXAMPLES.get(one.name, ())
    if one.name == "search":
        return f"{path}?q={quote(known['word'])}" if "word" in known else ""
    if not set(asked) <= known.keys():
        return path
    query = "&".join(f"{name}={known[name]}" for name in asked)
    return f"{path}?{query}" if query else path


_EXAMPLES = {
    "figures": ("body", "indicator"),
    "indicators": ("body",),
    "services": ("body",),
    "ratings": ("service",),
}


def _answer(session: Session, known: Mapping[str, str]) -> str:
    """One figure as the API gives it, laid out for reading."""
    if not known:
        return ""
    wanted = Wanted(body=known["body"], indicators=(known["indicator"],), period=known["period"])
    found = walk_figures(session, edition=edition().n, wanted=wanted, after=None, limit=1).found
    row = rows(session, labels(session, edition().n), found, whole=False)[0]
    return json.dumps(json.loads(row), ensure_ascii=False, indent=2)


def _shapes() -> Iterator[type[BaseModel]]:
    return iter(
        (shapes.Version, shapes.Note, shapes.Ended, shapes.Former, shapes.Share, shapes.Part, shapes.Problem)
    )


def _fields(model: type[BaseModel]) -> list[tuple[str, str]]:
    """Each field and what it means, where its name does not say it."""
    return [(name, field.description or "") for name, field in model.model_fields.items()]
