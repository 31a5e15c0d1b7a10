"""An office with a published figure, ready to receive reports about it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from portal.foundation.context import Portal
from tests.conftest import Beginning, World
from tests.factories.cases import Office, a_figure, an_office


def an_office_with_a_figure(portal: Portal) -> Office:
    a_figure(portal)
    return an_office(portal)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return an_office_with_a_figure if "office" in request.fixturenames else None


@pytest.fixture
def office(portal: Portal, world: World) -> Office:
    """The people of the office, in this test's own copy of it."""
    return world.told_in(portal)


def everything_stored(portal: Portal) -> bytes:
    """All a thief finds: every value of every table, and every file, database files and their logs included."""
    return b"\n".join([*_values(portal), *_files(portal)])


def _values(portal: Portal) -> Iterator[bytes]:
    with portal.database.read() as session:
        for table in sorted(inspect(session.connection()).get_table_names()):
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                for value in row:
                    yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _files(portal: Portal) -> Iterator[bytes]:
    folders = [portal.settings.var]
    if portal.database.is_sqlite:
        folders.append(Path(portal.database.url.database or "").parent)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.name.encode()
                yield path.read_bytes()
