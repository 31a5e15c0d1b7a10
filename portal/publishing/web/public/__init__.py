"""What everybody reads. Each page depends on the edition, the language and its address, and on no reader."""

from . import bodies, cite, compare, corrections, embed, figures, indicators, releases, search, services
from .base import pages

__all__ = [
    "bodies",
    "cite",
    "compare",
    "corrections",
    "embed",
    "figures",
    "indicators",
    "pages",
    "releases",
    "search",
    "services",
]
