"""The file outside the database that says which keys were trusted first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from portal.accounts.errors import AnchorsExist
from portal.accounts.values import Anchors
from portal.foundation.storage import write_durably

_VERSION = 1


@lru_cache(8)
def anchor_file(var: Path) -> Path:
    return var / "anchors" / "handlers.json"


def load_anchors(var: Path) -> Anchors:
    """The anchored fingerprints; none when nobody has been enrolled, and then no key is trusted."""
    path = anchor_file(var)
    try:
        there = path.stat()
    except FileNotFoundError:
        return Anchors(frozenset())
    return _read(path, (there.st_ino, there.st_mtime_ns, there.st_size))


@lru_cache(8)
def _read(path: Path, _as_it_stands: tuple[int, int, int]) -> Anchors:
    """Read once as long as the same file stands there: every page of a report asks."""
    return Anchors(frozenset(json.loads(path.read_text())["fingerprints"]))


def write_anchors(var: Path, fingerprints: Iterable[str]) -> None:
    """Write the file, once. Raises AnchorsExist when it is there already."""
    path = anchor_file(var)
    if path.exists():
        raise AnchorsExist
    content = {"version": _VERSION, "fingerprints": sorted(fingerprints)}
    write_durably(path, json.dumps(content, indent=1).encode() + b"\n", mode=0o600)
