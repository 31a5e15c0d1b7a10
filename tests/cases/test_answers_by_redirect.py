"""If these failed, browsers would keep on their disk what was sent with a form that is answered by a page."""

import html
import io
import re
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
from portal.web import errors, giving_back
from portal.web.headers import surface
from portal.web.parking import HOLDS_TYPED, LASTS, MOST, name_of
from tests.conftest import new_client
from tests.factories.cases import FIGURE, Office, answer, filed_report, token_on
from tests.pages import ORIGIN, PageClient

WRONG = "zephyrquartz marmaladefjord cobaltwindmill"
DOOR = "/report/mailbox"
COOKIE = name_of(DOOR, https=True)


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
    assert cookie.startswith(f"{COOKIE}=")
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


def came_from(path: str) -> dict[str, str]:
    """What browsers say of the page of ours that a link or a form was on."""
    return {"Referer": ORIGIN + path}


def test_each_tab_is_shown_its_own_page_until_somebody_goes_on_from_it(
    portal: Portal, office: Office, browser: PageClient
) -> None:
    """Two tabs of one browser: the later refusal takes nothing from the earlier one, nor does going on from it."""
    what, who, too_long = "/report/what", "/report/who", "Zephyrquartz " * 2000
    browser.post("/report", data=FIGURE)
    for path, name in ((what, "what"), (who, "names")):
        token = token_on(browser.get(path, headers=came_from("/report")))
        browser.post(path, data={"form_token": token, name: f"{name} {too_long}"}, headers=came_from(path))
    assert len(waiting(portal)) == 2
    for path, name in ((what, "what"), (who, "names"), (what, "what")):
        shown = browser.get(path, headers=came_from(path))
        assert shown.status_code == 422 and f"{name} Zephyrquartz" in shown.text, path

    browser.get("/report/how", headers=came_from(who))
    assert len(waiting(portal)) == 1
    assert browser.get(who, headers=came_from("/report/how")).status_code == 200
    assert browser.get(what, headers=came_from(what)).status_code == 422

    browser.post("/report/leave", headers=came_from("/report/how"))
    assert waiting(portal) == [] and not browser.get_cookie(name_of(what, https=True))


def test_browser_is_kept_few_pages(portal: Portal, browser: PageClient) -> None:
    for number in range(MOST + 1):
        browser.post(f"{DOOR}/nowhere-{number}", data={"text": "x"}, headers=came_from(DOOR))
    assert len(waiting(portal)) == 1


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_who_sent_too_large_a_file_finds_the_form_where_the_page_leads_back(
    portal: Portal, office: Office, prefix: str
) -> None:
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    files = f"{prefix}/report/files"
    token = token_on(client.get(files))
    large = io.BytesIO(bytes(portal.settings.upload_limit_mb * 1024 * 1024 + 1024))
    refused = client.post(
        files,
        data={"form_token": token, "then": "add", "file": (large, "large.bin")},
        headers=came_from(files),
    )
    assert refused.status_code == 413 and f'href="{files}"' in refused.text
    back = client.get(files, headers=came_from(files))
    assert back.status_code == 200 and 'type="file"' in back.text


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
    assert "__Host-again-" in found.headers["Set-Cookie"] and "Max-Age=0" in found.headers["Set-Cookie"]
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


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
@pytest.mark.parametrize(
    ("form", "page"),
    [("/mailbox/message", "/mailbox"), ("/mailbox/leave", "/mailbox"), ("/leave", "/what")],
)
def test_address_of_a_form_leads_to_its_page_when_the_answer_is_over(
    portal: Portal, browser: PageClient, prefix: str, form: str, page: str
) -> None:
    reply = browser.get(f"{prefix}/report{form}")
    assert reply.status_code == 303 and reply.location == f"{prefix}/report{page}"


def test_every_form_of_reporters_and_raters_has_a_page_at_its_address(portal: Portal, browser: PageClient) -> None:
    """Its answer is shown there: loaded again, it must not say that nothing is there."""
    rules = list(browser.application.url_map.iter_rules())
    theirs = [one for one in rules if surface(one.rule) in ("report", "rate")]
    shown = {one.rule for one in theirs if "GET" in (one.methods or ())}
    shown |= {f"{DOOR}/message", f"{DOOR}/leave"}  # one rule for both
    assert [one.rule for one in theirs if "POST" in (one.methods or ()) and one.rule not in shown] == []


