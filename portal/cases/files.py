"""The file store: what is attached to cases, sealed while it arrives, under `var/files`.

A `Sink` is what a form part is written into in place of a temporary file: nothing plain touches the disk. The
sealed file is padded, has a random name, and the day as its only date that can be set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from portal.cases import sealing
from portal.foundation import ids
from portal.foundation.padding import padme
from portal.foundation.sealing import SealingWriter, open_stream
from portal.foundation.storage import sync_directory

PADDING = bytes(64 * 1024)


class TooLarge(Exception):
    """More bytes arrived than one file may have."""


class FileStore:
    def __init__(self, var: Path) -> None:
        self.folder = var / "files"

    def path(self, file_id: str) -> Path:
        if not file_id.isalnum():
            raise ValueError("not the id of a stored file")
        return self.folder / file_id

    def sink(self, *, limit: int) -> Sink:
        return Sink(self, limit)

    def open(self, file_id: str, *, key: bytes, size: int) -> Iterator[bytes]:
        """The plain bytes, chunk by chunk. Raises CannotOpen when the stored file is not whole and unchanged."""
        left = size
        with self.path(file_id).open("rb") as source:
            for chunk in open_stream(source, key, file_id.encode()):
                if left:
                    yield chunk[:left]
                    left -= min(left, len(chunk))

    def remove(self, file_id: str) -> None:
        self.path(file_id).unlink(missing_ok=True)

    def forgotten(self, known: frozenset[str], *, before: date) -> list[str]:
        """Files no row knows (an upload whose request failed), of days before `before`.

        What has another name than an id is not ours: data files of editions have their place in the same folder.
        """
        if not self.folder.exists():
            return []
        limit = datetime.combine(before, time(), UTC).timestamp()
        ours = (path for path in self.folder.iterdir() if ids.is_id(path.name) and path.name not in known)
        return sorted(path.name for path in ours if path.stat().st_mtime < limit)


class Sink:
    """Takes a form part's bytes as Werkzeug writes them. `keep` it, or closing throws it away."""

    def __init__(self, store: FileStore, limit: int) -> None:
        self.id = ids.new_id()
        self.key = ids.random_bytes(32)
        self.size = 0
        self._digest = sha256()
        self._store = store
        self._limit = limit
        self._target: BinaryIO | None = None
        self._writer: SealingWriter | None = None
        self._kept = False

    def write(self, data: bytes) -> int:
        if not data:
            return 0
        self.size += len(data)
        if self.size > self._limit:
            self.close()
            raise TooLarge
        if self._writer is None:
            self._begin()
        assert self._writer is not None  # noqa: S101  (set by _begin)
        self._digest.update(data)
        return self._writer.write(data)

    @property
    def sha256(self) -> str:
        """Of what arrived so far, in hex."""
        return self._digest.hexdigest()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Werkzeug rewinds a part when it is complete; there is nothing plain to go back to."""
        return 0

    def tell(self) -> int:
        return self.size

    def read(self, size: int = -1) -> bytes:
        return b""

    def keep(self, day: date) -> None:
        """Make the sealed file whole and durable."""
        if self._writer is None or self._target is None:
            raise ValueError("nothing was written")
        padding = padme(self.size, sealing.SMALLEST_FILE) - self.size
        while padding:
            padding -= self._writer.write(PADDING[: min(padding, len(PADDING))])
        self._writer.finish()
        self._target.flush()
        os.fsync(self._target.fileno())
        self._target.close()
        moment = datetime.combine(day, time(), UTC).timestamp()
        os.utime(self._store.path(self.id), (moment, moment))
        sync_directory(self._store.folder)
        self._kept = True

    def close(self) -> None:
        if self._target is not None and not self._kept:
            self._target.close()
            self._store.remove(self.id)
            self._target = self._writer = None

    def _begin(self) -> None:
        self._store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._store.path(self.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._target = os.fdopen(handle, "wb")
        self._writer = SealingWriter(self._target, self.key, self.id.encode())
