"""A published page from the cache beside Flask's own "hello" and a bare WSGI reply, on granian in the same run.

The page is an indicator of a body with its chart, versions and tables: some 20 kB, 4 kB on the wire.
"""

import json
import statistics
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.load import Load, compare, granian
from benchmarks.measures import Measure
from portal.config import Mode, Settings
from portal.foundation.clock import SystemClock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.keys import KeyRing
from portal.foundation.migrate import upgrade
from tests.factories.publishing import append, body, figure, indicator, release

_OF_THE_SERVER = frozenset({"date", "server", "connection"})
PAGE = "/bodies/DPR/indicators/clean-parks"


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        environment = _installation(Path(folder))
        with (
            granian("benchmarks.bare:hello_app") as bare,
            granian("wsgi:app", environment=environment) as ours,
        ):
            packed, headers = _reply_of(ours + PAGE)
            file = Path(folder) / "page"
            file.write_bytes(packed)
            same = {"BARE_PLAIN_FILE": str(file), "BARE_PLAIN_HEADERS": json.dumps(headers)}
            with granian("benchmarks.bare:plain_app", environment=same) as plain:
                asked = ("-H", "Accept-Encoding: gzip")
                for what, address, least in (
                    ("Flask hello", bare + "/", 2.0),
                    ("WSGI reply of the same bytes and headers", plain + "/", 0.6),
                ):
                    ratio, pairs = compare(ours + PAGE, address, rounds=7, seconds=2, args=asked)
                    mine, theirs = (_rates(pair[side] for pair in pairs) for side in (0, 1))
                    said = f"{len(packed):,} bytes: page {mine}, bare {theirs}"
                    yield Measure(
                        f"A published page from the cache against a bare {what}", ratio, said, least=least
                    )


def _reply_of(address: str) -> tuple[bytes, list[tuple[str, str]]]:
    """The page as it is sent to a browser, compressed, and its headers but those of the server itself."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310  (loopback)
    with urllib.request.urlopen(asked) as reply:  # noqa: S310
        body: bytes = reply.read()
        headers = [(name, value) for name, value in reply.getheaders() if name.lower() not in _OF_THE_SERVER]
    return body, headers


def _installation(folder: Path) -> dict[str, str]:
    settings = Settings(mode=Mode.TEST, var=folder)
    database = Database(settings.database_url)
    upgrade(database)
    keys = KeyRing(folder)
    keys.create_missing()
    portal = Portal(settings=settings, database=database, keys=keys, clock=SystemClock())
    append(portal, body(), indicator(), kind="register")
    figures = [figure(period=str(year), actual=f"{80 + year % 7}.25") for year in range(2014, 2026)]
    first = append(portal, release(), *figures)
    append(portal, figure(period="2025", actual="81.5", cause="upheld-report", replaces=first), kind="correction")
    database.dispose()
    # as in production: test mode looks for a new edition at every request, and that is not what is promised
    return {"PORTAL_MODE": "production", "PORTAL_ORIGIN": "https://portal.test", "PORTAL_VAR": str(folder)}


def _rates(loads: Iterable[Load]) -> str:
    return f"{statistics.median(load.rate for load in loads):,.0f}/s"
