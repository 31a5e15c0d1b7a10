"""Pages in files, shared by all processes of a machine.

    var/cache/pages/<build>/ab/abcd…   one page: a line of JSON that says what it is, then its bytes
    var/cache/turns                    whose turn it is to draw what (see `turns`)

A file is named by language, path and query; which state of publication it shows, it says itself, and whoever
finds it in another state than the one asked for has found nothing. So an act needs to put out no file: the
page drawn after it takes the place of the one before. Files are written beside and moved into place, and what
is read must have the digest it says, so that a process that is killed, or a disk that lost power, costs a
page and never gives a wrong one. Nothing here is worth a backup; all of it can be deleted at any time.
"""

import contextlib
import gzip
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.foundation.storage import PAGE_FILES
from portal.web.cache.page import Page, digest_of
from portal.web.cache.shelf import Key

_FORM = 1
_LEFTOVER_SECONDS = 60.0
_ROOM = 8  # a sweep leaves a part in so many of the budget free; as much may be written until the next


@dataclass(frozen=True)
class Kept:
    """What a file says it is."""

    file: Path
    key: Key
    state: str
    carried: bool

    @property
    def edition(self) -> int:
        return int(self.state.partition("-")[0])


class FileShelf:
    """Pages of one build, up to `budget` bytes on the disk and an eighth of it for each writing process.

    Raises OSError when the disk does not do as told, from `put` alone.
    """

    def __init__(self, var: Path, build: str, budget: int) -> None:
        self.folder = var / PAGE_FILES
        self._pages = self.folder / build
        self._budget = budget
        self._written = 0

    def find(self, key: Key, state: str) -> Page | None:
        """The page in this state; None when it is not here, or not whole."""
        file = self._file(key)
        try:
            data = file.read_bytes()
        except OSError:
            return None
        page = read_written(data, key, state)
        if page is not None:
            with contextlib.suppress(OSError):
                os.utime(file)  # the longest unused go first
        return page

    def put(self, key: Key, state: str, page: Page) -> None:
        """Keep the page in the place of the one before."""
        self.put_written(key, written(key, state, page))

    def put_written(self, key: Key, data: bytes) -> None:
        """The same of a page that is `written` already."""
        if len(data) > self._budget // _ROOM:
            return
        file = self._file(key)
        beside = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}.tmp")
        try:
            handle = os.open(beside, _NEW, 0o600)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(beside, _NEW, 0o600)
        try:
            with open(handle, "wb") as out:
                out.write(data)
            beside.replace(file)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        self._written += len(data)
        if self._written > self._budget // _ROOM:
            self._written = 0
            self.sweep()

    def kept(self) -> Iterator[Kept]:
        """What is here, the last used first."""
        for _, _, file in reversed(self._by_use()):
            if (found := _label(file)) is not None:
                yield found

    def discard(self, kept: Kept) -> None:
        kept.file.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove other builds, what killed processes left behind, and the longest unused above the budget."""
        for other in _entries(self.folder):
            if other.is_dir() and other != self._pages:
                shutil.rmtree(other, ignore_errors=True)
        files = self._by_use(leftovers=True)
        size = sum(bytes_ for _, bytes_, _ in files)
        limit = self._budget - self._budget // _ROOM
        for _, bytes_, file in files if size > self._budget else ():
            if size <= limit:
                break
            file.unlink(missing_ok=True)
            size -= bytes_

    def _by_use(self, *, leftovers: bool = False) -> list[tuple[float, int, Path]]:
        """Moment of the last use, bytes and file, the longest unused first."""
        found = []
        for part in _entries(self._pages):
            for file in _entries(part):
                with contextlib.suppress(OSError):
                    about = file.stat()
                    if not file.name.endswith(".tmp"):
                        found.append((about.st_mtime, about.st_size, file))
                    elif leftovers and about.st_mtime < time.time() - _LEFTOVER_SECONDS:
                        file.unlink(missing_ok=True)
        return sorted(found, key=lambda one: one[0])

    def _file(self, key: Key) -> Path:
        name = hashlib.sha256("\n".join(key).encode("utf-8", "surrogateescape")).hexdigest()
        return self._pages / name[:2] / name


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def written(key: Key, state: str, page: Page) -> bytes:
    """The bytes of the file of a page in a state."""
    body = page.plain if page.packed is None else page.packed
    said = {
        "form": _FORM,
        "key": key,
        "state": state,
        "carried": page.carried,
        "headers": page.kept_headers,
        "packed": page.packed is not None,
        "digest": digest_of(body),
    }
    return json.dumps(said).encode() + b"\n" + body


def read_written(data: bytes, key: Key, state: str) -> Page | None:
    """The page back from what is `written`; None when it is of another key or state, or not whole."""
    label, _, body = data.partition(b"\n")
    said = _parsed(label)
    if said is None or said["key"] != list(key) or said["state"] != state:
        return None
    return _whole(said, body)


def _whole(said: dict[str, Any], body: bytes) -> Page | None:
    if digest_of(body) != said["digest"]:
        return None
    plain = gzip.decompress(body) if said["packed"] else body
    headers = [(name, value) for name, value in said["headers"]]
    return Page.ready(plain, body if said["packed"] else None, headers, carried=said["carried"])


def _label(file: Path) -> Kept | None:
    try:
        with file.open("rb") as opened:
            said = _parsed(opened.readline())
    except OSError:
        return None
    if said is None:
        return None
    path, query = said["key"]
    return Kept(file, (path, query), said["state"], said["carried"])


def _parsed(label: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(label)
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("form") == _FORM else None
