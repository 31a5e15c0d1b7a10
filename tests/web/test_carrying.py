"""A page that an edition did not touch stays; one that it touched is never shown again, whoever rendered it."""

import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from portal.web.cache import EditionFile, PageCache, published
from portal.web.cache.page import Page
from portal.web.cache.shelf import Shelf


class Site:
    """A site whose pages under /kept are carried, and of which each edition touches what `touched` says."""

    def __init__(self, folder: Path, *, warms: bool = False) -> None:
        self.file = folder / "edition"
        self.file.write_text("1\n")
        self.edition, self.seconds = 1, 0.0
        self.touched: set[str] = set()
        self.asked: list[tuple[int, int]] = []
        self.entered: list[str] = []
        self.before_answering = threading.Event()
        self.before_answering.set()
        self.app = Flask("site")

        @self.app.get("/kept/<name>")
        @published(carried=True)
        def kept(name: str) -> str:
            self.entered.append(name)
            said = f"{name} {self.edition} " * 99
            self.before_answering.wait(5)
            return said

        @self.app.get("/list")
        @published()
        def listed() -> str:
            self.entered.append("list")
            return f"list {self.edition}"

        edition = EditionFile(self.file, clock=lambda: self.seconds)
        self.cache = PageCache(
            self.app.wsgi_app, self.app, edition, budget=100_000, changes=self.changes, warms=warms
        )
        self.client = Client(self.cache)

    def changes(self, before: int, now: int):
        self.asked.append((before, now))
        touched = set(self.touched)
        return lambda path: path in touched

    def publish(self, *touched: str) -> None:
        self.touched = set(touched)
        self.edition += 1
        self.file.write_text(f"{self.edition}\n")
        self.seconds += 2

    def get(self, path: str) -> str:
        return self.client.get(path).text


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_an_untouched_page_stays_and_a_touched_one_goes_in_every_language(site: Site) -> None:
    for path in ("/kept/a", "/kept/b", "/zh-Hans/kept/b"):
        site.get(path)
    site.publish("/kept/b")
    assert site.get("/kept/a").startswith("a 1")
    assert site.get("/kept/b").startswith("b 2")
    assert site.asked == [(1, 2)]


def test_a_page_that_is_not_carried_goes_with_every_edition(site: Site) -> None:
    site.get("/list")
    site.publish()
    assert site.get("/list") == "list 2"


def test_editions_that_came_one_upon_the_other_are_asked_for_together(site: Site) -> None:
    site.get("/kept/a")
    site.edition += 3
    site.publish()
    site.get("/kept/a")
    assert site.asked == [(1, 5)]


def test_when_nobody_knows_what_changed_nothing_is_carried(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_before: int, _now: int):
        raise OSError

    site.get("/kept/a")
    monkeypatch.setattr(site.cache, "_changes", fails)
    site.publish()
    assert site.get("/kept/a").startswith("a 2")


def test_a_database_that_came_back_shorter_carries_nothing(site: Site) -> None:
    site.publish()
    site.get("/kept/a")
    site.edition = 0
    site.publish()
    assert site.get("/kept/a").startswith("a 1")


def test_what_was_begun_before_an_edition_is_not_kept_after_it(site: Site) -> None:
    site.before_answering.clear()
    slow = threading.Thread(target=site.get, args=("/kept/a",))
    slow.start()
    while not site.entered:
        time.sleep(0.001)
    site.publish("/kept/a")
    site.get("/healthz")  # another reader brings the new edition
    site.before_answering.set()
    slow.join()
    assert site.get("/kept/a").startswith("a 2")


def test_what_readers_had_asked_for_is_rendered_again_before_they_ask(tmp_path: Path) -> None:
    site = Site(tmp_path, warms=True)
    site.get("/kept/a")
    site.publish("/kept/a")
    site.get("/healthz")
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(5)
    assert site.entered == ["a", "a"]
    assert site.get("/kept/a").startswith("a 2")
    assert site.entered == ["a", "a"]


def test_pages_of_old_editions_never_push_out_current_ones(site: Site) -> None:
    site.get("/kept/front")
    for n in range(200):
        site.get(f"/kept/{n}?edition=1")
    site.get("/kept/front")
    assert site.entered.count("front") == 1
    assert site.cache.size < 100_000 // 8 + 5_000


def test_a_shelf_counts_a_page_that_is_put_twice_once() -> None:
    shelf = Shelf(50_000)
    page = Page.of(b"x" * 1000, [("Content-Type", "text/html")])
    shelf.put(("/", ""), page)
    shelf.put(("/", ""), page)
    assert shelf.size == page.size
    assert shelf.drop(lambda _key, _page: True) == [("/", "")]
    assert shelf.size == 0
