"""The file outside the database that says which keys were trusted first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from portal.accounts.errors import AnchorsExist
from portal.accounts.values import Anchors
from portal.foundation.storage import write_durably

_VERSION = 1


def anchor_file(var: Path) -> Path:
    return var / "anchors" / "handlers.json"


def load_anchors(var: Path) -> Anchors:
    """The anchored fingerprints; none when nobody has been enrolled, and then no key is trusted."""
    try:
        found = json.loads(anchor_file(var).read_text())
    except FileNotFoundError:
        return Anchors(frozenset())
    return Anchors(frozenset(found["fingerprints"]))


def write_anchors(var: Path, fingerprints: Iterable[str]) -> None:
    """Write the file, once. Raises AnchorsExist when it is there already."""
    path = anchor_file(var)
    if path.exists():
        raise AnchorsExist
    content = {"version": _VERSION, "fingerprints": sorted(fingerprints)}
    write_durably(path, json.dumps(content, indent=1).encode() + b"\n", mode=0o600)
