"""Rows of every table, out of either engine and into the other: what is lost here is lost in every backup."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from portal.foundation import rows
from portal.foundation.context import Portal
from portal.foundation.db import Database
from tests.conftest import administer, renamed
from tests.factories.accounts import person
from tests.factories.cases import a_figure, an_office, filed_report


@pytest.fixture
def other(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of the other engine."""
    if engine_name == "postgres":
        path = tmp_path / "other.sqlite3"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url = f"sqlite:///{path}"
    else:
        server, template = (request.getfixturevalue(name) for name in ("postgres_url", "postgres_template"))
        administer(server, f'CREATE DATABASE "rows_other" TEMPLATE "{template}" STRATEGY FILE_COPY')
        url = renamed(server, "rows_other")
    database = Database(url)
    yield database
    database.dispose()
    if engine_name == "sqlite":
        administer(server, 'DROP DATABASE "rows_other" WITH (FORCE)')


def everything(database: Database) -> dict[str, list[bytes]]:
    with database.read() as session:
        found = {table.name: rows.dump(session.connection(), table) for table in rows.tables()}
        return {name: b"".join(pieces).splitlines() for name, pieces in found.items()}


def test_every_row_of_one_engine_is_the_same_in_the_other(portal: Portal, other: Database):
    a_figure(portal)
    an_office(portal)
    filed_report(portal, file=("a.txt", b"seen"))
    there = everything(portal.database)
    with other.engine.begin() as connection:
        rows.let_rows_point_ahead(connection)
        rows.empty(connection, there)
        for table in rows.tables():
            columns = rows.stored_columns(table)
            assert rows.load(connection, table.name, columns, there[table.name]) == len(there[table.name])
        rows.count_on(connection)
    # who may receive reports was written here anew, and nobody goes by what was known of it before
    (stamp,), (there_stamp,) = everything(other).pop("standing"), there.pop("standing")
    assert stamp != there_stamp
    # engines put codes in another order; the rows themselves must not differ by a byte
    assert {name: sorted(lines) for name, lines in everything(other).items() if name in there} == {
        name: sorted(lines) for name, lines in there.items()
    }
    with other.engine.begin() as connection:  # numbers go on behind those that are there
        connection.execute(
            text(
                "INSERT INTO audit_row (chain, at, actor_id, act, subject, details)"
                " VALUES ('main', '2026-02-09T09:00:00.000000Z', 'x', 'x', 'x', '{}')"
            )
        )
        newest = connection.execute(text("SELECT max(id), count(*) FROM audit_row")).one()
        assert newest[1] == len(there["audit_row"]) + 1


def test_all_tables_are_of_one_moment_whatever_is_written_meanwhile(portal: Portal):
    first, *_ = [table for table in rows.tables() if table.name == "person"]
    audit = next(table for table in rows.tables() if table.name == "audit_row")
    person(portal)
    with portal.database.read() as session:
        people = b"".join(rows.dump(session.connection(), first)).splitlines()
        person(portal)
        record = b"".join(rows.dump(session.connection(), audit))
    assert len(people) == 1
    assert record.count(b"accounts.create-person") == 1
