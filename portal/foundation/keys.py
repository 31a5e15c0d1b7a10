"""The server's own keys: one file each, outside the database, so that a stolen dump opens nothing.

A file holds one key a line, the newest first: new things are sealed under the first, old ones still open.
"""

from pathlib import Path

from portal.foundation.ids import random_bytes
from portal.foundation.storage import write_durably

NAMES = frozenset(
    {"form-token", "lookup", "opener", "totp", "log-signing", "files-signing", "receipt", "mark", "evidence"}
)


class KeyMissing(Exception):
    """A key file that should be there is not; starting with a new one would lock people out."""


class KeyRing:
    """Reads the 32-byte keys under `var/keys`; `create_missing` makes those of a new installation."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "keys"
        self._known: dict[str, tuple[bytes, ...]] = {}

    def create_missing(self) -> None:
        for name in sorted(NAMES):
            if not self._path(name).exists():
                write_durably(self._path(name), random_bytes(32).hex().encode(), mode=0o600)

    def missing(self) -> list[str]:
        return [name for name in sorted(NAMES) if not self._path(name).exists()]

    def get(self, name: str) -> bytes:
        """The newest key called `name`, 32 bytes. Raises KeyMissing when its file is absent or damaged."""
        return self.every(name)[0]

    def every(self, name: str) -> tuple[bytes, ...]:
        """All keys called `name`, the newest first. Raises KeyMissing when the file is absent or damaged."""
        if name not in self._known:
            try:
                lines = self._path(name).read_text().split()
                found = tuple(bytes.fromhex(line) for line in lines)
            except (OSError, ValueError):
                raise KeyMissing(f"The server key {name} cannot be read from {self._path(name)}.") from None
            if not found or any(len(key) != 32 for key in found):
                raise KeyMissing(f"The server key {name} in {self._path(name)} is not 32 bytes long.")
            self._known[name] = found
        return self._known[name]

    def rotate(self, name: str) -> None:
        """Put a new key before the old ones; running processes take it up when they start again."""
        self.add(name, random_bytes(32))

    def add(self, name: str, key: bytes) -> None:
        """Put this key before those there are, also where the file was lost."""
        former = self.every(name) if self._path(name).exists() else ()
        self._write(name, (key, *(one for one in former if one != key)))

    def drop(self, name: str, key: bytes) -> None:
        """Take a key that is no longer used out of its file. The last one stays."""
        left = tuple(one for one in self.every(name) if one != key)
        if left:
            self._write(name, left)

    def _write(self, name: str, keys: tuple[bytes, ...]) -> None:
        write_durably(self._path(name), "\n".join(key.hex() for key in keys).encode(), mode=0o600)
        self._known.pop(name, None)

    def _path(self, name: str) -> Path:
        if name not in NAMES:
            raise KeyMissing(f"There is no server key called {name}.")
        return self.folder / f"{name}.key"
