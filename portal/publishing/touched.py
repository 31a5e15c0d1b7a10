"""Which pages an act changes: the one place that says so.

A page is named by its address without language, query and format. An act touches single pages, all pages
below an address (``/services/*``), or everything (``*``); a page that no touch meets is the same after the
act as before it, so that it may stay in every cache. What is not said here touches everything.
"""

from collections.abc import Iterator
from typing import Any

from portal.publishing.values import Statement

ALL = "*"
COVERAGE = ("/coverage", "/coverage/*")
CITED = ("/cite/*", "/embed/*")


def touches(statement: Statement) -> Iterator[str]:
    """What a statement touches, given that no earlier act said anything about the same code (see `renames`)."""
    s: dict[str, Any] = dict(statement)
    match s["t"]:
        case "figure":
            yield from of_figure(s["body"], s["indicator"])
            yield from ("/services/*", *COVERAGE)
            if s["replaces"] is not None:
                yield "/releases/*"
        case "notice":
            yield from of_figure(s["body"], s["indicator"])
            yield from ("/services/*", "/releases/*", *COVERAGE)
        case "round":
            yield from COVERAGE
        case "coverage" | "handin":
            yield from (f"/bodies/{s['body']}", *COVERAGE)
        case "request":
            yield from ("/requests", "/requests/*")
        case "body":
            yield f"/bodies/{s['code']}"
            yield f"/bodies/{s['code']}/*"
            if s["parent"]:
                yield f"/bodies/{s['parent']}"
            for following in (s.get("ended") or {}).get("into", ()):
                yield f"/bodies/{following}"
        case "service":
            yield from (f"/services/{s['code']}", f"/bodies/{s['body']}")
        case "indicator":
            yield f"/indicators/{s['code']}"
            if s["body"]:
                yield f"/bodies/{s['body']}"
        case "release":
            yield "/releases/*"
        case "calendar" | "access":
            yield from ("/", "/releases", "/releases/*")
        case "reply":
            yield from of_figure(s["body"], s["indicator"])
        case "filings":
            yield "/verify/filings"
        case "cases" | "sample":
            yield "/cases"
        case "rating-answers" | "rating-reply":
            yield f"/services/{s['service']}"
        case "rating" | "comment":
            yield from (f"/services/{s['service']}", f"/bodies/{s['body']}", *CITED)
        case "rating-body" | "rating-body-answers":
            yield f"/bodies/{s['body']}"
        case "evaluation":
            yield from ("/evaluations/*", "/appeals", f"/bodies/{s['body']}")
        case _:
            yield ALL


def of_figure(body: str, indicator: str) -> tuple[str, ...]:
    """The pages that show a body's figures of an indicator, and those that say whether older ones still hold."""
    shown = (f"/bodies/{body}", f"/bodies/{body}/indicators/{indicator}", f"/indicators/{indicator}")
    return (*shown, *CITED)


def met_by(path: str) -> tuple[str, ...]:
    """Every touch that would meet the page at `path` (without language)."""
    folder, slash, last = path.rpartition("/")
    stem = folder + slash + last.partition(".")[0]
    parts = stem.split("/")
    above = ["/".join(parts[:end]) + "/*" for end in range(2, len(parts))]
    return (stem, *above, ALL)
