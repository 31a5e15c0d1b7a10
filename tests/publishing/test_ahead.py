"""Pages of a release are drawn before its time: they must be the very pages, and nobody may read them before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select
from werkzeug.test import Client, create_environ

from portal.app import create_app
from portal.drawing import draw_ahead
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.db import metadata
from portal.foundation.storage import PAGE_FILES
from portal.publishing import queries
from portal.publishing.services import append_waiting, prepare_release, publish_release, stop_release
from portal.publishing.services.appender import Reveal
from portal.publishing.services.rehearsing import NotWaiting, rehearse
from portal.publishing.services.timing import next_due, publish_due
from portal.publishing.store import LogStore
from portal.web.cache import LEVEL
from portal.web.cache.asking import Reply
from portal.web.cache.files import read_written
from portal.web.cache.middleware import MOST_WARMED
from portal.web.cache.page import Page
from portal.web.cache.shelf import Key
from portal.web.cache.warming import DrawnAhead
from tests.factories.accounts import Someone, person
from tests.factories.calendar import announced, confirmed
from tests.factories.publishing import append
from tests.factories.publishing import body as statement_of_a_body
from tests.factories.releases import draft, figures_csv, line, publish

SLUG = "review-2022"
SECRET = "88.456"
MUST_BE_THERE = {
    f"/releases/{SLUG}",
    f"/zh-Hans/releases/{SLUG}",
    "/",
    "/releases",
    "/releases.json",
    "/releases.csv",
    "/releases.atom",
    "/releases.ics",
    "/zh-Hans/releases.ics",
    "/bodies/riverside",
    "/bodies/riverside/indicators/review-days",
    "/zh-Hans/bodies/riverside/indicators/review-days",
    "/indicators/review-days",
    "/api/v1/releases",
    "/api/v1/figures",
}


@pytest.fixture
def portal(portal: Portal) -> Portal:
    """With pages in files."""
    return replace(portal, settings=portal.settings.model_copy(update={"page_files_mb": 16}))


@pytest.fixture
def publisher(portal: Portal) -> Someone:
    return person(portal, roles=["publisher"])


@pytest.fixture
def due(portal: Portal, clock: FixedClock, publisher: Someone) -> datetime:
    """When a release comes that two people approved; it is a quarter of a minute from now."""
    registrar = person(portal, roles=["registrar"])
    publish(portal, figures_csv(line("2020")), "review-2020", registrar, publisher)
    announced(portal, registrar=registrar)
    confirmed(portal, registrar=registrar, publisher=publisher)
    lines = (line("2021", actual="77.123"), line("2022", actual=SECRET, obs_note="SECRETNOTE"))
    draft(portal, figures_csv(*lines), SLUG, registrar.actor)
    now = portal.clock.now()
    with portal.database.write() as session:
        prepare_release(session, slug=SLUG, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=SLUG, actor=publisher.actor, now=now)
    append_waiting(portal)
    at = next_due(portal)
    assert at is not None
    clock.at = at - timedelta(seconds=15)
    return at


def drawn(portal: Portal, due: datetime, most: int = MOST_WARMED) -> DrawnAhead:
    ahead = draw_ahead(portal, slug=SLUG, at=due, most=most)
    assert ahead is not None
    return ahead


def pages_of(ahead: DrawnAhead) -> dict[Key, Page]:
    """What readers will be given, read back from the bytes that are handed over."""
    found = {key: read_written(data, key, ahead.state) for key, data in ahead.files.items()}
    return {key: page for key, page in found.items() if page is not None}


def handing_over(ahead: DrawnAhead, told: list[int]) -> Reveal:
    """What the process that draws ahead does, in this one; `told` is given how many pages were of use."""

    def reveal(state: str) -> Callable[[], object]:
        told.append(ahead.reveal(state))
        return lambda: None

    return reveal


def stored(portal: Portal) -> list[bytes]:
    return [file.read_bytes() for file in (portal.settings.var / PAGE_FILES).rglob("*") if file.is_file()]


def everything_in(portal: Portal) -> dict[str, set[tuple[object, ...]]]:
    with portal.database.read() as session:
        return {
            table.name: {tuple(map(repr, row)) for row in session.execute(select(table))}
            for table in metadata.sorted_tables
        }


def test_every_page_drawn_ahead_is_byte_for_byte_the_one_drawn_after_the_release(
    portal: Portal, due: datetime, clock: FixedClock
) -> None:
    ahead = drawn(portal, due)
    pages = pages_of(ahead)
    assert len(pages) == len(ahead)
    assert {path for path, _ in pages} >= MUST_BE_THERE
    assert ("/verify", "") not in pages, "it shows the signed head, and nothing was signed"
    clock.at = due + timedelta(milliseconds=400)
    publish_due(portal)
    cache = create_app(portal).extensions["portal.pages"]
    for key, page in pages.items():
        later = cache.draw(key)
        assert later is not None, key
        assert (later.plain, later.packed, later.headers) == (page.plain, page.packed, page.headers), key
    assert SECRET.encode() in pages["/bodies/riverside/indicators/review-days", ""].plain


def test_drawing_ahead_leaves_no_trace_and_nobody_else_reads_it(
    portal: Portal, due: datetime, database_url: str
) -> None:
    before = everything_in(portal)
    rehearsal = rehearse(portal, slug=SLUG, at=due)
    seen: list[int] = []

    def look() -> None:
        with portal.database.read() as session:
            seen.append(queries.current_edition(session).n)

    with rehearsal.published("/releases"):
        somebody = Thread(target=look)
        somebody.start()
        somebody.join()
        look()
    look()
    assert seen == [seen[0], seen[0] + 1, seen[0]]
    drawn(portal, due)
    assert everything_in(portal) == before
    assert not [data for data in stored(portal) if SECRET.encode() in data or b"SECRETNOTE" in data]


def test_pages_drawn_ahead_are_served_from_the_moment_of_the_release_and_not_before(
    portal: Portal, due: datetime, clock: FixedClock
) -> None:
    app = create_app(portal)
    reader = Client(app)
    paths = sorted(MUST_BE_THERE)
    before = {path: reader.get(path) for path in paths}
    ahead = drawn(portal, due)
    for path in paths:
        assert reader.get(path).data == before[path].data
        assert SECRET not in before[path].text
    clock.at = due
    told: list[int] = []
    publish_due(portal, handing_over(ahead, told))
    assert told == [len(ahead)]
    for path in paths:
        asked = create_environ(path)
        body = b"".join(app.wsgi_app(asked, Reply()))
        assert (path, asked.get(LEVEL)) == (path, "shared")
        assert body == pages_of(ahead)[path, ""].plain


def test_pages_are_asked_for_before_the_release_is_public_and_web_processes_are_told_after_both(
    portal: Portal, due: datetime, clock: FixedClock
) -> None:
    def known() -> tuple[int, int | None]:
        with portal.database.read() as session:
            return queries.current_edition(session).n, LogStore(portal.settings.var).edition()

    seen = [known()]

    def reveal(_state: str) -> Callable[[], object]:
        seen.append(known())
        return lambda: seen.append(known())

    clock.at = due
    publish_due(portal, reveal)
    n, told = seen[0]
    assert seen == [(n, told), (n, told), (n + 1, told)]
    assert known() == (n + 1, n + 1)


@pytest.mark.parametrize("what", ["late", "overtaken"])
def test_pages_of_a_release_that_came_otherwise_than_foreseen_are_thrown_away(
    portal: Portal, due: datetime, clock: FixedClock, what: str
) -> None:
    ahead = drawn(portal, due, most=5)
    assert len(ahead)
    clock.at = due
    if what == "late":
        clock.at += timedelta(seconds=1)
    else:
        append(portal, statement_of_a_body("elsewhere"), kind="register")
    told: list[int] = []
    publish_due(portal, handing_over(ahead, told))
    assert told == [0]
    assert not [data for data in stored(portal) if SECRET.encode() in data]


def test_a_release_that_was_stopped_is_not_rehearsed(portal: Portal, due: datetime, publisher: Someone) -> None:
    with portal.database.write() as session:
        stop_release(session, slug=SLUG, actor=publisher.actor, now=portal.clock.now())
    with pytest.raises(NotWaiting):
        draw_ahead(portal, slug=SLUG, at=due)


def test_a_big_act_marks_in_the_rehearsal_only_what_is_drawn(portal: Portal, due: datetime) -> None:
    rehearsal = rehearse(portal, slug=SLUG, at=due)
    assert rehearsal.touched("/bodies/riverside") and not rehearsal.touched("/bodies/elsewhere")
    with rehearsal.published("/bodies/riverside"), portal.database.read() as session:
        newest = queries.current_edition(session).n
        assert queries.changed_in(session, "/bodies/riverside").n == newest
        assert queries.changed_in(session, "/indicators/review-days").n < newest
