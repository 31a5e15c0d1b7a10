"""What the runner remembers of the chains outside the database, so that a cut-off end is noticed too.

The file holds the main chain's newest place and one root over all case chains: the same size always.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from portal.audit.rules import case_root
from portal.audit.sealing import case_heads, last_seal_of, main_head
from portal.audit.values import Head
from portal.foundation.ids import random_bytes
from portal.foundation.storage import write_durably


@dataclass(frozen=True)
class Remembered:
    """The chains as they stood when rows were last sealed."""

    main: Head
    last_seal: int
    salt: bytes
    root: bytes


def head_file(var: Path) -> Path:
    return var / "anchors" / "audit.json"


def remember(session: Session, var: Path) -> None:
    """Write down, outside the database, how the chains stand."""
    main, last_seal, salt = main_head(session), last_seal_of(session), random_bytes(32)
    content = {
        "version": 1,
        "position": main.position,
        "hash": main.hash.hex(),
        "last_seal": last_seal,
        "salt": salt.hex(),
        "root": case_root(salt, case_heads(session, last_seal)).hex(),
    }
    write_durably(head_file(var), json.dumps(content, indent=1).encode() + b"\n", mode=0o600)


def recall(var: Path) -> Remembered | None:
    """What was written down last, or None when nothing has been sealed yet."""
    try:
        found = json.loads(head_file(var).read_text())
    except FileNotFoundError:
        return None
    return Remembered(
        main=Head(found["position"], bytes.fromhex(found["hash"])),
        last_seal=found["last_seal"],
        salt=bytes.fromhex(found["salt"]),
        root=bytes.fromhex(found["root"]),
    )
