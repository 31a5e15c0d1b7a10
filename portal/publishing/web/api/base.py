"""How every resource of the API is declared and answered: parameters, edition, paging, headers, errors.

A resource says its path, parameters and shape once. From that come the route, the check of what is asked,
the keys under which the page cache may keep it, and its chapter in openapi.json.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from portal.foundation.errors import NotFound, TooMany
from portal.publishing import queries
from portal.publishing.queries.walks import Place
from portal.publishing.values import Edition
from portal.publishing.web.api import cursors
from portal.publishing.web.api.asked import CODE, CURSOR, DEFAULT_LIMIT, EDITION, LIMIT, NotAsked, Parameter, read
from portal.web import edge, limits
from portal.web.cache import published
from portal.web.problems import Fault, problem

ROOT = "/api/v1"
EDITION_SECONDS = 3600
"""How long a cache may keep an answer bound to an edition: it changes only when a text is withdrawn."""
JSON = "application/json"
EXPOSED = "ETag, Link, Retry-After, Deprecation, Sunset"

blueprint = Blueprint("api", __name__, url_prefix=ROOT)


@dataclass(frozen=True)
class Asked:
    """What is asked: the edition, the filters by name, how many, and where to go on."""

    edition: Edition
    values: Mapping[str, Any]
    limit: int = DEFAULT_LIMIT
    after: Place | None = None

    @property
    def n(self) -> int:
        return self.edition.n

    def get(self, name: str) -> Any:
        return self.values.get(name)


Rows = tuple[Sequence[str], Place | None]
"""Rows as JSON, and the place after which the next page begins; None at the end."""


@dataclass(frozen=True)
class Operation:
    """What openapi.json says about one address."""

    path: str
    name: str
    summary: str
    tag: str
    model: type[BaseModel]
    many: bool
    parameters: tuple[Parameter, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    """Parts of the path and what they are."""


OPERATIONS: list[Operation] = []


def listing(
    path: str,
    summary: str,
    *,
    model: type[BaseModel],
    tag: str,
    filters: tuple[Parameter, ...] = (),
    depth: int = 1,
) -> Callable[[Callable[[Asked], Rows]], Callable[[Asked], Rows]]:
    """A list, page by page. The view gives rows as JSON.

    `depth` says of how many parts a place in the list consists.
    """
    parameters = (*filters, EDITION, LIMIT, CURSOR)

    def register(view: Callable[[Asked], Rows]) -> Callable[[Asked], Rows]:
        def answer() -> str:
            values = read(parameters, request.args)
            asked = _paged(values, depth)
            rows, after = view(asked)
            return _page(asked, values, rows, after)

        _add(Operation(path, view.__name__, summary, tag, model, True, parameters), answer)
        return view

    return register


def single(
    path: str, summary: str, *, model: type[BaseModel], tag: str, known: Mapping[str, str] | None = None
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """One thing. The view gets what is asked and the parts of the path, and gives the thing as JSON."""
    parameters = (EDITION,)

    def register(view: Callable[..., str]) -> Callable[..., str]:
        def answer(**parts: str) -> str:
            asked = Asked(_edition(read(parameters, request.args).get("edition")), {})
            if not all(_PART.fullmatch(part) for part in parts.values()):
                raise NotFound("Nothing is published under such a code.")
            return _head(asked.edition) + ',"data":' + view(asked, **parts) + "}\n"

        _add(Operation(path, view.__name__, summary, tag, model, False, parameters, known or {}), answer)
        return view

    return register


def document(
    path: str, summary: str, *, model: type[BaseModel], tag: str
) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """A document without parameters; the view gives all of it as JSON."""

    def register(view: Callable[[], str]) -> Callable[[], str]:
        def answer() -> str:
            read((), request.args)
            return view()

        _add(Operation(path, view.__name__, summary, tag, model, False), answer)
        return view

    return register


def address(path: str) -> str:
    """An absolute address of this portal."""
    return edge.settings().origin.rstrip("/") + path


def encode(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def head_fields(edition: Edition) -> dict[str, Any]:
    """What begins every answer: the log, the edition and since when it is public."""
    at = f"{edition.at:%Y-%m-%dT%H:%M:%SZ}" if edition.at else None
    return {"origin": edge.settings().log_origin, "edition": edition.n, "edition_at": at}


def reply(body: str, *, bound: bool) -> Response:
    """A JSON answer that any site may read; `bound` when it belongs to one edition for ever."""
    made = Response(body, mimetype=JSON)
    made.headers["Access-Control-Allow-Origin"] = "*"
    made.headers["Access-Control-Expose-Headers"] = EXPOSED
    if bound:
        made.headers["Cache-Control"] = f"public, max-age={EDITION_SECONDS}"
    return made


def _add(operation: Operation, answer: Callable[..., str]) -> None:
    @published(*(one.name for one in operation.parameters if one.kept))
    @wraps(answer)
    def view(**parts: str) -> ResponseReturnValue:
        if "Accept" in request.headers and request.accept_mimetypes.quality(JSON) <= 0:
            raise NotAsked(406, f"This answers {JSON}; the Accept header asks for {request.headers['Accept']}.")
        wait = limits.hit("api")
        if wait is not None:
            raise TooMany("Too many questions from this address. Take the data files for whole editions.", wait)
        made = reply(answer(**parts), bound="edition" in request.args or "cursor" in request.args)
        following = request.environ.get("portal.api.next")
        if following:
            made.headers["Link"] = f'<{following}>; rel="next"'
        return made

    OPERATIONS.append(operation)
    path = operation.path
    for part in operation.known:
        path = path.replace(f"{{{part}}}", f"<{part}>")
    blueprint.add_url_rule(path or "/", operation.name, view, methods=["GET"], strict_slashes=bool(path))


def _edition(n: int | None) -> Edition:
    if n is None:
        return queries.current_edition(edge.reader())
    met: dict[int, Edition] = current_app.extensions.setdefault("portal-api-editions", {})
    if n not in met:  # an edition that was met once is there for ever
        met[n] = queries.get_edition(edge.reader(), n)
    return met[n]


def _paged(values: dict[str, Any], depth: int) -> Asked:
    n = values.get("edition")
    after = None
    if "cursor" in values:
        found = _cursor(values, depth)
        n, after = found.edition, found.after
    filters = {name: value for name, value in values.items() if name not in _PAGING}
    return Asked(_edition(n), filters, values.get("limit", DEFAULT_LIMIT), after)


def _cursor(values: Mapping[str, Any], depth: int) -> cursors.Cursor:
    try:
        found = cursors.parse(values["cursor"], depth)
    except ValueError:
        raise _bad_cursor("is not one that `next` gave") from None
    if found.question != _question(values):
        raise _bad_cursor("belongs to another list or to other filters")
    if values.get("edition") not in (None, found.edition):
        raise _bad_cursor(f"belongs to edition {found.edition}")
    return found


def _bad_cursor(detail: str) -> NotAsked:
    return NotAsked(404, f"cursor {detail}. Begin again without it.", [Fault("cursor", detail)])


_PART = re.compile(CODE)
_PAGING = frozenset({"edition", "limit", "cursor"})


def _question(values: Mapping[str, Any]) -> str:
    return cursors.question(request.path, {k: v for k, v in values.items() if k not in _PAGING})


def _page(asked: Asked, values: Mapping[str, Any], rows: Sequence[str], after: Place | None) -> str:
    following = None
    if after is not None:
        kept = {name: str(value) for name, value in values.items() if name not in ("cursor", "edition")}
        kept["cursor"] = str(cursors.Cursor(asked.n, _question(values), after))
        following = f"{address(request.path)}?{urlencode(kept)}"
        request.environ["portal.api.next"] = following
    start = _head(asked.edition) + f',"next":{encode(following)},"data":['
    return start + ("\n" + ",\n".join(rows) + "\n" if rows else "") + "]}\n"


def _head(edition: Edition) -> str:
    return encode(head_fields(edition))[:-1]


@blueprint.errorhandler(NotAsked)
def _not_asked(error: NotAsked) -> Response:
    return problem(error.status, error.detail, faults=error.faults, allowed=error.allowed)


@blueprint.after_request
def _preflight(made: Response) -> Response:
    """Tell browsers that scripts of other sites may read here, with the conditions of a cache."""
    if request.method == "OPTIONS":
        made.headers["Access-Control-Allow-Origin"] = "*"
        made.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        made.headers["Access-Control-Allow-Headers"] = "Accept, If-None-Match, If-Modified-Since"
        made.headers["Access-Control-Max-Age"] = "86400"
    return made
