"""Which program drew a page: pages of another version, or of other settings, are other pages."""

import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from portal.config import Settings

_PROGRAM = Path(__file__).parents[2]
_KINDS = frozenset({".py", ".html", ".json", ".toml", ".svg", ".css", ".js"})
_CATALOGUES = _PROGRAM.parent / "translations"
# Where it runs, and how big. Which database it is, the state of a page says (see `states`).
_NO_PART_OF_PAGES = (
    *("host", "port", "workers", "threads", "metrics_port", "page_cache_mb", "page_files_mb"),
    *("redis_url", "database_url", "var"),
)


def build_of(settings: Settings) -> str:
    """Names program, catalogues, libraries and settings: a change in any of them is another build."""
    told = sorted((name, str(value)) for name, value in settings if name not in _NO_PART_OF_PAGES)
    return hashlib.sha256(f"{_program()}{told}".encode()).hexdigest()[:16]


@cache
def _program() -> str:
    found = hashlib.sha256(sys.version.encode())
    for file in sorted(_files()):
        found.update(f"{file} ".encode())
        found.update(hashlib.sha256(file.read_bytes()).digest())
    for library in sorted(f"{one.name} {one.version}" for one in distributions()):
        found.update(library.encode())
    return found.hexdigest()


def _files() -> Iterator[Path]:
    yield from (file for file in _PROGRAM.rglob("*") if file.suffix in _KINDS)
    yield from _CATALOGUES.rglob("*.mo")
