"""What stands where in a backup, and its first member, which says what it is.

manifest.json              when, until when, of which schema, the columns of each table, marks of the keys
anchors/handlers.json      which handlers' keys were trusted first
anchors/audit.json         the audit chains as they stood just before
tables/person/000001       rows (`foundation.rows`), table after table, those first that others point to
log/…  files/…  evidence/… as under PORTAL_VAR
seal                       that this house made it (`foundation.archive`)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from portal.foundation.crypto import hmac_digest
from portal.foundation.keys import NAMES, KeyRing

MANIFEST = "manifest.json"
TABLES = "tables"
ANCHORS = "anchors"
HANDLERS, AUDIT = f"{ANCHORS}/handlers.json", f"{ANCHORS}/audit.json"
FOLDERS = ("log", "files", "evidence")
KEYS = "keys"

KEPT = timedelta(days=35)
"""How long a backup is good: what is deleted is gone everywhere only after that."""
_VERSION = 1
_NAME = re.compile(r"[a-z0-9_]+")  # they stand in statements before the seal can be checked


@dataclass(frozen=True)
class Manifest:
    """`tables` maps names to columns, in the order of the backup; `keys` maps a name to the mark of each key."""

    made_at: datetime
    revision: str
    log_origin: str
    tables: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, tuple[str, ...]]

    @property
    def expires_on(self) -> date:
        return (self.made_at + KEPT).date()

    def dump(self) -> bytes:
        said = {
            "version": _VERSION,
            "made_at": self.made_at.isoformat(),
            "expires_on": self.expires_on.isoformat(),
            "revision": self.revision,
            "log_origin": self.log_origin,
            "tables": {name: list(columns) for name, columns in self.tables.items()},
            "keys": {name: list(marks) for name, marks in self.keys.items()},
        }
        return json.dumps(said, indent=1).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Raises ValueError when it is not one that this version reads."""
        try:
            said = json.loads(data)
            if said["version"] != _VERSION:
                raise ValueError("another version")
            names = [*said["tables"], *chain.from_iterable(said["tables"].values()), said["revision"]]
            if not all(_NAME.fullmatch(name) for name in names):
                raise ValueError("names that no table has")
            return cls(
                datetime.fromisoformat(said["made_at"]),
                said["revision"],
                said["log_origin"],
                {name: tuple(columns) for name, columns in said["tables"].items()},
                {name: tuple(marks) for name, marks in said["keys"].items()},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from None


def mark_of(key: bytes) -> str:
    """By which a key is known again. The key is random, so the mark says nothing of it."""
    return hmac_digest(key, b"gongping: mark of a server key 1").hex()[:32]


def marks_of(keys: KeyRing) -> dict[str, tuple[str, ...]]:
    """The marks of all keys there are; a name whose file is missing has none."""
    absent = set(keys.missing())
    return {name: tuple(mark_of(key) for key in keys.every(name)) for name in sorted(NAMES - absent)}
