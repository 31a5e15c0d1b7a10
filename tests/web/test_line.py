"""If these failed, whoever reads would wait for everybody who rates, or a rater would never be answered."""

import io
import os
from collections.abc import Callable, Iterator
from html import unescape
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any

import pytest
from granian.server import mp
from granian.wsgi import _callback_wrapper

from portal.foundation.ids import secret_token
from portal.web.line import Line, opened, take
from portal.web.line.standing import FULL
from tests.factories.ratings import hidden_fields
from tests.pages import PageClient

FORM = "application/x-www-form-urlencoded"
Answer = tuple[int, list[tuple[str, str]], bytes]


class Browser:
    """Sends one request, and has its answer some time."""

    def __init__(self, path: str = "/rate/permits", body: bytes = b"level=4", **more: Any) -> None:
        self.sent: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": FORM,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **more,
        }
        self.answers: SimpleQueue[Answer] = SimpleQueue()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.put((status, headers, body))

    @property
    def answer(self) -> Answer:
        return self.answers.get(timeout=60)


def by_the_views(browser: Browser, sent: dict[str, Any]) -> None:
    """What the worker answers itself: whether it was told that the line is full, and what it can still read."""
    status = 503 if FULL in sent else 200
    browser.response_bytes(status, [("By", "the worker")], sent["wsgi.input"].read())


class House:
    """A process that takes marks, and answers none before it may."""

    def __init__(self) -> None:
        self.name = f"test-{secret_token()}"
        self._wait, self._go = os.pipe()
        with opened(self.name) as door:
            self.process = get_context("fork").Process(target=take, args=(door, self._app), daemon=True)
            self.process.start()

    def _app(self, sent: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        os.read(self._wait, 1)
        if sent["PATH_INFO"] == "/rate/broken":
            raise RuntimeError
        seen = sorted(name for name in sent if not name.startswith("wsgi."))
        start("303 SEE OTHER", [("Location", sent["PATH_INFO"]), ("Seen", " ".join(seen))])
        return [b"got ", sent["wsgi.input"].read()]

    def line(self, places: int = 9) -> Line:
        return Line(self.name, by_the_views, places)

    def go(self, times: int = 1) -> None:
        os.write(self._go, b"." * times)

    def end(self) -> None:
        self.process.kill()
        self.process.join()


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.end()


def test_who_rates_is_answered_by_the_process_that_takes_marks(house: House) -> None:
    browser = Browser("/zh-Hans/rate/permits", b"level=4&words=%E5%A5%BD", HTTP_ORIGIN="https://portal.test")
    house.line()(browser, browser.sent | {"DATABASE_PASSWORD": "secret"})
    house.go()
    status, headers, body = browser.answer
    assert (status, body) == (303, b"got level=4&words=%E5%A5%BD")
    seen = "CONTENT_LENGTH CONTENT_TYPE HTTP_ORIGIN PATH_INFO REQUEST_METHOD"
    assert headers == [("Location", "/zh-Hans/rate/permits"), ("Seen", seen)]


def test_who_reads_is_answered_while_others_wait_to_rate(house: House) -> None:
    line, raters = house.line(), [Browser(f"/rate/{n}") for n in range(3)]
    for rater in raters:
        line(rater, rater.sent)
    reader = Browser("/rate/permits", REQUEST_METHOD="GET")
    line(reader, reader.sent)
    assert reader.answer[1] == [("By", "the worker")]
    house.go(3)
    assert [rater.answer[1][0] for rater in raters] == [("Location", f"/rate/{n}") for n in range(3)]


def test_who_finds_no_place_is_told_at_once_and_what_was_sent_is_still_there(house: House) -> None:
    line, first, second = house.line(places=1), Browser(), Browser(body=b"level=2")
    line(first, first.sent)
    line(second, second.sent)
    assert second.answer == (503, [("By", "the worker")], b"level=2")
    house.go()
    assert first.answer[0] == 303
    line(second, second.sent | {"wsgi.input": io.BytesIO(b"level=2")})
    house.go()
    assert second.answer[0] == 303


def test_nobody_waits_for_a_process_that_is_gone(house: House) -> None:
    line, waiting = house.line(), Browser()
    line(waiting, waiting.sent)
    house.end()
    assert waiting.answer == (503, [("By", "the worker")], b"level=4")


def test_a_mark_that_breaks_the_application_is_answered_and_so_is_the_next(house: House) -> None:
    line, broken, whole = house.line(), Browser("/rate/broken"), Browser()
    house.go(2)
    line(broken, broken.sent)
    assert broken.answer == (500, [], b"")
    line(whole, whole.sent)
    assert whole.answer[0] == 303


def test_without_that_process_the_worker_takes_marks_itself() -> None:
    browser = Browser()
    Line(f"test-{secret_token()}", by_the_views)(browser, browser.sent)
    assert browser.answer == (200, [("By", "the worker")], b"level=4")


@pytest.mark.parametrize(
    "browser",
    [
        Browser("/report/what"),
        Browser("/zh-Hans/report"),
        Browser("/desk/ratings"),
        Browser("/rated"),
        Browser(body=b"x" * 40_000),
        Browser(CONTENT_LENGTH=""),
        Browser(CONTENT_LENGTH="9" * 4000),
        Browser(CONTENT_LENGTH="12"),
        Browser(HTTP_COOKIE="x" * 300_000),
        Browser(CONTENT_TYPE="multipart/form-data; boundary=x"),
    ],
    ids=lambda browser: f"{browser.sent['PATH_INFO']} {browser.sent['CONTENT_LENGTH'][:5]}",
)
def test_reports_and_whatever_is_no_small_form_of_a_rater_stay_with_the_worker(
    house: House, browser: Browser
) -> None:
    house.line()(browser, browser.sent)
    status, by, body = browser.answer
    assert (status, by) == (200, [("By", "the worker")])
    assert body == browser.sent["wsgi.input"].getvalue()


@pytest.mark.parametrize(("prefix", "words"), [("", "Send it again"), ("/zh-Hans", "再次发送")])
def test_a_full_line_is_a_page_that_sends_the_same_again(shell: PageClient, prefix: str, words: str) -> None:
    typed = {"title": '"><script>alert(1)</script>', "words": "三个窗口\nclosed", "level": ""}
    refused = shell.post(f"{prefix}/rate/sample", data=typed, environ_overrides={FULL: True})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Cache-Control"] == "no-store"
    assert words in refused.text
    assert {name: unescape(value) for name, value in hidden_fields(refused.text).items()} == typed


def test_the_server_still_hands_over_what_an_answer_is_given_to() -> None:
    """The one thing taken from inside granian: see `serve._have_marks_wait`."""

    def app(_sent: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"Hello"]

    browser = Browser()
    assert vars(mp)["_wsgi_call_wrap"] is _callback_wrapper
    _callback_wrapper(app, {}, None)(browser, browser.sent)
    assert browser.answer == (200, [("Content-Type", "text/plain")], b"Hello")
