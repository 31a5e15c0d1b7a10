"""The register: bodies, services and indicators."""

from collections.abc import Callable, Iterable
from typing import Any

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_
from portal.publishing.queries.visible import Said
from portal.publishing.queries.walks import newest_among, walk_statements
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import ROOT, Asked, Rows, address, encode, listing, single
from portal.publishing.web.api.labels import by_language
from portal.web import edge
from portal.web.problems import Fault

Render = Callable[[Said], dict[str, Any]]


@listing(
    "/bodies",
    N_("Public bodies, by code."),
    model=shapes.Body,
    tag="register",
    filters=(ask.PARENT, ask.LEVEL, ask.CHANGED),
)
def bodies(asked: Asked) -> Rows:
    require_known(asked, body="parent")
    return _walk("body", asked, body_json, parent=asked.get("parent"), level=asked.get("level"))


@single(
    "/bodies/{body}",
    N_("One public body."),
    model=shapes.Body,
    tag="register",
    known={"body": N_("Code of the body.")},
)
def body(asked: Asked, body: str) -> str:
    return encode(body_json(find("body", body, asked)))


@listing(
    "/services", N_("Services, by code."), model=shapes.Service, tag="register", filters=(ask.BODY, ask.CHANGED)
)
def services(asked: Asked) -> Rows:
    require_known(asked, body="body")
    return _walk("service", asked, service_json, body=asked.get("body"))


@single(
    "/services/{service}",
    N_("One service."),
    model=shapes.Service,
    tag="register",
    known={"service": N_("Code of the service.")},
)
def service(asked: Asked, service: str) -> str:
    return encode(service_json(find("service", service, asked)))


@listing(
    "/indicators",
    N_("Indicators with their definitions, by code."),
    model=shapes.Indicator,
    tag="register",
    filters=(ask.BODY, ask.SERVICE, ask.KIND, ask.DIRECTION, ask.CHANGED),
)
def indicators(asked: Asked) -> Rows:
    require_known(asked, body="body", service="service")
    wanted = {name: asked.get(name) for name in ("body", "service", "kind", "direction")}
    return _walk("indicator", asked, indicator_json, **wanted)


@single(
    "/indicators/{indicator}",
    N_("One indicator."),
    model=shapes.Indicator,
    tag="register",
    known={"indicator": N_("Code of the indicator.")},
)
def indicator(asked: Asked, indicator: str) -> str:
    return encode(indicator_json(find("indicator", indicator, asked)))


def find(kind: str, code: str, asked: Asked) -> Said:
    """What the edition says of it. Raises NotFound."""
    found = newest_among(edge.reader(), kind, [code], edition=asked.n).get(code)
    if found is None:
        raise NotFound(f"No {kind} with the code {code} is published in edition {asked.n}.")
    return found


def require_known(asked: Asked, **parameters: str) -> None:
    """Refuse to filter by a code that nothing has: an empty list would read as an answer. Raises NotAsked."""
    for kind, name in parameters.items():
        code = asked.get(name)
        if code and not newest_among(edge.reader(), kind, [code], edition=asked.n):
            detail = f"is no {kind} published in edition {asked.n}: {code}"
            raise ask.NotAsked(404, f"{name} {detail}.", [Fault(name, detail)])


def body_json(said: Said) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("code", "names", "parent", "level", "invented")},
        "codes": dict(content.get("codes") or {}),
        "valid_from": content.get("valid_from"),
        "ended": content.get("ended"),
        "former": list(content.get("former") or ()),
        "edition": said.edition,
        "links": _links("bodies", said.key),
    }


def service_json(said: Said) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("code", "body", "names")},
        "place": dict(content.get("place") or {}),
        "windows": list(content.get("windows") or ()),
        "edition": said.edition,
        "links": _links("services", said.key),
    }


def indicator_json(said: Said) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("code", "names")},
        "definition": dict(content["definition"] or {}),
        "unit": by_language(content["unit"]),
        **{name: content[name] for name in ("direction", "kind")},
        "part_of": content.get("part_of"),
        "weight": content.get("weight"),
        "criteria": dict(content.get("criteria") or {}),
        **{name: content[name] for name in ("body", "service")},
        "edition": said.edition,
        "links": _links("indicators", said.key),
    }


def _links(kind: str, code: str) -> dict[str, str]:
    return {"api": address(f"{ROOT}/{kind}/{code}"), "page": address(f"/{kind}/{code}")}


def _walk(what: str, asked: Asked, render: Render, /, **wanted: str | None) -> Rows:
    tests = [(name, value) for name, value in wanted.items() if value is not None]
    since = asked.get("changed_since")

    def keep(said: Said) -> bool:
        is_new = since is None or said.edition > since
        return is_new and all(said.content[name] == value for name, value in tests)

    walked = walk_statements(
        edge.reader(),
        what,
        edition=asked.n,
        after=asked.after,
        limit=asked.limit,
        keep=keep if tests or since is not None else None,
    )
    return _encoded(render(said) for said in walked.found), walked.after


def _encoded(found: Iterable[dict[str, Any]]) -> list[str]:
    return [encode(one) for one in found]
