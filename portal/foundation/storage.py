"""Files that must survive: written beside, flushed to the disk, then moved into place."""

import os
import shutil
from pathlib import Path

PAGE_FILES = Path("cache", "pages")  # below `var`


def sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace `path` by `data` so that after a crash either the old or the new content is there, whole."""
    _replace(path, data, mode=mode, flushed=True)
    sync_directory(path.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, found whole at any moment. Lost power may take it back: for what is told again."""
    _replace(path, data, mode=0o644, flushed=False)


def _replace(path: Path, data: bytes, *, mode: int, flushed: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        if flushed:
            os.fsync(handle)
    finally:
        os.close(handle)
    beside.replace(path)


def forget_pages(var: Path) -> None:
    """Remove every published page that is kept in files, because what it shows may no longer be shown."""
    shutil.rmtree(var / PAGE_FILES, ignore_errors=True)
