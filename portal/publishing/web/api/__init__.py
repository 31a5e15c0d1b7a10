"""The public API, version 1: everything published, for programs. Its promise is in docs/api.md."""

from . import answers, figures, index, openapi, ratings, reading, register, releases, search
from .base import blueprint

__all__ = [
    "answers",
    "blueprint",
    "figures",
    "index",
    "openapi",
    "ratings",
    "reading",
    "register",
    "releases",
    "search",
]
