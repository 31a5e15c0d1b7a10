"""One page of rows of the API, made anew each time, beside a hand-written Flask and SQLite view of the same."""

import json
import os
import sqlite3
import statistics
import tempfile
from pathlib import Path

from flask import Flask, Response

from benchmarks.installation import new_portal, served
from benchmarks.load import compare, granian
from portal.publishing.web.api import cursors
from tests.factories.publishing import append, body, figure, indicator, release

NAME = "A page of 100 rows of the API against a hand-written Flask and SQLite view"
AT_LEAST = 0.7
ROWS = 100
_QUERY = """
SELECT f.body, b.payload, f.indicator, i.payload, f.period, f.target, f.actual, f.numerator, f.denominator,
       f.obs_status, f.cause, f.replaces, a.edition, a.appended_at
FROM figure_version f
CROSS JOIN act a ON a.id = f.act_id
CROSS JOIN statement b ON b.kind = 'body' AND b.key = f.body
CROSS JOIN statement i ON i.kind = 'indicator' AND i.key = f.indicator
WHERE (f.body, f.indicator, f.period) > (?, ?, ?) ORDER BY f.body, f.indicator, f.period LIMIT ?"""
AFTER = ("B05", "I005", "2015")


def run() -> tuple[float, str]:
    """The ratio, and a sentence that says what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        edition = _fill(Path(folder))
        cursor = cursors.Cursor(edition, cursors.question("/api/v1/figures", {}), AFTER)
        environment = served(Path(folder))
        database = {"BARE_FIGURES": str(Path(folder) / "portal.sqlite3")}
        with (
            granian("benchmarks.api_rows:bare", environment=database) as bare_address,
            granian("wsgi:app", environment=environment) as ours,
        ):
            # an answer to a cursor is never kept, so each is made of rows
            path = f"/api/v1/figures?limit={ROWS}&cursor={cursor}"
            ratio, pairs = compare(ours + path, bare_address + "/", args=(), yardstick_args=())
    rates = [statistics.median(load.rate for load in side) for side in zip(*pairs, strict=True)]
    return ratio, f"API {rates[0]:,.0f}/s, hand-written {rates[1]:,.0f}/s"


def _fill(folder: Path) -> int:
    portal = new_portal(folder)
    bodies, indicators = [f"B{n:02}" for n in range(20)], [f"I{n:03}" for n in range(50)]
    append(portal, *map(body, bodies), *map(indicator, indicators), kind="register")
    figures = [
        figure(body=one, indicator=code, period=str(year), actual=f"{70 + year % 30}.5")
        for one in bodies
        for code in indicators
        for year in range(2011, 2021)
    ]
    edition = append(portal, release(), *figures)
    portal.database.dispose()
    return edition


def _view() -> Flask:
    """What somebody would write in an hour: the same fields, names read from the same tables, no checks."""
    database = sqlite3.connect(os.environ["BARE_FIGURES"], check_same_thread=False)
    app = Flask("figures")

    @app.get("/")
    def figures() -> Response:
        rows = [_row(row) for row in database.execute(_QUERY, (*AFTER, ROWS))]
        return Response(json.dumps({"data": rows}, ensure_ascii=False), mimetype="application/json")

    return app


def _row(row: tuple) -> dict:  # type: ignore[type-arg]
    code, owner, indicator_code, kept, period, target, actual, *more = row
    numerator, denominator, obs_status, cause, replaces, edition, at = more
    named, measured = json.loads(owner), json.loads(kept)
    key = f"{code}/{indicator_code}/{period}"
    return {
        "body": {name: named[name] for name in ("code", "names", "invented")},
        "service": None,
        "indicator": {name: measured[name] for name in ("code", "names", "unit", "direction", "kind")},
        "period": period,
        "value": float(actual),
        "actual": actual,
        "target": target,
        "numerator": numerator,
        "denominator": denominator,
        "obs_status": obs_status,
        "status": "met" if float(actual) >= float(target) else "not-met",
        "note": None,
        "notice": None,
        "cause": cause,
        "version_edition": edition,
        "version_at": at,
        "replaces": replaces,
        "handin_edition": None,
        "release": {"slug": "parks-2022", "source": "NYC Open Data", "licence": "Public domain"},
        "links": {
            "api": f"https://portal.test/api/v1/figures/{key}",
            "page": f"https://portal.test/bodies/{code}/indicators/{indicator_code}",
        },
    }


if "BARE_FIGURES" in os.environ:
    bare = _view()
