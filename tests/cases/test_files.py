"""Attachments are sealed while they arrive."""

import os
from datetime import date
from pathlib import Path

import pytest

from portal.cases.files import FileStore, TooLarge
from portal.foundation.crypto import CannotOpen
from portal.foundation.sealing import CHUNK
from portal.publishing.shelf import Shelf

DAY = date(2026, 2, 9)
LIMIT = 10_000_000


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1_000_003])
def test_file_comes_back_as_it_was(tmp_path: Path, size: int) -> None:
    store = FileStore(tmp_path)
    data = bytes(i % 251 for i in range(size))
    sink = store.sink(limit=LIMIT)
    for start in range(0, size, 40_000):
        sink.write(data[start : start + 40_000])
    sink.keep(DAY)
    sink.close()

    assert b"".join(store.open(sink.id, key=sink.key, size=size)) == data
    assert data[:64] not in store.path(sink.id).read_bytes() or size < 64


def test_names_sizes_and_times_of_files_say_little(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sizes = set()
    for size in (10, 9_000, 60_000):
        sink = store.sink(limit=LIMIT)
        sink.write(b"x" * size)
        sink.keep(DAY)
        sizes.add(store.path(sink.id).stat().st_size)
        assert store.path(sink.id).stat().st_mtime % 86400 == 0
    assert len(sizes) == 1


def test_file_not_kept_is_gone(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sink = store.sink(limit=LIMIT)
    sink.write(b"x" * 100_000)
    sink.close()

    assert list(store.folder.iterdir()) == []


def test_file_too_large_stops_and_is_gone(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sink = store.sink(limit=100_000)
    sink.write(b"x" * 90_000)
    with pytest.raises(TooLarge):
        sink.write(b"x" * 20_000)

    assert list(store.folder.iterdir()) == []


def test_shortened_or_changed_file_does_not_pass(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sink = store.sink(limit=LIMIT)
    sink.write(b"x" * 300_000)
    sink.keep(DAY)
    whole = store.path(sink.id).read_bytes()
    for broken in (whole[: -CHUNK - 17], whole[:-1], whole[:200] + b"!" + whole[201:]):
        store.path(sink.id).write_bytes(broken)
        with pytest.raises(CannotOpen):
            b"".join(store.open(sink.id, key=sink.key, size=300_000))


def test_files_no_row_knows_are_found_the_day_after(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    kept, lost = store.sink(limit=LIMIT), store.sink(limit=LIMIT)
    for sink in (kept, lost):
        sink.write(b"x")
        sink.keep(DAY)

    assert store.forgotten(frozenset({kept.id}), before=DAY) == []
    assert store.forgotten(frozenset({kept.id}), before=date(2026, 2, 10)) == [lost.id]


def test_what_others_keep_in_the_folder_is_none_of_the_store(tmp_path: Path) -> None:
    """Data files of editions stand beside the sealed ones: they must not be taken for uploads nobody kept."""
    shelf, store = Shelf(tmp_path), FileStore(tmp_path)
    shelf.of(1).mkdir(parents=True)
    (shelf.folder / "key").write_text("of the lists of digests")
    with shelf.held():
        others = list(shelf.folder.iterdir())
    for path in others:
        os.utime(path, (0, 0))
    lost = store.sink(limit=LIMIT)
    lost.write(b"x")
    lost.keep(DAY)

    assert len(others) == 3
    assert store.forgotten(frozenset(), before=date(2026, 2, 10)) == [lost.id]
