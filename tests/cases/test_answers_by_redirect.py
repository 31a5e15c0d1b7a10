"""If these failed, browsers would keep on their disk what was sent with a form that is answered by a page."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.cases import jobs
from portal.foundation import crypto, parked
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.jobs import JobContext
from portal.web.parking import LASTS
from tests.conftest import new_client
from tests.factories.cases import FIGURE, Office, answer, filed_report, token_on
from tests.pages import PageClient

WRONG = "zephyrquartz marmaladefjord cobaltwindmill"
DOOR = "/report/mailbox"


@pytest.fixture
def browser(portal: Portal, office: Office) -> PageClient:
    """Goes nowhere by itself."""
    client = new_client(portal)
    client.follows = False
    return client


def waiting(portal: Portal) -> list[Path]:
    return sorted((portal.settings.var / parked.FOLDER).glob("*"))


def try_words(client: PageClient, words: str = WRONG, path: str = DOOR) -> TestResponse:
    return client.post(path, data={"form_token": token_on(client.get(path)), "code": words})


def test_a_refused_form_is_a_redirect_to_a_page_that_can_be_loaded_again(browser: PageClient) -> None:
    refused = try_words(browser)

    assert refused.status_code == 303 and refused.location == DOOR and refused.data == b""
    assert refused.headers["Cache-Control"] == "no-store"
    assert "zephyrquartz" not in str(refused.headers)
    [cookie] = refused.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-again=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} == set(cookie.split("; ")[1:])
    for page in (browser.get(DOOR), browser.get(DOOR)):
        assert (
            page.status_code == 422 and WRONG in page.text and "No report was sent with these words" in page.text
        )
        assert "script-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store" and not page.headers.getlist("Set-Cookie")


def test_right_and_wrong_words_are_answered_alike_but_for_the_cookie(portal: Portal, browser: PageClient) -> None:
    code = filed_report(portal).code
    wrong, right = try_words(browser), try_words(browser, code)
    assert (wrong.status_code, wrong.location) == (right.status_code, right.location) == (303, DOOR)


@pytest.mark.parametrize("path", ["/report", "/report/mailbox/1", f"{DOOR}?q=1"])
def test_it_is_forgotten_with_the_next_other_page(portal: Portal, browser: PageClient, path: str) -> None:
    try_words(browser)
    assert len(waiting(portal)) == 1
    left = browser.get(path)
    assert waiting(portal) == [] and "Max-Age=0" in left.headers["Set-Cookie"] and "zephyrquartz" not in left.text
    assert browser.get(DOOR).status_code == 200


def test_it_is_forgotten_with_the_next_form_refused_or_taken(portal: Portal, browser: PageClient) -> None:
    code = filed_report(portal).code
    try_words(browser)
    before = waiting(portal)
    try_words(browser, "other words")
    assert len(waiting(portal)) == 1 and waiting(portal) != before
    assert "other words" in browser.get(DOOR).text

    assert try_words(browser, code).status_code == 303
    assert waiting(portal) == [] and browser.get(DOOR).status_code == 200


def test_what_was_found_is_shown_once(portal: Portal, office: Office) -> None:
    """Loaded again, the empty form appears, whatever was searched for or read."""
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    token = token_on(client.get("/report/figures"))
    client.follows = False
    reply = client.post("/report/figures", data={"form_token": token, "q": "Zephyrquartz", "then": "search"})
    assert reply.status_code == 303 and len(waiting(portal)) == 1
    found, again = client.get("/report/figures"), client.get("/report/figures")
    assert found.status_code == again.status_code == 200
    assert "Zephyrquartz" in found.text and "Zephyrquartz" not in again.text
    assert "__Host-again=;" in found.headers["Set-Cookie"] and "Max-Age=0" in found.headers["Set-Cookie"]
    assert waiting(portal) == []


def test_it_waits_for_some_minutes_and_its_file_for_a_day(portal: Portal, browser: PageClient) -> None:
    try_words(browser)
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += LASTS - timedelta(seconds=1)
    assert browser.get(DOOR).status_code == 422
    portal.clock.at += timedelta(seconds=1)
    try_words(new_client(portal))
    [first, second] = waiting(portal)
    context = JobContext(portal.settings, portal.database, portal.keys, portal.clock)
    jobs.clear_up(context)
    assert waiting(portal) == [first, second]
    portal.clock.at += timedelta(days=1)
    jobs.clear_up(context)
    assert waiting(portal) == []
    assert browser.get(DOOR).status_code == 200


def test_its_file_says_no_word_no_length_no_hour_and_not_whose_it_is(portal: Portal, browser: PageClient) -> None:
    secret = try_words(browser).headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    try_words(new_client(portal), WRONG * 40)

    [one, other] = waiting(portal)
    assert one.stat().st_size == other.stat().st_size
    for path in (one, other):
        sealed = path.read_bytes()
        assert b"zephyrquartz" not in sealed and b"form_token" not in sealed and b"mailbox" not in sealed
        assert secret not in path.name and secret.encode() not in sealed
        assert datetime.fromtimestamp(path.stat().st_mtime, UTC).time() == datetime.min.time()
        assert path.stat().st_mode & 0o777 == 0o600
    assert portal.settings.var / parked.FOLDER == one.parent and one.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("secret", ["", "x", "../../keys/lookup", "\ud83d", "ä" * 5000])
def test_a_secret_that_was_made_up_shows_nothing(portal: Portal, browser: PageClient, secret: str) -> None:
    try_words(new_client(portal))
    page = browser.get(
        DOOR, headers={"Cookie": "__Host-again=" + secret.encode("utf-8", "replace").decode("latin-1")}
    )
    assert page.status_code == 200 and "zephyrquartz" not in page.text
    assert len(waiting(portal)) == 1


def test_form_of_another_site_is_answered_at_once_and_pushes_nothing_away(
    portal: Portal, browser: PageClient
) -> None:
    try_words(browser)
    before = waiting(portal)
    other = new_client(portal)
    other.follows = False
    refused = other.post(DOOR, data={"code": "x"}, headers={"Origin": "https://elsewhere.example"})
    assert refused.status_code == 403 and not refused.headers.getlist("Set-Cookie")
    assert waiting(portal) == before


def test_every_refusal_on_the_way_is_a_redirect(portal: Portal, office: Office) -> None:
    """With the page of its own status at its address, and what was typed upon it."""
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    too_long = "Zephyrquartz " * 2000
    large = io.BytesIO(bytes(portal.settings.upload_limit_mb * 1024 * 1024 + 1024))
    refused: list[tuple[str, dict[str, Any], int]] = [
        ("/report/what", {"what": too_long}, 422),
        ("/report/how", {"how": too_long}, 422),
        ("/report/figures", {"q": "Zephyrquartz", "then": "search"}, 200),
        ("/report/files", {"then": "add"}, 422),
        ("/report/files", {"then": "add", "file": (large, "large.bin")}, 413),
        ("/report/who", {"names": too_long}, 422),
        ("/report/check", {"form_token": "stale"}, 422),
        ("/report/mailbox/message", {"text": "Zephyrquartz"}, 410),
        ("/report/mailbox/4", {"text": "Zephyrquartz"}, 410),
        ("/report/leave/nowhere", {"what": "Zephyrquartz"}, 404),
    ]
    for path, fields, status in refused:
        token = (
            {} if status in (404, 410) or "form_token" in fields else {"form_token": token_on(client.get(path))}
        )
        client.follows = False
        reply = client.post(path, data=token | fields)
        client.follows = True
        assert reply.status_code == 303 and reply.location == path, path
        assert client.get(path).status_code == status, path


def test_our_own_failure_is_shown_by_a_redirect_too(
    portal: Portal, browser: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise RuntimeError("tell-tale")

    browser.application.config["PROPAGATE_EXCEPTIONS"] = False
    token = token_on(browser.get(DOOR))
    monkeypatch.setattr("portal.cases.services.mailbox.enter", fail)
    reply = browser.post(DOOR, data={"form_token": token, "code": WRONG})
    assert reply.status_code == 303
    page = browser.get(DOOR)
    assert page.status_code == 500 and "Something went wrong on our side" in page.text


def no_room(*_: object, **__: object) -> Any:
    raise OSError("no space left")


def page_that_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "MOST_BYTES", 100)


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
@pytest.mark.parametrize(
    "happens",
    [page_that_does_not_fit, lambda patch: patch.setattr(crypto, "aead_seal", no_room)],
    ids=["size", "disk"],
)
def test_what_cannot_wait_leads_to_a_page_that_says_it_was_not_taken(
    portal: Portal,
    browser: PageClient,
    prefix: str,
    happens: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = token_on(browser.get(prefix + DOOR))
    happens(monkeypatch)
    reply = browser.post(prefix + DOOR, data={"form_token": token, "code": WRONG})
    assert reply.status_code == 303 and reply.location == f"{prefix}/report/again"
    page = browser.get(reply.location)
    assert page.status_code == 200 and ("没有被接收" if prefix else "was not taken") in page.text
    assert waiting(portal) == []


def test_a_report_that_is_taken_lays_nothing_down(portal: Portal, office: Office) -> None:
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="It is false.")
    answer(client, "/report/check")
    assert not (portal.settings.var / parked.FOLDER).exists()