@pytest.mark.parametrize("secret", ["", "x", "../../keys/lookup", "\ud83d", "ä" * 5000])
def test_a_secret_that_was_made_up_shows_nothing(portal: Portal, browser: PageClient, secret: str) -> None:
    try_words(new_client(portal))
    page = browser.get(
        DOOR, headers={"Cookie": f"{COOKIE}=" + secret.encode("utf-8", "replace").decode("latin-1")}
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


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
@pytest.mark.parametrize("drawn", [True, False], ids=["page", "bare"])
def test_our_own_failure_gives_back_what_was_typed_by_a_redirect_too(
    portal: Portal,
    office: Office,
    browser: PageClient,
    prefix: str,
    drawn: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """To be sent again with one button, or copied; only this browser gets it, and nobody writes it down."""
    browser.application.config["PROPAGATE_EXCEPTIONS"] = False
    browser.check_pages = drawn
    browser.post("/report", data=FIGURE)
    path, typed = f"{prefix}/report/what", "Zephyrquartz <b>补写</b>"
    token = token_on(browser.get(path))
    with monkeypatch.context() as failing:
        failing.setattr("portal.cases.services.drafts.save", fail)
        if not drawn:
            failing.setattr(errors, "render_template", fail)
        reply = browser.post(path, data={"form_token": token, "what": typed, "matter": "figure"})
    assert reply.status_code == 303 and reply.location == path
    for page in (browser.get(path), browser.get(path)):
        assert page.status_code == 500 and page.headers["Cache-Control"] == "no-store"
        assert "Zephyrquartz &lt;b&gt;补写" in page.text and HOLDS_TYPED not in page.headers
    if drawn:
        again = hidden_fields(page.text)
        assert again["what"] == typed and again["matter"] == "figure"
        taken = browser.post(path, data=again)
        assert taken.status_code == 303 and taken.location == f"{prefix}/report/how"
        assert waiting(portal) == []
        assert typed in html.unescape(browser.get(path).text)
    assert new_client(portal).get(path).status_code == 404
    written = "".join(capfd.readouterr())
    assert "Zephyrquartz" not in written and "request failed" not in written


def test_failure_with_a_file_leads_back_to_the_form(
    portal: Portal, office: Office, browser: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.application.config["PROPAGATE_EXCEPTIONS"] = False
    browser.post("/report", data=FIGURE)
    path = "/report/files"
    token = token_on(browser.get(path))
    file = (io.BytesIO(b"Zephyrquartz"), "list.csv")
    with monkeypatch.context() as failing:
        failing.setattr("portal.cases.services.intake.keep_file", fail)
        browser.post(path, data={"form_token": token, "then": "add", "file": file})
    page = browser.get(path)
    assert page.status_code == 500 and "choose it again" in page.text and "Zephyrquartz" not in page.text
    browser.post(path, data=hidden_fields(page.text))
    form = browser.get(path)
    assert form.status_code == 422 and "Choose a file first" in form.text


def test_failure_that_holds_nothing_is_shown_once(
    portal: Portal, browser: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever goes back, as it says, finds the form."""
    browser.application.config["PROPAGATE_EXCEPTIONS"] = False
    with monkeypatch.context() as failing:
        failing.setattr("portal.cases.services.mailbox.enter", fail)
        failing.setattr(giving_back, "given_back", lambda: None)
        token = token_on(browser.get(DOOR))
        assert browser.post(DOOR, data={"form_token": token, "code": WRONG}).status_code == 303
    page = browser.get(DOOR)
    assert page.status_code == 500 and "Something went wrong on our side" in page.text
    assert browser.get(DOOR).status_code == 200


def fail(*_: object, **__: object) -> Any:
    raise RuntimeError("tell-tale")


def hidden_fields(page: str) -> dict[str, str]:
    """What the page's form would send again."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


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
