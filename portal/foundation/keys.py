"""The server's own keys: one file each, outside the database, so that a stolen dump opens nothing."""

from pathlib import Path

from portal.foundation.ids import random_bytes
from portal.foundation.storage import write_durably

NAMES = frozenset({"form-token", "lookup", "opener", "totp", "log-signing", "receipt", "mark"})


class KeyMissing(Exception):
    """A key file that should be there is not; starting with a new one would lock people out."""


class KeyRing:
    """Reads the 32-byte keys under `var/keys`; `create_missing` makes those of a new installation."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "keys"
        self._known: dict[str, bytes] = {}

    def create_missing(self) -> None:
        for name in sorted(NAMES):
            if not self._path(name).exists():
                write_durably(self._path(name), random_bytes(32).hex().encode(), mode=0o600)

    def missing(self) -> list[str]:
        return [name for name in sorted(NAMES) if not self._path(name).exists()]

    def get(self, name: str) -> bytes:
        """The key called `name`, 32 bytes. Raises KeyMissing when its file is absent or damaged."""
        if name not in self._known:
            try:
                key = bytes.fromhex(self._path(name).read_text().strip())
            except (OSError, ValueError):
                raise KeyMissing(f"The server key {name} cannot be read from {self._path(name)}.") from None
            if len(key) != 32:
                raise KeyMissing(f"The server key {name} in {self._path(name)} is not 32 bytes long.")
            self._known[name] = key
        return self._known[name]

    def _path(self, name: str) -> Path:
        if name not in NAMES:
            raise KeyMissing(f"There is no server key called {name}.")
        return self.folder / f"{name}.key"
