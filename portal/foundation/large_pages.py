"""The memory of a server on large pages: a processor finds its way among a few of them, and not among thousands.

A request touches what was loaded all over a hundred megabytes. In pages of 4 KiB the processor looks most of them
up anew each time, and in a virtual machine each look takes twice as long; on pages of 2 MiB a report takes a tenth
less time. Linux moves what is there when it is asked to (MADV_COLLAPSE of madvise(2), from 6.1 on), whatever the
rest of the machine does; elsewhere, or where it is forbidden, nothing happens.
"""

import ctypes
import re
import threading
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

LARGE, SMALL = 2 * 1024 * 1024, 4096
FULL = 0.9
"""How much of a large page has to be in use: the rest of it is memory that nothing asked for."""
PAUSES = 5.0, 60.0, 600.0
"""Seconds after which it is looked again: the first pages that are asked for load as much as the start."""
_COLLAPSE = 25
_OURS = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0 *(?:\[heap\])?$", re.MULTILINE)
_PRESENT = 1 << 63
_MEMORY = Path("/proc/self")


def move_to_large_pages() -> int:
    """Move what this process holds of its own; how many bytes lie on large pages of those that it looked at."""
    try:
        advise = ctypes.CDLL(None).madvise
        with (_MEMORY / "pagemap").open("rb", buffering=0) as present:
            blocks = list(_full_blocks((_MEMORY / "maps").read_text(), present))
    except (OSError, AttributeError):
        return 0
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return sum(LARGE for block in blocks if advise(block, LARGE, _COLLAPSE) == 0)


def keep_on_large_pages() -> None:
    """Move what a server holds now, and what it has loaded a while later."""
    move_to_large_pages()
    threading.Thread(target=_again, daemon=True).start()


def _again() -> None:
    for pause in PAUSES:
        time.sleep(pause)
        move_to_large_pages()


def _full_blocks(maps: str, present: BinaryIO) -> Iterator[int]:
    """Where those parts of our own memory begin that fill a large page nearly whole."""
    for start, end in _OURS.findall(maps):
        first = -(-int(start, 16) // LARGE) * LARGE
        for block in range(first, int(end, 16) - LARGE + 1, LARGE):
            present.seek(block // SMALL * 8)
            pages = array("Q", present.read(LARGE // SMALL * 8))
            if sum(page >= _PRESENT for page in pages) >= FULL * LARGE // SMALL:
                yield block
