"""A published page from the cache beside Flask's own "hello", both on granian in the same run.

The page is an indicator of a body with its chart, versions and tables: some 20 kB, 4 kB on the wire.
"""

import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.load import Load, compare, granian
from portal.config import Mode, Settings
from portal.foundation.clock import SystemClock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.keys import KeyRing
from portal.foundation.migrate import upgrade
from tests.factories.publishing import append, body, figure, indicator, release

NAME = "A published page from the cache against a bare Flask hello"
AT_LEAST = 1.5
PAGE = "/bodies/DPR/indicators/clean-parks"


def run() -> tuple[float, str]:
    """The ratio, and a sentence that says what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        environment = _installation(Path(folder))
        with (
            granian("benchmarks.bare:hello_app") as bare,
            granian("wsgi:app", environment=environment) as ours,
        ):
            ratio, pairs = compare(
                ours + PAGE, bare + "/", args=("-H", "Accept-Encoding: gzip"), yardstick_args=()
            )
    return ratio, f"page from cache {_rates(mine for mine, _ in pairs)}, bare Flask {_rates(b for _, b in pairs)}"


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
