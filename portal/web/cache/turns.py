"""Whose turn it is to draw a page: one process of the machine at a time, for each page.

A turn is a lock on one byte of a file, at a place that the page's name gives. The kernel takes it back when a
process ends, however it ends. Within a process threads take turns by other means: these locks know
processes only.
"""

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path

from portal.web.cache.shelf import Key


class Turns:
    """Locks by key, in one file that is opened once in each process: closing it would let go of all of them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handles: dict[int, int] = {}

    def take(self, key: Key) -> bool:
        """Take the turn, without waiting; False when another process has it.

        Raises OSError when the disk cannot lock.
        """
        try:
            fcntl.lockf(self._handle(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(key))
        except (BlockingIOError, PermissionError):
            return False
        return True

    def leave(self, key: Key) -> None:
        with contextlib.suppress(OSError):
            fcntl.lockf(self._handle(), fcntl.LOCK_UN, 1, _place(key))

    def _handle(self) -> int:
        pid = os.getpid()
        if pid not in self._handles:  # a forked process has none of its parent's locks
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handles[pid] = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._handles[pid]


def _place(key: Key) -> int:
    digest = hashlib.sha256("\n".join(key).encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:7])
