"""The queue of cases and its searches at ten thousand cases beside a hundred: as seen by an officer who holds all.

One report is filed as reporters file it; the others are its rows again under other ids and days, made by SQL.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.installation import cookie_of, new_portal, served
from benchmarks.load import compare_cost, granian
from benchmarks.measures import Measure
from tests.factories.accounts import person
from tests.factories.cases import a_figure, filed_report

FEW, MANY = 100, 10_000
PAGES = {
    "The queue": "/desk/cases",
    "The queue narrowed down": "/desk/cases?state=received&body=DPR&whose=nobody",
    "A search on clear fields": "/desk/cases?q=clean-parks",
    "A search that finds nothing": "/desk/cases?q=nowhere",
}
_COPIED = ("report_case", "case_step", "case_epoch", "case_wrap", "case_item")
_DAYS = 360


def run(many: int = MANY) -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="gongping-bench-") as name:
        folders = [Path(name) / str(cases) for cases in (FEW, many)]
        cookies = [_made(folder, cases) for folder, cases in zip(folders, (FEW, many), strict=True)]
        with (
            granian("wsgi:app", environment=served(folders[0])) as small,
            granian("wsgi:app", environment=served(folders[1])) as large,
        ):
            args = [("-H", f"Cookie: {cookie}") for cookie in cookies]
            for what, path in PAGES.items():
                ratio, pairs = compare_cost(large + path, small + path, args=args[1], yardstick_args=args[0])
                costs = [median(pair[side] for pair in pairs) for side in (1, 0)]
                said = f"{costs[0]:,.0f} µs of processor time at {FEW:,} cases, {costs[1]:,.0f} µs at {many:,}"
                yield Measure(f"{what} at ten thousand cases against a hundred", ratio, said, most=1.2)


def _made(folder: Path, cases: int) -> str:
    """An installation with so many cases; the cookie of an officer who holds them all."""
    folder.mkdir()
    portal = new_portal(folder)
    a_figure(portal)
    officer = person(portal, roles=["case-officer"], name="Ada Officer")
    person(portal, roles=["case-officer"], name="Ben Officer")
    filed_report(portal)
    cookie = cookie_of(portal, officer)
    portal.database.dispose()
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as raw:
        _multiply(raw, cases)
    return cookie


def _multiply(raw: sqlite3.Connection, cases: int) -> None:
    raw.execute("CREATE TEMP TABLE made (id TEXT PRIMARY KEY, days INTEGER)")
    raw.executemany(
        "INSERT INTO made SELECT substr(lower(hex(randomblob(13))), 1, 26), ?",
        ((number * _DAYS // cases,) for number in range(cases - 1)),
    )
    for table in _COPIED:
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        said = ", ".join(_value(table, column) for column in columns)
        raw.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {said} FROM {table} AS one, made")
    raw.commit()
    raw.execute("ANALYZE")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _value(table: str, column: str) -> str:
    """Of a column of a copy: the case's new id, an id of its own, an earlier day, or what the one case has."""
    if column == ("id" if table == "report_case" else "case_id"):
        return "made.id"
    if column == "id":
        return "substr(lower(hex(randomblob(13))), 1, 26)"
    if table == "report_case" and column.endswith("_on"):
        return f"date(one.{column}, '-' || made.days || ' days')"
    return f"one.{column}"
