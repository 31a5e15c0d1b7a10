"""A release whose time comes while the house is served: made ready, and asked for over and over as it passes."""

import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from portal.foundation.context import Portal
from portal.publishing.models import ReleasePlan
from portal.publishing.services import prepare_release, publish_release
from tests.factories.accounts import person
from tests.factories.calendar import announced, confirmed
from tests.factories.releases import draft, figures_csv, line
from tests.journeys.house import House

SLUG = "timed"
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
        at = (portal.clock.now() + timedelta(seconds=ahead)).replace(microsecond=0)  # as real ones: on a second
        session.execute(update(ReleasePlan).where(ReleasePlan.slug == SLUG).values(at=at))
    return at


def delays(house: House, at: datetime, patience: float) -> dict[str, float]:
    """How long after `at` each address first showed the release; each is asked by somebody of its own, who keeps
    what came and says so, as browsers and readers of feeds do: files are not sent over and over."""

    def first_seen(path: str, sign: bytes) -> float | None:
        reader = Reader(house.url + path)
        while time.time() < at.timestamp() + patience:
            if sign in reader.asks():
                return time.time() - at.timestamp()
            time.sleep(0.05)
        return None

    with ThreadPoolExecutor(len(ADDRESSES)) as readers:
        seen = {name: readers.submit(first_seen, *asked) for name, asked in ADDRESSES.items()}
    return {name: delay for name, one in seen.items() if (delay := one.result()) is not None}


class Reader:
    """Somebody who asks for one address again and again."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._tag = ""

    def asks(self) -> bytes:
        """What is new at the address; nothing while it is what it was, or is not there."""
        sent = urllib.request.Request(self._address, headers={"If-None-Match": self._tag} if self._tag else {})  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(sent, timeout=5) as reply:  # noqa: S310 - loopback
                body: bytes = reply.read()
                self._tag = reply.headers.get("ETag", "")
                return body
        except urllib.error.HTTPError:
            return b""
