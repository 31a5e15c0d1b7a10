"""A file of an old edition that changed by one byte could no longer be checked: so each layout is pinned here.

`layouts/{n}` holds every file of a small log as layout n writes it. A test that fails here after a change of a
column means: leave the layout as it was, and describe the next one (`portal.publishing.files.layouts`).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.foundation.context import Portal
from portal.publishing.errors import ProgramTooOld
from portal.publishing.files import LAYOUTS, Layout, layout_of, write
from portal.publishing.files.between import table
from portal.publishing.files.layouts import laid_out, newest, second
from portal.publishing.files.tables import Told, csv_of, json_of
from portal.publishing.jobs import look_after
from portal.publishing.queries.lines import context_of, find_file_head, layout_in, lines_of
from portal.publishing.services import adopt_newest, append_waiting
from portal.publishing.services.filing import make_edition, make_missing
from portal.publishing.services.rebuilding import rebuild
from portal.publishing.shelf import Shelf
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.verify import Verified, verify
from tests.factories.publishing import append, figure
from tests.pages import PageClient
from tests.publishing.files.made import publish
from tests.publishing.files.told import ACTS, ACTS_OF_3, ACTS_OF_4, ACTS_OF_5, replayed

ACTS_OF = {1: ACTS, 2: ACTS, 3: ACTS_OF_3, 4: ACTS_OF_4, 5: ACTS_OF_5}
PINNED = Path(__file__).with_name("layouts")
MADE_UP = second.TABLES | {"register": Told("entry code", "code entry name_en invented:boolean edition:integer")}
"""A layout in which somebody turned the register round and threw most of it away."""


@pytest.fixture
def layout_6(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """As if a later version of the portal wrote the files otherwise."""
    monkeypatch.setitem(LAYOUTS, 6, laid_out(6, MADE_UP))
    return 5


def test_every_layout_is_pinned():
    assert {int(folder.name) for folder in PINNED.iterdir()} == set(LAYOUTS)


@pytest.mark.parametrize("version", LAYOUTS)
def test_a_layout_gives_the_same_bytes_as_when_it_was_published(version: int):
    replay, head = replayed(ACTS_OF[version])
    replay.context.layout = version
    layout = layout_of(replay.context)
    before, _ = replayed(ACTS[:2])
    changes = table(2, before.context, replay.context)
    given = {
        name: b"".join(write(name, head, replay.context, replay.lines(layout.feed_of(name))))
        for name in layout.derived
    }
    given["changes.csv"] = b"".join(csv_of(changes, head, replay.context, replay.lines()))
    given["changes.json"] = b"".join(json_of(changes, head, replay.context, replay.lines()))
    pinned = {file.name: file.read_bytes() for file in (PINNED / str(version)).iterdir()}
    assert set(given) == set(pinned)
    for name, bytes_ in given.items():
        assert bytes_ == pinned[name], f"layout {version}, {name}: describe a new layout, leave this one"


def test_a_log_that_names_no_layout_is_written_in_the_first(portal: Portal):
    edition = publish(portal)
    with portal.database.read() as session:
        assert layout_in(session, edition).version == context_of(session, edition).layout == 1


def test_the_runner_tells_the_log_of_a_newer_layout_once_it_has_begun(portal: Portal):
    assert not adopt_newest(portal)
    edition = publish(portal)
    look_after(portal)
    look_after(portal)
    assert not adopt_newest(portal)
    with portal.database.read() as session:
        assert find_file_head(session, edition + 2) is None
        assert [layout_in(session, n).version for n in (edition, edition + 1)] == [1, newest()]


def test_editions_before_a_new_layout_keep_their_bytes_and_later_ones_have_it(portal: Portal, layout_6: int):
    old = publish(portal, "手工统计")
    make_missing(portal)
    before = {n: files_of(portal, n) for n in range(1, old + 1)}
    shelf = Shelf(portal.settings.var)
    sums = {n: shelf.made(n) for n in range(1, old + 1)}
    adopt_newest(portal)
    append_waiting(portal)
    new = append(portal, figure(period="2024"))
    make_missing(portal)
    assert {n: files_of(portal, n) for n in range(1, old + 1)} == before
    assert {n: make_edition(portal, n) for n in sums} == sums
    header = files_of(portal, new)["register.csv"].splitlines()[0]
    assert header.decode("utf-8-sig") == "code,entry,name_en,invented,edition"
    assert shelf.path(new, "handins.csv").exists() and not shelf.path(old, "handins.csv").exists()
    assert b'"handins.csv"' in shelf.path(new, "datapackage.json").read_bytes()
    assert b"handins" not in shelf.path(old, "datapackage.json").read_bytes()


def test_the_check_rebuilds_files_in_the_layout_that_the_log_names(portal: Portal, layout_6: int):
    publish(portal)
    assert checked(portal).files == LAYOUTS[1].derived
    adopt_newest(portal)
    append_waiting(portal)
    assert checked(portal).files == LAYOUTS[6].derived


def test_what_is_rebuilt_from_the_log_alone_has_the_same_layouts(portal: Portal, layout_6: int):
    old = publish(portal)
    adopt_newest(portal)
    append_waiting(portal)
    before = {n: files_of(portal, n) for n in range(1, old + 2)}
    rebuild(portal, progress=lambda _done, _of: None)
    assert {n: files_of(portal, n) for n in range(1, old + 2)} == before


def test_a_check_that_is_too_old_for_the_layout_says_so_and_finds_no_fault(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
):
    newer = laid_out(6, MADE_UP)
    with monkeypatch.context() as later:
        later.setitem(LAYOUTS, 6, newer)
        edition = publish(portal)
        adopt_newest(portal)
        append_waiting(portal)
        served = files_of(portal, edition + 1)
    with portal.database.read() as session:
        found = verify(Served(session, LogStore(portal.settings.var), newer, served))
    assert dict(found.unknown) == {"layout.6": 1}
    assert {"register.csv", "register.json"} <= set(found.undecided)


def test_a_program_older_than_the_log_says_so_and_leaves_the_log_as_it_is(
    portal: Portal, client: PageClient, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as later:
        later.setitem(LAYOUTS, 6, laid_out(6, MADE_UP))
        publish(portal)
        adopt_newest(portal)
        append_waiting(portal)
    assert not adopt_newest(portal)
    said = "This log was written by a newer version of the portal."
    for path in ("/data", "/data/latest/figures.csv"):
        reply = client.get(path)
        assert (reply.status_code, said in reply.text) == (503, True), path
    with pytest.raises(ProgramTooOld, match=said):
        make_missing(portal)


class Served(OwnSource):
    """What a portal serves whose program is newer than the check."""

    def __init__(self, session: object, store: LogStore, layout: Layout, files: dict[str, bytes]) -> None:
        super().__init__(session, store)  # type: ignore[arg-type]
        self._files = files

    def file(self, edition: int, name: str) -> list[bytes] | None:
        return [self._files[name]] if name in self._files else None


def checked(portal: Portal) -> Verified:
    with portal.database.read() as session:
        return verify(OwnSource(session, LogStore(portal.settings.var)))


def files_of(portal: Portal, edition: int) -> dict[str, bytes]:
    """What is derived from the log of an edition, written anew."""
    with portal.database.read() as session:
        head, context = find_file_head(session, edition), context_of(session, edition)
        assert head is not None
        layout = layout_of(context)
        return {
            name: b"".join(write(name, head, context, lines_of(session, edition, layout.feed_of(name))))
            for name in layout.derived
        }
