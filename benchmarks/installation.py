"""Installations for the benchmarks: a folder with a database, keys and published figures."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from portal.app import open_portal
from portal.config import Mode, Settings
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
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
from tests.factories.accounts import person

SLUG = "benchmark"


def new_portal(folder: Path) -> Portal:
    """An empty installation in `folder`."""
    portal = open_portal(Settings(mode=Mode.TEST, var=folder))
    upgrade(portal.database)
    portal.keys.create_missing()
    return portal


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
