"""Chunks: canonical JSON lines of about a thousand statements, addressed by the SHA-256 of their bytes."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.publishing.log.canonical import NotCanonical, canonical, parse_canonical

STATEMENTS = 1000


@dataclass(frozen=True)
class ChunkRef:
    """A chunk as an entry names it: its address and how many statements it holds."""

    sha256: str
    statements: int


@dataclass(frozen=True)
class ChunkBytes:
    body: bytes
    statements: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def ref(self) -> ChunkRef:
        return ChunkRef(self.sha256, self.statements)


def write_chunk(statements: Iterable[Mapping[str, Any]]) -> ChunkBytes:
    """One chunk of all these statements, in order. Raises NotCanonical (a float, a lone surrogate)."""
    lines = [canonical(statement) + b"\n" for statement in statements]
    return ChunkBytes(b"".join(lines), len(lines))


def read_chunk(body: bytes, ref: ChunkRef) -> Iterator[dict[str, Any]]:
    """The statements of a chunk, checked against its address first.

    Raises NotCanonical when the bytes are not those of the address, or are not canonical lines.
    """
    if hashlib.sha256(body).hexdigest() != ref.sha256:
        raise NotCanonical(f"the chunk {ref.sha256} has other bytes than its address says")
    lines = body.split(b"\n")
    if lines.pop() != b"" or len(lines) != ref.statements:
        raise NotCanonical(f"the chunk {ref.sha256} does not hold {ref.statements} lines")
    for line in lines:
        statement = parse_canonical(line)
        if not isinstance(statement, dict):
            raise NotCanonical(f"the chunk {ref.sha256} holds a line that is no statement")
        yield statement
