"""What everybody reads. Each page depends on the edition, the language and its address, and on no reader."""

from . import (
    bodies,
    cases,
    cite,
    compare,
    corrections,
    coverage,
    embed,
    figures,
    indicators,
    releases,
    requests,
    search,
    services,
)
from .base import pages

__all__ = [
    "bodies",
    "cases",
    "cite",
    "compare",
    "corrections",
    "coverage",
    "embed",
    "figures",
    "indicators",
    "pages",
    "releases",
    "requests",
    "search",
    "services",
]
