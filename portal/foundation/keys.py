"""The server's own keys: one file each, outside the database, so that a stolen dump opens nothing.

A file holds one key a line, the newest first: new things are sealed under the first, old ones still open.
"""

import os
from functools import lru_cache
from pathlib import Path

from portal.foundation.ids import random_bytes
from portal.foundation.storage import write_durably

NAMES = frozenset(
    {
        *("form-token", "lookup", "locks", "opener", "totp", "log-signing", "files-signing"),
        *("receipt", "mark", "evidence"),
    }
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
            if not self.path(name).exists():
                write_durably(self.path(name), random_bytes(32).hex().encode(), mode=0o600)

    def missing(self) -> list[str]:
        return [name for name in sorted(NAMES) if not self.path(name).exists()]

    def unusable(self) -> list[str]:
        """The keys whose file, as it stands now, is not there, cannot be read by this user or holds no key."""
        fresh = KeyRing(self.folder.parent)
        return [name for name in sorted(NAMES) if not fresh._holds(name)]

    def _holds(self, name: str) -> bool:
        try:
            return bool(self.every(name))
        except KeyMissing:
            return False

    def get(self, name: str) -> bytes:
        """The newest key called `name`, 32 bytes. Raises KeyMissing when its file is absent or damaged."""
        return self.every(name)[0]

    def every(self, name: str) -> tuple[bytes, ...]:
        """All keys called `name`, the newest first. Raises KeyMissing when the file is absent or damaged."""
        if name not in self._known:
            try:
                lines = self.path(name).read_text().split()
                found = tuple(bytes.fromhex(line) for line in lines)
            except (OSError, ValueError):
                raise KeyMissing(f"The server key {name} cannot be read from {self.path(name)}.") from None
            if not found or any(len(key) != 32 for key in found):
                raise KeyMissing(f"The server key {name} in {self.path(name)} is not 32 bytes long.")
            self._known[name] = found
        return self._known[name]

    def rotate(self, name: str) -> None:
        """Put a new key before the old ones; running processes take it up when they start again."""
        self.add(name, random_bytes(32))

    def add(self, name: str, key: bytes) -> None:
        """Put this key before those there are, also where the file was lost."""
        former = self.every(name) if self.path(name).exists() else ()
        self._write(name, (key, *(one for one in former if one != key)))

    def drop(self, name: str, key: bytes) -> None:
        """Take a key that is no longer used out of its file. The last one stays."""
        left = tuple(one for one in self.every(name) if one != key)
        if left:
            self._write(name, left)

    def _write(self, name: str, keys: tuple[bytes, ...]) -> None:
        write_durably(self.path(name), "\n".join(key.hex() for key in keys).encode(), mode=0o600)
        self._known.pop(name, None)

    def path(self, name: str) -> Path:
        """Where the keys called `name` lie. Raises KeyMissing for a name that nobody declared."""
        if name not in NAMES:
            raise KeyMissing(f"There is no server key called {name}.")
        return self.folder / f"{name}.key"


def keys_called(name: str, var: Path) -> tuple[bytes, ...]:
    """All keys called `name` under this `var`, the newest first, as their file stands now. Raises KeyMissing."""
    path = _path(var, name)
    try:
        there = os.stat(path)
    except OSError:
        raise KeyMissing(f"The server key {name} cannot be read from {path}.") from None
    return _read(var, name, (there.st_ino, there.st_mtime_ns, there.st_size))


@lru_cache(16)
def _path(var: Path, name: str) -> str:
    return str(KeyRing(var).path(name))


@lru_cache(16)
def _read(var: Path, name: str, _as_it_stands: tuple[int, int, int]) -> tuple[bytes, ...]:
    return KeyRing(var).every(name)
