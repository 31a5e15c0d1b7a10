"""A real Chromium on a served installation, once on each engine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ENGINES, administer, renamed
from tests.journeys.house import House, demonstration

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


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The demonstration, served on SQLite and on PostgreSQL."""
    var = tmp_path / "var"
    if request.param == "sqlite":
        with demonstration(var, f"sqlite:///{var / 'portal.sqlite3'}") as served:
            yield served
        return
    server = request.getfixturevalue("postgres_url")
    administer(server, 'DROP DATABASE IF EXISTS "journey" WITH (FORCE)')
    administer(server, 'CREATE DATABASE "journey"')
    with demonstration(var, renamed(server, "journey")) as served:
        yield served
    administer(server, 'DROP DATABASE "journey" WITH (FORCE)')
