"""What one process drew, no other draws again; and no page ever passes for that of another edition."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from werkzeug.test import Client, TestResponse

from portal.config import Mode, Settings
from portal.foundation.storage import forget_pages, write_durably
from portal.web.cache import EditionFile, PageCache, published
from portal.web.cache.build import build_of
from portal.web.cache.files import FileShelf
from portal.web.cache.page import Page
from portal.web.cache.shared import SharedPages
from portal.web.cache.turns import Turns
from portal.web.cache.warming import DrawnAhead, Warmer, front_pages, worth_drawing
from portal.web.metrics import Measured

KEY = ("/page", "a=1")
PROCESSES, THREADS = 3, 4
system = multiprocessing.get_context("fork")


class Acts:
    """A history in which each edition touches the addresses that `publish` is given."""

    def __init__(self, name: str = "history") -> None:
        self.name = name
        self.editions: list[set[str]] = [set()]
        self.ahead = 0

    def touched(self, before: int, now: int) -> Callable[[str], bool]:
        return lambda path: any(path in one for one in self.editions[before:now])

    def named(self, before: int, now: int, most: int) -> list[str]:
        return sorted(set().union(*self.editions[before:now]))[:most]

    def newest(self) -> int:
        return len(self.editions) + self.ahead

    def state(self, edition: int) -> str:
        return f"{edition}-{self.name}"

    def changed(self, path: str, edition: int) -> str:
        touching = [n for n, one in enumerate(self.editions[:edition], 1) if path in one]
        return self.state(max(touching, default=1))


class Site:
    """One process's view of a site that several serve."""

    def __init__(self, var: Path, acts: Acts, *, build: str = "b", patience: float = 30.0) -> None:
        self.entered: list[str] = []
        self.acts = acts
        self.file = var / "edition"
        self._tell()
        self.gate: Callable[[], object] = lambda: None
        self.app = Flask("site")
        self._add_views()
        self.shelf = FileShelf(var, build, 1_000_000)
        shared = SharedPages(self.shelf, Turns(var / "turns"), acts, patience=patience)
        self.edition = EditionFile(self.file, every=0)
        self.cache = PageCache(
            self.app.wsgi_app, self.app, self.edition, budget=100_000, changes=acts.touched, shared=shared
        )
        self.client = Client(self.cache)

    def publish(self, *touched: str) -> None:
        self.acts.editions.append(set(touched))
        self._tell()

    def _tell(self) -> None:
        write_durably(self.file, f"{self.acts.newest()}\n".encode())

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})

    def _add_views(self) -> None:
        @self.app.get("/kept/<name>")
        @published("page", carried=True)
        def kept(name: str) -> str:
            self.entered.append(name)
            self.gate()
            return f"<p>{name} {request.args.get('page')} {self.acts.newest()}" * 99

        @self.app.get("/list")
        @published()
        def listed() -> str:
            self.entered.append("list")
            return f"list {self.acts.newest()}"

        @self.app.get("/named")
        @published()
        def named() -> tuple[str, dict[str, str]]:
            self.entered.append("named")
            return f"page {len(self.entered)}", {"Vary": "Accept-Language"}

        @self.app.get("/desk")
        def desk() -> str:
            return "desk"


@pytest.fixture
def acts() -> Acts:
    return Acts()


@pytest.fixture
def one(tmp_path: Path, acts: Acts) -> Site:
    return Site(tmp_path, acts)


@pytest.fixture
def other(tmp_path: Path, acts: Acts, one: Site) -> Site:
    return Site(tmp_path, acts)


