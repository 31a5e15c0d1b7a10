"""A cache that answers with another page, another edition or another person's cookie is worse than none."""

import gzip
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, make_response, request
from werkzeug.test import Client, TestResponse

from portal.web.cache import EditionFile, PageCache, published
from portal.web.locale import LocaleMiddleware


class Site:
    """A small site behind the cache, which counts how often its views are entered."""

    def __init__(self, folder: Path, budget: int = 100_000) -> None:
        self.entered: list[str] = []
        self.file = folder / "edition"
        self.file.write_text("1\n")
        self.edition = 1
        self.seconds = 0.0
        self.gate: Callable[[], object] = lambda: None
        self.app = Flask("site")
        self._add_views()
        self.app.wsgi_app = LocaleMiddleware(self.app.wsgi_app)  # type: ignore[method-assign]
        edition = EditionFile(self.file, clock=lambda: self.seconds)
        self.client = Client(PageCache(self.app.wsgi_app, self.app, edition, budget=budget))

    def publish(self, edition: int) -> None:
        self.edition = edition
        self.file.write_text(f"{edition}\n")
        self.seconds += 2

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})

    def _add_views(self) -> None:
        @self.app.get("/page/<name>")
        @published("page")
        def page(name: str) -> str:
            self.gate()
            self.entered.append(name)
            return f"<p>{request.script_root} {name} {request.args.get('page')} {self.edition}" * 99

        @self.app.get("/missing")
        @published()
        def missing() -> tuple[str, int]:
            self.entered.append("missing")
            return "no", 404

        @self.app.get("/cookie")
        @published()
        def cookie() -> object:
            self.entered.append("cookie")
            reply = make_response("yours")
            reply.set_cookie("me", "you")
            return reply

        @self.app.route("/desk", methods=["GET", "POST"])
        def desk() -> str:
            self.entered.append("desk")
            return "desk"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_second_reader_is_answered_without_entering_flask(site: Site) -> None:
    first, second = site.get("/page/a"), site.get("/page/a")
    assert site.entered == ["a"]
    assert first.data == second.data
    assert list(first.headers) == list(second.headers)


def test_new_edition_is_shown_within_a_second(site: Site) -> None:
    old = site.get("/page/a").data
    site.publish(2)
    assert site.get("/page/a").data != old
    assert site.entered == ["a", "a"]


def test_edition_is_looked_up_ten_times_a_second_at_most(site: Site) -> None:
    site.get("/page/a")
    site.file.write_text("2\n")
    site.seconds += 0.05
    site.get("/page/a")
    assert site.entered == ["a"]


def test_without_an_edition_file_nothing_is_kept(site: Site) -> None:
    site.file.unlink()
    site.seconds += 2
    site.get("/page/a")
    site.get("/page/a")
    assert site.entered == ["a", "a"]


def test_languages_do_not_mix(site: Site) -> None:
    english, chinese = site.get("/page/a"), site.get("/zh-Hans/page/a")
    assert english.data != chinese.data
    assert site.get("/zh-Hans/page/a").data == chinese.data
    assert site.entered == ["a", "a"]


def test_order_of_query_keys_does_not_matter_and_unknown_ones_are_not_kept(site: Site) -> None:
    site.get("/page/a?page=2")
    site.get("/page/a?page=2")
    assert len(site.entered) == 1
    for _ in range(3):
        reply = site.get("/page/a?page=2&utm_source=x")
        assert reply.headers["ETag"]
    assert len(site.entered) == 4


@pytest.mark.parametrize("path", ["/missing", "/cookie", "/desk", "/nothing-here"])
def test_errors_cookies_and_unpublished_pages_are_never_kept(site: Site, path: str) -> None:
    first = site.get(path)
    second = site.get(path)
    assert second.data == first.data
    assert second.headers.getlist("Set-Cookie") == first.headers.getlist("Set-Cookie")
    if path != "/nothing-here":
        assert len(site.entered) == 2


def test_posts_pass_through(site: Site) -> None:
    assert site.client.post("/desk").data == b"desk"


def test_tag_is_the_digest_and_answers_304(site: Site) -> None:
    whole = site.get("/page/a")
    again = site.get("/page/a", If_None_Match=whole.headers["ETag"])
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == whole.headers["ETag"]
    weak = site.get("/page/a", If_None_Match='"other", W/' + whole.headers["ETag"])
    assert weak.status_code == 304
    assert site.get("/page/a", If_None_Match='"other"').status_code == 200


def test_condition_of_the_first_reader_does_not_spoil_the_page_for_the_next(site: Site) -> None:
    assert site.get("/page/a", If_None_Match="*").status_code == 304
    assert site.get("/page/a").data


def test_compressed_once_and_only_for_those_who_take_it(site: Site) -> None:
    packed, plain = site.get("/page/a", Accept_Encoding="br, gzip"), site.get("/page/a")
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in site.get("/page/a", Accept_Encoding="gzip;q=0, identity").headers


def test_head_has_the_headers_of_get_and_no_body(site: Site) -> None:
    for _ in range(2):
        head = site.client.head("/page/a")
        assert head.data == b""
        assert head.headers["ETag"] == site.get("/page/a").headers["ETag"]


def test_memory_stays_within_its_bound_and_the_page_in_use_stays(tmp_path: Path) -> None:
    site = Site(tmp_path, budget=30_000)
    for number in range(50):
        site.get("/page/front")
        site.get(f"/page/{number}")
    assert site.entered.count("front") == 1
    cache = site.client.application
    assert isinstance(cache, PageCache)
    assert cache.size <= 30_000


def test_many_readers_at_once_make_one_rendering(site: Site) -> None:
    gate = threading.Event()
    site.gate = gate.wait
    answers: list[bytes] = []
    readers = [threading.Thread(target=lambda: answers.append(site.get("/page/a").data)) for _ in range(20)]
    for reader in readers:
        reader.start()
    gate.set()
    for reader in readers:
        reader.join()
    assert site.entered == ["a"]
    assert len(set(answers)) == 1
    assert len(answers) == 20


def test_nobody_waits_for_a_drawing_that_was_begun_before_the_newest_edition(site: Site) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def held() -> None:
        begun.set()
        go_on.wait()

    site.gate = held
    early = threading.Thread(target=site.get, args=("/page/a",))
    early.start()
    begun.wait()
    site.gate = lambda: None
    site.publish(2)
    assert site.get("/page/a").text.startswith("<p> a None 2")
    assert site.get("/page/a").text.startswith("<p> a None 2")
    assert site.entered == ["a"], "the second reader found what the first one had drawn"
    go_on.set()
    early.join()
