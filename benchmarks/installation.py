"""Installations for the benchmarks: a folder with a database, keys and published figures."""

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from portal.accounts.queries.sessions import decode_secret
from portal.accounts.services.sessions import begin_session
from portal.accounts.session_secrets import keys_as_contents
from portal.app import open_portal
from portal.config import Mode, Settings
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.ids import secret_token
from portal.foundation.migrate import upgrade
from portal.foundation.streams import stream_table
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import default_mapping
from portal.publishing.models import FigureVersion
from portal.publishing.services import (
    ReleaseFacts,
    plan_import,
    prepare_release,
    publish_release,
    stage_big_import,
)
from tests.factories.accounts import Someone, person

SLUG = "benchmark"


def new_portal(folder: Path, url: str = "") -> Portal:
    """An empty installation in `folder`; on SQLite unless `url` is that of another database."""
    portal = open_portal(Settings(mode=Mode.TEST, var=folder, database_url=url))
    upgrade(portal.database)
    portal.keys.create_missing()
    return portal


def cache_folder() -> Path:
    """Where things lie that one run makes and later ones use; `GONGPING_BENCH_CACHE` names another place."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("GONGPING_BENCH_CACHE") or cache / "gongping-bench")


def cookie_of(portal: Portal, someone: Someone) -> str:
    """The cookie of a browser in which this person is signed in."""
    secret = secret_token()
    with portal.database.write() as session:
        begin_session(
            session,
            person_id=someone.id,
            secret=decode_secret(secret),
            contents=keys_as_contents(someone.private),
            is_start=False,
            now=portal.clock.now(),
        )
    return f"__Host-desk={secret}"


def served(folder: Path) -> dict[str, str]:
    """The environment of a server of it, as in production: a test looks for a new edition at every request."""
    return {"PORTAL_MODE": "production", "PORTAL_ORIGIN": "https://portal.test", "PORTAL_VAR": str(folder)}


def import_figures(portal: Portal, file: Path, progress: Callable[[int], object] = lambda _count: None) -> None:
    """What `figures import` does: check the file, hold it against what is published, stage a draft."""
    checked = check_table(stream_table(file), default_mapping())
    facts = ReleaseFacts(SLUG, {"en": "Benchmark", "zh_Hans": "基准"}, "Invented", "CC0")
    with portal.database.read() as session:
        planned = plan_import(session, checked, facts)
    stage_big_import(portal.database, planned, actor=Actor.system(), now=portal.clock.now(), progress=progress)


def two_people(portal: Portal) -> tuple[Actor, Actor]:
    """One who may put a release forward, and one who may publish it."""
    return person(portal, roles=["registrar"]).actor, person(portal, roles=["publisher"]).actor


def publish(portal: Portal, people: tuple[Actor, Actor]) -> None:
    """What two people do after it; the runner does the rest."""
    first, second = people
    with portal.database.write() as session:
        prepare_release(session, slug=SLUG, actor=first, now=portal.clock.now())
    with portal.database.write() as session:
        publish_release(session, slug=SLUG, actor=second, now=portal.clock.now())


def published(portal: Portal) -> int:
    """How many figures there are."""
    with portal.database.read() as session:
        return session.scalar(select(func.count()).select_from(FigureVersion)) or 0
