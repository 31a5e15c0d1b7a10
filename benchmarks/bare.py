"""The yardsticks: what a bare Flask application does, with nothing of ours in it."""

import json
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, render_template
from sqlalchemy import Integer, String, create_engine, event, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


def hello() -> Flask:
    """Flask's own first example."""
    app = Flask("hello")

    @app.get("/")
    def say_hello() -> str:
        return "Hello, World!"

    return app


SETTINGS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=30000"),
    "wal_autocheckpoint=4000",
)


class _Base(DeclarativeBase):
    pass


class Mark(_Base):
    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    service: Mapped[str] = mapped_column(String(80))
    level: Mapped[int] = mapped_column(Integer)


def inserter() -> Flask:
    """A view that inserts one row through the ORM, on SQLite with the settings the portal uses."""
    from flask import request

    engine = create_engine(os.environ["BARE_DATABASE_URL"])
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def settings(raw: object, _record: object) -> None:
            for pragma in SETTINGS:
                raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    _Base.metadata.create_all(engine)
    app = Flask("inserter")

    @app.post("/")
    def insert() -> tuple[str, int, dict[str, str]]:
        with Session(engine) as session:
            session.add(Mark(service=request.form["service"], level=int(request.form["level"])))
            session.commit()
        return "", 303, {"Location": "/"}

    return app


def plain(body: bytes, headers: list[tuple[str, str]]) -> "WSGIApplication":
    """No framework: the same bytes and headers to everybody."""

    def answer(_environ: object, start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", headers)
        return [body]

    return answer  # type: ignore[return-value]


PAGE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>"""
_ROW_BYTES = 86


def page() -> Flask:
    """A page of so many bytes from one query: a table of its rows."""
    app = Flask("page")
    engine = create_engine(f"sqlite:///{os.environ['BARE_PAGE_DATABASE']}")
    query = text(
        "SELECT period, target, actual, obs_status, cause FROM figure_version"
        " WHERE body = :body ORDER BY indicator, period LIMIT :rows"
    )
    template = app.jinja_env.from_string(PAGE)
    asked = {"body": os.environ["BARE_PAGE_OF"], "rows": int(os.environ["BARE_PAGE_BYTES"]) // _ROW_BYTES}

    @app.get("/")
    def show() -> str:
        with engine.connect() as connection:
            rows = connection.execute(query, asked).all()
        return render_template(template, title="A table", rows=rows)

    return app


def rows() -> Flask:
    """A hundred figures with their names, by hand: three queries and the JSON of the standard library."""
    app = Flask("rows")
    path = os.environ["BARE_ROWS_DATABASE"]

    def names(connection: sqlite3.Connection, kind: str, codes: set[str]) -> dict[str, Any]:
        marks = ",".join("?" * len(codes))
        words = f"SELECT key, payload FROM statement WHERE kind = ? AND key IN ({marks})"
        return {key: json.loads(said) for key, said in connection.execute(words, (kind, *codes))}

    @app.get("/")
    def show() -> Response:
        connection = sqlite3.connect(path)
        found = connection.execute(
            "SELECT body, indicator, period, target, actual, numerator, denominator, obs_status, cause, replaces,"
            " act.edition, act.appended_at FROM figure_version JOIN act ON act.id = act_id"
            " WHERE act.edition IS NOT NULL ORDER BY body, indicator, period LIMIT 100"
        ).fetchall()
        bodies = names(connection, "body", {row[0] for row in found})
        indicators = names(connection, "indicator", {row[1] for row in found})
        release = json.loads(
            connection.execute("SELECT payload FROM statement WHERE kind = 'release'").fetchone()[0]
        )
        connection.close()
        return jsonify(
            data=[
                {
                    "body": {"code": row[0], "names": bodies[row[0]]["names"]},
                    "indicator": {
                        "code": row[1],
                        **{name: indicators[row[1]][name] for name in ("names", "unit", "direction", "kind")},
                    },
                    **dict(zip(_NAMES, row[2:], strict=True)),
                    "release": {name: release[name] for name in ("slug", "source", "licence")},
                    "links": {"page": f"https://portal.test/bodies/{row[0]}/indicators/{row[1]}"},
                }
                for row in found
            ]
        )

    return app


_NAMES = (
    *("period", "target", "actual", "numerator", "denominator", "obs_status", "cause", "replaces"),
    *("version_edition", "version_at"),
)


def stream() -> Flask:
    """A generator of so many bytes in pieces of 64 KiB."""
    app = Flask("stream")
    size, piece = int(os.environ["BARE_FILE_BYTES"]), b"x" * 65536

    @app.get("/")
    def give() -> Response:
        return Response((piece for _ in range(size // len(piece))), mimetype="text/csv")

    return app


hello_app = hello()
if "BARE_PLAIN_FILE" in os.environ:
    plain_app = plain(
        Path(os.environ["BARE_PLAIN_FILE"]).read_bytes(),
        [(name, value) for name, value in json.loads(os.environ["BARE_PLAIN_HEADERS"])],
    )
if "BARE_PAGE_DATABASE" in os.environ:
    page_app = page()
if "BARE_ROWS_DATABASE" in os.environ:
    rows_app = rows()
if "BARE_FILE_BYTES" in os.environ:
    stream_app = stream()
if "BARE_DATABASE_URL" in os.environ:
    inserter_app = inserter()
