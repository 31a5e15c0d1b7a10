"""A real Chromium on a served installation, once on each engine."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ENGINES, administer, renamed
from tests.journeys.house import House, load_demonstration, served

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """Where Chromium is. A missing browser is a failure, never a skip: `make test` installs one."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("no Chromium found: `make test` installs one")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, headless=True)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def loaded_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a loaded demonstration, database included, for tests to copy."""
    var = tmp_path_factory.mktemp("demonstration") / "var"
    load_demonstration(var, f"sqlite:///{var / 'portal.sqlite3'}")
    return var


@pytest.fixture(scope="session")
def loaded_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> tuple[Path, str]:
    """The folder and the database of a loaded demonstration, for tests to copy."""
    var = tmp_path_factory.mktemp("demonstration") / "var"
    administer(postgres_url, 'CREATE DATABASE "loaded"')
    load_demonstration(var, renamed(postgres_url, "loaded"))
    return var, "loaded"


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The demonstration, served on SQLite and on PostgreSQL; each test has its own copy."""
    with served_copy(request, request.param, tmp_path / "var") as open_house:
        yield open_house


@contextmanager
def served_copy(
    request: pytest.FixtureRequest, engine: str, var: Path, settings: Mapping[str, str] | None = None
) -> Iterator[House]:
    """A copy of the demonstration in `var`, served on `engine` until the block ends."""
    if engine == "sqlite":
        shutil.copytree(request.getfixturevalue("loaded_on_sqlite"), var)
        with served(var, f"sqlite:///{var / 'portal.sqlite3'}", settings) as open_house:
            yield open_house
        return
    server = request.getfixturevalue("postgres_url")
    folder, template = request.getfixturevalue("loaded_on_postgres")
    shutil.copytree(folder, var)
    name = f"journey_{os.urandom(4).hex()}"
    administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    with served(var, renamed(server, name), settings) as open_house:
        yield open_house
    administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')
