"""A release with a time, on a served house: how long after it pages, files, feeds and the API show it.

Real processes and a real clock; every address is asked twenty times a second by somebody of its own.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measures import Measure
from portal.app import open_portal
from portal.config import load_settings
from tests.journeys.house import load_demonstration, served
from tests.journeys.timed import ADDRESSES, approved, delays

AHEAD = 50.0
"""Seconds: more than half a minute, so that its pages are drawn before its time as those of real releases are."""


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        url = f"sqlite:///{var / 'portal.sqlite3'}"
        load_demonstration(var, url)
        with served(var, url) as house:
            at = approved(open_portal(load_settings(**house.settings)), ahead=AHEAD)
            time.sleep(max(0.0, at.timestamp() - time.time() - 2))
            found = delays(house, at, patience=30)
    if set(found) != set(ADDRESSES):
        raise RuntimeError(f"never shown: {', '.join(set(ADDRESSES) - set(found))}")
    last = max(found, key=lambda name: found[name])
    said = f"{len(found)} addresses, the first after {min(found.values()):.2f} s, the last: {last}"
    yield Measure(
        "A release with a time shows everywhere, seconds after it", found[last], said, most=1.0, unit=" s"
    )
