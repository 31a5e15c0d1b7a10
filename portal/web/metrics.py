"""Counts and times for the operator: by side of the portal, never by page, and nothing at all of reporting.

Each worker writes its numbers into `var/metrics`; the supervisor adds them up and answers on a loopback port
of its own. Without PORTAL_METRICS_PORT nothing is counted.
"""

import os
import shutil
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from portal.web.cache.middleware import LEVEL
from portal.web.headers import surface
from portal.web.locale import split_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from prometheus_client import Counter, Histogram

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
UNCOUNTED = frozenset({"report"})
PAST = "past"
"""What the label `page` says of a reply that no level of the page cache had a part in; else it names the level."""


class Measured:
    """The outermost layer: sees every reply, from the cache or past it, and counts it by its side."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._replies, self._seconds = _meters()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        where = surface(split_locale(environ.get("PATH_INFO") or "/")[1])
        if where in UNCOUNTED:
            return self._app(environ, start_response)
        began = time.perf_counter()

        def counted(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            self._replies.labels(where, status[:3], environ.get(LEVEL, PAST)).inc()
            self._seconds.labels(where).observe(time.perf_counter() - began)
            return start_response(status, headers, *rest)  # type: ignore[arg-type]

        return self._app(environ, counted)  # type: ignore[arg-type]


@cache
def _meters() -> "tuple[Counter, Histogram]":
    # imported here, because the library decides at its import whether processes are added up
    from prometheus_client import Counter, Histogram

    return (
        Counter("portal_replies", "Replies sent", ["surface", "status", "page"]),
        Histogram("portal_reply_seconds", "Time until a reply began", ["surface"]),
    )


def count_in(var: Path) -> None:
    """Make the workers that are started after this count."""
    folder = var / "metrics"
    shutil.rmtree(folder, ignore_errors=True)  # numbers of workers that are gone
    folder.mkdir(parents=True)
    os.environ[FOLDER_VARIABLE] = str(folder)


def answer_on(port: int) -> None:
    """Answer on the loopback `port` with what all workers have counted."""
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)