@contextmanager
def forked(work: Callable[[int], None], count: int) -> Iterator[None]:
    processes = [system.Process(target=work, args=(number,)) for number in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.join()
    assert [process.exitcode for process in processes] == [0] * count


def test_what_one_process_drew_the_other_does_not_draw(one: Site, other: Site) -> None:
    for path in ("/kept/a", "/kept/a?page=2", "/list"):
        first, second = one.get(path, Accept_Encoding="gzip"), other.get(path, Accept_Encoding="gzip")
        assert (first.data, list(first.headers)) == (second.data, list(second.headers))
        assert other.get(path, If_None_Match=first.headers["ETag"]).status_code == 304
        assert other.client.head(path).headers["ETag"] == one.get(path).headers["ETag"]
    assert other.entered == []


def test_a_page_handed_over_is_found_between_the_commit_and_the_telling_of_it(one: Site, acts: Acts) -> None:
    acts.editions.append({"/kept/a"})
    one.shelf.put(("/kept/a", ""), acts.state(2), Page.of(b"drawn ahead", [], carried=True))
    assert one.get("/kept/a").text == "drawn ahead"
    assert one.get("/kept/b").status_code == 200
    assert one.entered == ["b"]


def test_readers_of_many_processes_at_once_make_one_drawing(tmp_path: Path, acts: Acts) -> None:
    """Nothing is drawn before every reader of every process is about to ask."""
    ready, go = system.Semaphore(0), system.Event()
    drawn, answers = system.SimpleQueue(), system.SimpleQueue()

    def serve(_number: int) -> None:
        site = Site(tmp_path, acts)

        def draws() -> None:
            drawn.put(os.getpid())
            assert go.wait(30)

        site.gate = draws

        def read() -> None:
            ready.release()
            answers.put(site.get("/kept/a").text)

        readers = [threading.Thread(target=read) for _ in range(THREADS)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()

    with forked(serve, PROCESSES):
        for _ in range(PROCESSES * THREADS):
            assert ready.acquire(timeout=30)
        go.set()
        said = {answers.get() for _ in range(PROCESSES * THREADS)}
    assert len(said) == 1
    drawn.get()
    assert drawn.empty()


def test_a_process_killed_while_it_draws_keeps_nobody_waiting(tmp_path: Path, acts: Acts) -> None:
    drawing = system.Event()

    def serve() -> None:
        site = Site(tmp_path, acts)
        site.gate = lambda: (drawing.set(), signal.pause())
        site.get("/kept/a")

    stuck = system.Process(target=serve)
    stuck.start()
    assert drawing.wait(30)
    site = Site(tmp_path, acts, patience=30)
    reader = threading.Thread(target=site.get, args=("/kept/a",))
    reader.start()
    stuck.kill()
    stuck.join()
    reader.join(30)
    assert site.entered == ["a"]


def test_who_waited_long_enough_draws_for_itself_and_keeps_the_page_to_itself(tmp_path: Path, acts: Acts) -> None:
    drawing, done = system.Event(), system.Event()

    def serve(_number: int) -> None:
        site = Site(tmp_path, acts)
        site.gate = lambda: (drawing.set(), done.wait(30))
        site.get("/kept/a")

    site = Site(tmp_path, acts, patience=0)
    with forked(serve, 1):
        assert drawing.wait(30)
        assert site.get("/kept/a").status_code == 200
        assert list(site.shelf.kept()) == []
        done.set()
    assert site.entered == ["a"]


def test_a_touched_page_is_never_given_for_the_newer_one_and_an_untouched_one_goes_on(
    tmp_path: Path, one: Site, other: Site
) -> None:
    for path in ("/kept/a", "/kept/b", "/list"):
        one.get(path)
    other.publish("/kept/b")
    late = Site(tmp_path, one.acts)
    assert [late.get(path).text.split(" ")[-1] for path in ("/kept/a", "/kept/b", "/list")] == ["1", "2", "2"]
    assert late.entered == ["b", "list"]


def test_what_was_drawn_while_the_database_went_on_is_not_shared(one: Site, other: Site) -> None:
    one.gate = lambda: setattr(one.acts, "ahead", 1)
    one.get("/kept/a")
    one.acts.ahead = 0
    other.get("/kept/a")
    assert other.entered == ["a"]


def test_what_was_drawn_when_the_database_was_ahead_of_what_was_told_is_shared_as_what_it_shows(
    one: Site, acts: Acts
) -> None:
    acts.editions.append({"/kept/a"})
    assert one.get("/kept/a").text.endswith(" 2")
    assert [kept.state for kept in one.shelf.kept()] == [acts.state(2)]


def test_another_history_with_the_same_numbers_has_none_of_the_pages(tmp_path: Path, one: Site) -> None:
    one.get("/kept/a")
    another = Site(tmp_path, Acts("another"))
    another.get("/kept/a")
    assert another.entered == ["a"]


def test_another_build_has_none_of_the_pages_and_its_sweep_removes_them(tmp_path: Path, one: Site) -> None:
    one.get("/kept/a")
    newer = Site(tmp_path, one.acts, build="c")
    newer.get("/kept/a")
    assert newer.entered == ["a"]
    newer.shelf.sweep()
    assert list(one.shelf.kept()) == []
    assert [kept.key for kept in newer.shelf.kept()] == [("/kept/a", "")]


def test_pages_of_asked_editions_and_of_unknown_keys_are_not_shared(one: Site) -> None:
    for path in ("/kept/a?edition=1", "/kept/a?utm_source=x", "/desk", "/nothing"):
        one.get(path)
    assert list(one.shelf.kept()) == []


def test_a_page_that_varies_by_more_than_its_encoding_is_kept_for_nobody(one: Site) -> None:
    assert [one.get("/named").text for _ in range(2)] == ["page 1", "page 2"]
    assert one.get("/named").headers["Vary"] == "Accept-Language"
    assert list(one.shelf.kept()) == []


def test_a_kept_page_is_drawn_from_its_address_alone(one: Site) -> None:
    seen: list[dict[str, str]] = []
    one.gate = lambda: seen.append(dict(request.headers))
    one.get("/kept/a?page=2", Cookie="me=you", Accept_Language="de", User_Agent="x", X_Forwarded_For="192.0.2.1")
    assert set(seen[0]) == {"Host", "X-Forwarded-For"}


def test_of_a_key_that_comes_twice_the_first_counts(one: Site) -> None:
    assert "a 2 1" in one.get("/kept/a?page=2&page=1").text
    assert "a 1 1" in one.get("/kept/a?page=1&page=2").text


def test_a_disk_that_fails_costs_a_drawing_and_no_answer(tmp_path: Path, one: Site) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert one.get("/kept/a").status_code == 200
    assert one.get("/kept/a").status_code == 200
    assert one.entered == ["a"]


def page(text: str = "x", size: int = 0) -> Page:
    return Page.of((text * size or text).encode(), [("Content-Type", "text/html"), ("X-Own", "é")], carried=True)


@pytest.mark.parametrize("size", [0, 2000])
def test_a_page_comes_back_from_its_file_as_it_was(tmp_path: Path, size: int) -> None:
    shelf, kept = FileShelf(tmp_path, "b", 1_000_000), page(size=size)
    shelf.put(KEY, "1-a", kept)
    assert shelf.find(KEY, "1-a") == kept
    assert shelf.find(KEY, "2-a") is None
    assert shelf.find(("/page", ""), "1-a") is None


@given(st.integers(0, 5000), st.binary(max_size=3))
def test_a_torn_or_damaged_file_is_no_page(
    tmp_path_factory: pytest.TempPathFactory, cut: int, tail: bytes
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    shelf, kept = FileShelf(folder, "b", 1_000_000), page(size=999)
    shelf.put(KEY, "1-a", kept)
    (file,) = (found for found in folder.rglob("*") if found.is_file())
    whole = file.read_bytes()
    file.write_bytes(torn := whole[:cut] + tail)
    assert shelf.find(KEY, "1-a") == (kept if torn == whole else None)


def test_files_stay_within_their_bound_and_the_longest_unused_go(tmp_path: Path) -> None:
    shelf = FileShelf(tmp_path, "b", 20_000)
    for number in range(30):
        shelf.put((f"/{number}", ""), "1-a", Page.of(os.urandom(1800), [("Content-Type", "image/png")]))
        for kept in shelf.kept():  # the first page was used last, as if somebody asked for it again and again
            moment = 99_999 if kept.key[0] == "/0" else int(kept.key[0][1:])
            os.utime(kept.file, (moment, moment))
        assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) <= 20_000 * 9 // 8
    leftover = next(shelf.kept()).file.with_name("killed.1.2.tmp")
    leftover.write_bytes(b"half")
    os.utime(leftover, (0, 0))
    shelf.sweep()
    left = [kept.key[0] for kept in shelf.kept()]
    assert left == ["/0", *(f"/{number}" for number in range(29, 30 - len(left), -1))]
    assert len(left) > 5
    assert not leftover.exists()


def test_files_are_for_the_portals_user_only(tmp_path: Path, one: Site) -> None:
    one.get("/kept/a")
    kept = next(one.shelf.kept()).file
    assert (kept.stat().st_mode & 0o077, kept.parent.stat().st_mode & 0o077) == (0, 0)


def test_forgotten_pages_are_drawn_anew(tmp_path: Path, one: Site, other: Site) -> None:
    one.get("/kept/a")
    forget_pages(tmp_path)
    other.get("/kept/a")
    assert other.entered == ["a"]
    assert list(other.shelf.kept())


def test_every_setting_that_pages_show_makes_another_build(tmp_path: Path) -> None:
    settings = Settings(mode=Mode.TEST, var=tmp_path)
    elsewhere = settings.model_copy(update={"origin": "https://other.test"})
    assert build_of(settings) != build_of(elsewhere)
    assert build_of(settings) == build_of(settings.model_copy(update={"port": 9, "database_url": "sqlite:///x"}))


def warmer(site: Site) -> Warmer:
    return Warmer(site.app, site.cache, site.edition, site.shelf, site.acts)


def test_touched_pages_are_drawn_for_all_before_anybody_asks(one: Site, other: Site) -> None:
    works = warmer(one)
    works.step()
    for path in ("/kept/a", "/kept/b", "/zh-Hans/list"):
        other.get(path)
    one.publish("/kept/b", "/kept/c")
    assert works.step()
    other.entered.clear()
    assert other.get("/kept/b").text.endswith("2")
    assert other.get("/kept/c").text.endswith("2")
    assert other.get("/list").text == "list 2"
    assert other.entered == []
    assert not works.step()


def test_pages_that_an_edition_made_untrue_leave_the_disk(one: Site, other: Site) -> None:
    works = warmer(one)
    works.step()
    for name in "abcd":
        other.get(f"/kept/{name}?page=9")
    one.publish(*(f"/kept/{name}" for name in "abc"))
    one.app.view_functions["kept"].published_keys = frozenset()  # so that they are not drawn again
    works.step()
    assert {kept.key[0] for kept in one.shelf.kept() if kept.edition == 1} == {"/kept/d"}


def test_what_is_drawn_first_is_what_readers_asked_for_and_no_more_than_wanted(one: Site) -> None:
    for name in ("x", "y"):
        one.get(f"/kept/{name}")
    keys = worth_drawing(one.app, one.shelf.kept(), lambda path: path == "/kept/x", ["/kept/new"])
    assert keys[0] == ("/kept/x", "")
    assert set(front_pages(one.app)) == {"/list", "/named"}
    assert keys[-2:] == [("/kept/new", ""), ("/zh-Hans/kept/new", "")]
    assert ("/kept/y", "") not in keys
    assert len(worth_drawing(one.app, one.shelf.kept(), lambda _path: True, [], most=3)) == 3


def test_pages_drawn_ahead_are_handed_over_for_the_state_they_were_drawn_for_alone(one: Site, other: Site) -> None:
    ahead = DrawnAhead(one.shelf, "2-history")
    one.acts.ahead = 1
    drawn = one.cache.draw(("/list", ""))
    assert drawn is not None
    ahead.add(("/list", ""), drawn)
    one.acts.ahead = 0
    assert other.get("/list").text == "list 1"
    assert ahead.reveal("2-another") == 0
    one.publish()
    assert ahead.reveal("2-history") == 1
    other.entered.clear()
    assert other.get("/list").text == "list 2"
    assert other.entered == []


def test_metrics_say_which_level_answered_from_the_one_place_that_counts_all_replies(
    one: Site, other: Site
) -> None:
    def counted(level: str, status: str = "200") -> float:
        labels = {"surface": "public", "status": status, "page": level}
        return REGISTRY.get_sample_value("portal_replies_total", labels) or 0.0

    before = {level: counted(level) for level in ("drawn", "memory", "shared", "past")}
    not_changed = counted("memory", "304")
    for site in (one, one, other):
        tag = Client(Measured(site.cache)).get("/kept/a").headers["ETag"]
    Client(Measured(one.cache)).get("/kept/a?utm_source=x")
    Client(Measured(one.cache)).get("/kept/a", headers={"If-None-Match": tag})
    assert {level: counted(level) - was for level, was in before.items()} == dict.fromkeys(before, 1.0)
    assert counted("memory", "304") == not_changed + 1
