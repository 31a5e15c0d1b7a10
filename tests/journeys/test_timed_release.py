"""A release comes at its second, everywhere at once, also when the house was down at its time.

Real processes, a real clock: pages, files, feeds and the API of a served house are asked over and over while
the moment passes.
"""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from portal.app import open_portal
from portal.config import load_settings
from portal.foundation.context import Portal
from portal.publishing.models import ReleasePlan
from portal.publishing.services import prepare_release, publish_release
from tests.factories.accounts import person
from tests.factories.calendar import announced, confirmed
from tests.factories.releases import draft, figures_csv, line
from tests.journeys.house import House

SLUG = "timed"
PROMISED = 1.0
BUSY = float(os.environ.get("TIMED_SLACK", "3"))
"""Other tests share the two cores: the promise of one second is held to by `make bench`, this by the suite."""
ADDRESSES = {
    "page": (f"/releases/{SLUG}", b"Take it with you"),
    "page in Chinese": (f"/zh-Hans/releases/{SLUG}.json", b'"release": {'),
    "list": ("/releases.json", b'"figures": 70'),
    "table": ("/releases.csv", b"timed,Release timed,"),
    "calendar": ("/releases.ics", b"DESCRIPTION:Published"),
    "feed": ("/releases.atom", b"Published: Release timed"),
    "file": ("/data/latest/figures.csv", b"88.456"),
    "file of another form": ("/data/latest/figures.json", b"88.456"),
    "figure": ("/bodies/riverside/indicators/review-days", b"88.456"),
    "figure as a table": ("/zh-Hans/bodies/riverside/indicators/review-days.csv?bom=0", b"88.456"),
    "picture": ("/bodies/riverside/indicators/review-days.svg", b"88.456"),
    "body": ("/bodies/riverside", b"88.456"),
    "home": ("/zh-Hans/", "发布 timed".encode()),
    "API, a list": ("/api/v1/figures?body=riverside&period=2019", b"88.456"),
    "API, one": (f"/api/v1/releases/{SLUG}", b'"slug":"timed"'),
    "API, releases": ("/api/v1/releases", b'"slug":"timed"'),
}


@pytest.fixture
def portal(house: House) -> Portal:
    return open_portal(load_settings(**house.settings))


def approved(portal: Portal, ahead: float) -> datetime:
    """A release that both signed and that comes so many seconds from now."""
    registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    announced(portal, SLUG, when=f"{datetime.now(UTC) + timedelta(days=70):%Y-%m}", registrar=registrar)
    soon = (datetime.now(UTC) + timedelta(days=60)).replace(second=0, microsecond=0)
    confirmed(portal, soon, SLUG, registrar=registrar, publisher=publisher)
    draft(
        portal,
        figures_csv(*(line(str(year), actual="88.456") for year in range(1950, 2020))),
        SLUG,
        registrar.actor,
    )
    with portal.database.write() as session:
        prepare_release(session, slug=SLUG, actor=registrar.actor, now=portal.clock.now())
    with portal.database.write() as session:
        publish_release(session, slug=SLUG, actor=publisher.actor, now=portal.clock.now())
        at = portal.clock.now() + timedelta(seconds=ahead)
        session.execute(update(ReleasePlan).where(ReleasePlan.slug == SLUG).values(at=at))
    return at


def delays(house: House, at: datetime, patience: float) -> dict[str, float]:
    """How long after `at` each address first showed the release; each is asked by somebody of its own."""

    def first_seen(path: str, sign: bytes) -> float | None:
        while time.time() < at.timestamp() + patience:
            if sign in read(house.url + path):
                return time.time() - at.timestamp()
            time.sleep(0.05)
        return None

    with ThreadPoolExecutor(len(ADDRESSES)) as readers:
        seen = {name: readers.submit(first_seen, *asked) for name, asked in ADDRESSES.items()}
    return {name: delay for name, one in seen.items() if (delay := one.result()) is not None}


def read(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:  # noqa: S310 - loopback
            body: bytes = reply.read()
            return body
    except urllib.error.HTTPError:
        return b""


def wait(condition: Callable[[], bool], patience: float) -> None:
    end = time.time() + patience
    while not condition() and time.time() < end:
        time.sleep(0.05)
    assert condition()


def test_everything_shows_a_release_within_a_second_of_its_time(
    house: House, portal: Portal, record_property: Callable[[str, object], None]
) -> None:
    at = approved(portal, ahead=6)
    for path, sign in ADDRESSES.values():
        assert sign not in read(house.url + path), path
    found = delays(house, at, patience=20)
    record_property("delays", {name: round(delay, 3) for name, delay in found.items()})
    assert set(found) == set(ADDRESSES)
    assert min(found.values()) > 0
    assert max(found.values()) < PROMISED * BUSY


def test_a_house_that_was_down_at_the_time_publishes_when_it_is_up_again(house: House, portal: Portal) -> None:
    at = approved(portal, ahead=2)
    assert house.server is not None
    os.killpg(house.server.pid, 9)
    house.server.wait()
    time.sleep(max(0.0, at.timestamp() - time.time()) + 0.2)
    house.start()
    wait(lambda: b"88.456" in read(f"{house.url}/data/latest/figures.csv"), 20)
