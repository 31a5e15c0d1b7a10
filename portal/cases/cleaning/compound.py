"""Compound files: the small file systems in which older office programs keep what they write (MS-CFB)."""

from __future__ import annotations

from io import BytesIO

from olefile import OleFileIO

_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class Compound:
    """Its streams by name, of the top alone: what is embedded has streams of its own below."""

    def __init__(self, data: bytes) -> None:
        """Raises ValueError for a damaged file."""
        try:
            self._file = OleFileIO(BytesIO(data))
            self.names = frozenset(str(one.name) for one in self._file.root.kids)
        except _BROKEN:
            raise ValueError("not a whole compound file") from None

    def stream(self, name: str) -> bytes:
        """Raises ValueError for a missing or damaged stream."""
        try:
            return bytes(self._file.openstream([name]).read())
        except _BROKEN:
            raise ValueError(f"no whole stream {name}") from None
