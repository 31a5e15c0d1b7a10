"""The queue of cases and its searches at ten thousand cases beside a hundred: as seen by an officer who holds all.

One report is filed as reporters file it; the others are its rows again under other ids and days, made by SQL. Both
engines have looked at their tables, as PostgreSQL does by itself within a minute; its server counts, too.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, inspect, text

from benchmarks.installation import cookie_of, new_portal, served
from benchmarks.load import compare_cost, granian
from benchmarks.measures import Measure
from benchmarks.postgres import postgres, server_seconds
from portal.foundation.db import Database
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
_NEW_ID = {
    "sqlite": "substr(lower(hex(randomblob(13))), 1, 26)",
    "postgresql": "left(gen_random_uuid()::text, 26)",
}
_EARLIER = {"sqlite": "date(one.{}, '-' || made.days || ' days')", "postgresql": "one.{} - made.days"}


def run(many: int = MANY) -> Iterator[Measure]:
    yield from _measured(many, "SQLite", lambda _name: "", lambda: 0)
    with postgres() as new:
        yield from _measured(many, "PostgreSQL", new, server_seconds)


def _measured(many: int, engine: str, new: Callable[[str], str], behind: Callable[[], float]) -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="gongping-bench-") as name:
        folders = [Path(name) / str(cases) for cases in (FEW, many)]
        made = [_made(folder, new(f"cases_{folder.name}"), int(folder.name)) for folder in folders]
        with (
            granian("wsgi:app", environment=made[0][1]) as small,
            granian("wsgi:app", environment=made[1][1]) as large,
        ):
            args = [("-H", f"Cookie: {cookie}") for cookie, _ in made]
            for what, path in PAGES.items():
                ratio, pairs = compare_cost(
                    large + path, small + path, rounds=7, args=args[1], yardstick_args=args[0], also=behind
                )
                costs = [median(pair[side] for pair in pairs) for side in (1, 0)]
                said = f"{costs[0]:,.0f} µs of processor time at {FEW:,} cases, {costs[1]:,.0f} µs at {many:,}"
                yield Measure(
                    f"{what} at ten thousand cases against a hundred, on {engine}", ratio, said, most=1.2
                )


def _made(folder: Path, url: str, cases: int) -> tuple[str, dict[str, str]]:
    """An installation with so many cases: the cookie of an officer who holds them all, and its environment."""
    folder.mkdir()
    portal = new_portal(folder, url)
    a_figure(portal)
    officer = person(portal, roles=["case-officer"], name="Ada Officer")
    person(portal, roles=["case-officer"], name="Ben Officer")
    filed_report(portal)
    cookie = cookie_of(portal, officer)
    _multiply(portal.database, cases)
    portal.database.dispose()
    return cookie, served(folder) | {"PORTAL_DATABASE_URL": portal.settings.database_url}


def _multiply(database: Database, cases: int) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TEMP TABLE made (id VARCHAR(26) PRIMARY KEY, days INTEGER)"))
        connection.execute(
            text(f"INSERT INTO made VALUES ({_NEW_ID[database.dialect]}, :days)"),
            [{"days": number * _DAYS // cases} for number in range(cases - 1)],
        )
        for table in _COPIED:
            columns = _columns(connection, table)
            said = ", ".join(_value(database.dialect, table, column) for column in columns)
            words = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {said} FROM {table} AS one, made"
            connection.execute(text(words))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _columns(connection: Connection, table: str) -> list[str]:
    """Those that the database does not work out itself."""
    return [column["name"] for column in inspect(connection).get_columns(table) if not column.get("computed")]


def _value(dialect: str, table: str, column: str) -> str:
    """Of a column of a copy: the case's new id, an id of its own, an earlier day, or what the one case has."""
    if column == ("id" if table == "report_case" else "case_id"):
        return "made.id"
    if column == "id":
        return _NEW_ID[dialect]
    if table == "report_case" and column.endswith("_on"):
        return _EARLIER[dialect].format(column)
    return f"one.{column}"
