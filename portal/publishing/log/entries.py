"""Entries: one small canonical document for each act, naming its chunks; its leaf hash enters the tree."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.publishing.log.canonical import NotCanonical, canonical, parse_canonical
from portal.publishing.log.chunks import ChunkRef

VERSION = 1
_FIELDS = {"act", "at", "chunks", "kind", "n", "origin", "v"}
_HEX = re.compile(r"[0-9a-f]{64}")
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Entry:
    """Entry `n` of the log `origin` (counted from 1): the act, when it was appended, and its chunks."""

    n: int
    act: str
    kind: str
    at: datetime
    origin: str
    chunks: tuple[ChunkRef, ...]

    @property
    def document(self) -> bytes:
        """The exact bytes that the log holds."""
        return canonical(
            {
                "act": self.act,
                "at": moment(self.at),
                "chunks": [{"sha256": c.sha256, "statements": c.statements} for c in self.chunks],
                "kind": self.kind,
                "n": self.n,
                "origin": self.origin,
                "v": VERSION,
            }
        )


def moment(at: datetime) -> str:
    """A moment as the log writes it: UTC, to the second."""
    return at.astimezone(UTC).strftime(_MOMENT)


def parse_entry(document: bytes) -> Entry:
    """Read an entry. Raises NotCanonical when the bytes are not an entry in canonical form."""
    data = parse_canonical(document)
    if not isinstance(data, dict) or set(data) != _FIELDS or data["v"] != VERSION:
        raise NotCanonical("not an entry of version 1")
    try:
        at = datetime.strptime(data["at"], _MOMENT).replace(tzinfo=UTC)
        chunks = tuple(_chunk_ref(chunk) for chunk in data["chunks"])
    except (TypeError, ValueError, KeyError):
        raise NotCanonical("the entry's time or chunks cannot be read") from None
    entry = Entry(data["n"], data["act"], data["kind"], at, data["origin"], chunks)
    names_are_text = all(isinstance(text, str) for text in (entry.act, entry.kind, entry.origin))
    if not names_are_text or not isinstance(entry.n, int) or entry.document != document:
        raise NotCanonical("a field of the entry is of the wrong kind")
    return entry


def _chunk_ref(data: Any) -> ChunkRef:
    ref = ChunkRef(data["sha256"], data["statements"])
    if not _HEX.fullmatch(ref.sha256) or not isinstance(ref.statements, int) or ref.statements < 1:
        raise ValueError("not a chunk")
    return ref
