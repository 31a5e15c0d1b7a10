"""If these failed, a server would be slower than it need be, or take memory that nothing asked for."""

import mmap
import re
import time
from pathlib import Path

import pytest

from portal.foundation import large_pages
from portal.foundation.large_pages import LARGE, move_to_large_pages

SMAPS = Path("/proc/self/smaps_rollup")


def kilobytes(name: str) -> int:
    found = re.search(rf"^{name}: +(\d+) kB$", SMAPS.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


@pytest.fixture(autouse=True)
def able() -> None:
    """Linux before 6.1 moves nothing, nor does one whose memory is in pieces."""
    with mmap.mmap(-1, 4 * LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as area:
        area.write(b"full" * LARGE)
        try:
            area.madvise(25)
        except OSError as error:
            pytest.skip(f"no large pages here: {error}")


def test_what_is_full_lies_on_large_pages_afterwards_and_is_what_it_was() -> None:
    with mmap.mmap(-1, 16 * LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as area:
        area.write(b"kept" * (16 * LARGE // 4))
        moved = move_to_large_pages()
        assert area[:4] == area[-4:] == b"kept"
        assert area[:].count(b"kept") == 16 * LARGE // 4
        assert moved >= 12 * LARGE
        assert kilobytes("AnonHugePages") * 1024 >= 12 * LARGE


def test_what_is_mostly_empty_takes_no_more_memory_than_before() -> None:
    with mmap.mmap(-1, 64 * LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as area:
        for at in range(0, 64 * LARGE, LARGE // 2):
            area[at] = 1
        move_to_large_pages()  # whatever else this process holds
        before = kilobytes("Rss")
        for at in range(0, 64 * LARGE, LARGE // 2):
            area[at] = 2
        move_to_large_pages()
        assert kilobytes("Rss") - before < 4 * LARGE // 1024


def test_where_nothing_can_be_asked_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_pages, "_MEMORY", tmp_path)
    assert move_to_large_pages() == 0


def test_what_is_loaded_later_is_moved_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_pages, "PAUSES", (0.05, 0.05))
    asked: list[float] = []
    monkeypatch.setattr(large_pages, "move_to_large_pages", lambda: asked.append(time.monotonic()) or 0)
    large_pages.keep_on_large_pages()
    assert len(asked) == 1
    until = time.monotonic() + 5
    while len(asked) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(asked) == 3
