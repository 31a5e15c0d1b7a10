"""Two questions of an operator's watch: is the process up, and can it serve?"""

from collections.abc import Callable

from flask import Blueprint, Flask, Response, current_app, json, make_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.foundation import migrate
from portal.web import edge
from portal.web.static import DIST

blueprint = Blueprint("health", __name__)
_MORE = "readyz"


def ask_too(app: Flask, part: str, asked: Callable[[], str | None]) -> None:
    """Let /readyz ask a room too: what it answers stands for this part; None when all is well."""
    app.extensions.setdefault(_MORE, []).append((part, asked))


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; says nothing about the database."""
    return _answer({"process": "up"}, well=True)


@blueprint.get("/readyz")
def readyz() -> Response:
    """Database reachable, schema at this version, every server key there and readable, styles built."""
    parts = {
        "database": _database(),
        "keys": _keys(),
        "styles": "ok" if (DIST / "manifest.json").is_file() else "not built",
    }
    if parts["database"] == "ok":
        parts |= {part: wrong for part, asked in current_app.extensions.get(_MORE, ()) if (wrong := asked())}
    return _answer(parts, well=all(state == "ok" for state in parts.values()))


def _keys() -> str:
    """Of the files as they stand: a process that read a key before goes on with it until it is started again."""
    if edge.keys().missing():
        return "missing"
    return "not readable" if edge.keys().unusable() else "ok"


def _database() -> str:
    try:
        with edge.portal().database.read() as session:
            session.execute(text("SELECT 1"))
        at = migrate.current(edge.portal().database)
    except (SQLAlchemyError, OSError):
        return "not reachable"
    return "ok" if at == migrate.head() else "other schema"


def _answer(parts: dict[str, str], *, well: bool) -> Response:
    response = make_response(json.dumps(parts) + "\n", 200 if well else 503)
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response
