"""A real appender in a process of its own, to be killed: proposes and appends until it dies, telling each edition.

Run as `python -m tests.publishing.log.appending VAR DATABASE_URL FIRST_YEAR`.
"""

import sys
from itertools import count
from pathlib import Path

from portal.app import open_portal
from portal.foundation.clock import SystemClock
from tests.conftest import make_settings
from tests.factories.publishing import append, figure


def main(var: str, database_url: str, first: str) -> None:
    portal = open_portal(make_settings(Path(var), database_url), SystemClock())
    for at in count():
        figures = [figure(body=f"B{first}-{at}", period=f"{1000 + year}") for year in range(40)]
        edition = append(portal, *figures)
        print(f"published {edition}", flush=True)  # noqa: T201 - the parent counts these lines


if __name__ == "__main__":
    main(*sys.argv[1:])
