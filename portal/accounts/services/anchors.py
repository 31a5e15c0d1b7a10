"""The file outside the database that says which keys were trusted first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import structlog

from portal.accounts.errors import AnchorsExist
from portal.accounts.values import Anchors
from portal.foundation.storage import write_durably

_VERSION = 1
_NONE = Anchors(frozenset())

log = structlog.get_logger()


@lru_cache(8)
def anchor_file(var: Path) -> Path:
    return var / "anchors" / "handlers.json"


def load_anchors(var: Path) -> Anchors:
    """The anchored fingerprints; none when nobody has been enrolled, and then no key is trusted.

    A file that cannot be read says no more than one that is not there; the log says so.
    """
    path = anchor_file(var)
    try:
        there = path.stat()
        return _read(path, (there.st_ino, there.st_mtime_ns, there.st_size))
    except FileNotFoundError:
        return _NONE
    except OSError as error:
        log.error("the file of the first trusted keys cannot be read", error=type(error).__name__)
        return _NONE


@lru_cache(8)
def _read(path: Path, _as_it_stands: tuple[int, int, int]) -> Anchors:
    """Read once as long as the same file stands there: every page of a report asks."""
    try:
        found = json.loads(path.read_bytes())["fingerprints"]
        return Anchors(frozenset(str(one) for one in found))
    except (ValueError, KeyError, TypeError) as error:
        log.error("the file of the first trusted keys is torn", error=type(error).__name__)
        return _NONE


def write_anchors(var: Path, fingerprints: Iterable[str]) -> None:
    """Write the file, once. Raises AnchorsExist when it is there already."""
    path = anchor_file(var)
    if path.exists():
        raise AnchorsExist
    content = {"version": _VERSION, "fingerprints": sorted(fingerprints)}
    write_durably(path, json.dumps(content, indent=1).encode() + b"\n", mode=0o600)
