"""Forms that carry their own token: they must work over HTTPS and HTTP, for one page and one session only."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from portal.foundation.clock import FixedClock
from tests.foundation.corpora import naughty_strings
from tests.pages import PageClient

GOOD = {"level": "5", "title": "Quick", "place": "a"}
PATHS = ("/sample", "/rate/sample", "/report/sample", "/desk/sample")


def token_in(response: TestResponse) -> str:
    found = re.search(r'name="form_token" type="hidden" value="([^"]+)"', response.text)
    assert found, "the page carries no token"
    return found[1]


def submission_in(response: TestResponse) -> str:
    found = re.search(r'id="submission">([^<]+)<', response.text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", PATHS)
def test_form_is_taken_over_https_with_the_referrer_policy_a_browser_obeys(shell: PageClient, path: str) -> None:
    page = shell.get(path)
    assert page.headers["Referrer-Policy"] == "same-origin"
    sent = shell.post(
        path, data={**GOOD, "form_token": token_in(page)}, headers={"Referer": f"https://portal.test{path}"}
    )
    assert sent.status_code == 303


def test_form_is_taken_over_plain_http_of_the_demonstration(shell: PageClient) -> None:
    shell.application.extensions["portal"].settings.__dict__["origin"] = "http://127.0.0.1:8000"
    base = {"base_url": "http://127.0.0.1:8000"}
    token = token_in(shell.get("/sample", **base))
    sent = shell.post(
        "/sample", data={**GOOD, "form_token": token}, headers={"Origin": "http://127.0.0.1:8000"}, **base
    )
    assert sent.status_code == 303


def test_no_form_sets_a_cookie(shell: PageClient) -> None:
    for path in PATHS:
        page = shell.get(path)
        sent = shell.post(path, data={**GOOD, "form_token": token_in(page)})
        assert "Set-Cookie" not in page.headers
        assert "Set-Cookie" not in sent.headers


def test_form_of_another_site_is_refused_even_with_a_good_token(shell: PageClient) -> None:
    token = token_in(shell.get("/sample"))
    sent = shell.post("/sample", data={**GOOD, "form_token": token}, headers={"Origin": "https://evil.test"})
    assert sent.status_code == 403


def test_token_expires_and_the_page_comes_back_with_a_fresh_one_and_all_that_was_typed(
    shell: PageClient, clock: FixedClock
) -> None:
    token = token_in(shell.get("/sample"))
    clock.at += timedelta(hours=12, seconds=1)
    again = shell.post("/sample", data={**GOOD, "words": "long story", "form_token": token})
    assert again.status_code == 422
    assert "open for too long" in again.text
    assert "long story" in again.text
    sent = shell.post("/sample", data={**GOOD, "words": "long story", "form_token": token_in(again)})
    assert sent.status_code == 303


def test_token_lasts_as_long_as_it_says(shell: PageClient, clock: FixedClock) -> None:
    token = token_in(shell.get("/sample"))
    clock.at += timedelta(hours=11, minutes=59)
    assert shell.post("/sample", data={**GOOD, "form_token": token}).status_code == 303


@pytest.mark.parametrize("change", ["", "x", "{}x", "x{}", "a.b.c", "\x00", "评" * 40, "{}" * 200])
def test_changed_token_is_refused(shell: PageClient, change: str) -> None:
    token = change.replace("{}", token_in(shell.get("/sample")))
    again = shell.post("/sample", data={**GOOD, "form_token": token})
    assert again.status_code == 422
    assert "There is a problem" in again.text


def test_token_of_one_form_does_not_open_another(shell: PageClient) -> None:
    token = token_in(shell.get("/sample"))
    assert shell.post("/other", data={**GOOD, "form_token": token}).status_code == 422


def test_token_of_one_session_is_refused_in_another(shell: PageClient) -> None:
    mine = {"X-Session": "mine"}
    token = token_in(shell.get("/sample", headers=mine))
    data = {**GOOD, "form_token": token}
    assert shell.post("/sample", data=data, headers={"X-Session": "theirs"}).status_code == 422
    assert shell.post("/sample", data=data).status_code == 422
    assert shell.post("/sample", data=data, headers=mine).status_code == 303


def test_sending_a_page_twice_gives_the_same_submission_id(shell: PageClient) -> None:
    token = token_in(shell.get("/sample"))
    once = shell.post("/sample", data={**GOOD, "form_token": token})
    twice = shell.post("/sample", data={**GOOD, "form_token": token})
    assert once.location == twice.location


def test_submission_id_survives_a_mistake_and_differs_between_pages(shell: PageClient) -> None:
    first = shell.get("/sample")
    again = shell.post("/sample", data={"form_token": token_in(first)})
    assert submission_in(again) == submission_in(first)
    assert submission_in(shell.get("/sample")) != submission_in(first)


def test_every_error_links_to_its_field_and_stands_beside_it(shell: PageClient) -> None:
    page = shell.post("/sample", data={"form_token": token_in(shell.get("/sample"))})
    assert page.status_code == 422
    for field, words in {"level": "Choose how it was.", "title": "Enter a title."}.items():
        assert f'<a href="#{field}">{words}</a>' in page.text
        assert f'id="{field}-error"' in page.text
        assert f'id="{field}"' in page.text


def test_wtforms_own_sentences_are_said_plainly(shell: PageClient) -> None:
    data = {**GOOD, "place": "elsewhere", "words": "x" * 2001, "form_token": token_in(shell.get("/sample"))}
    page = shell.post("/sample", data=data)
    assert "Choose one of the answers listed." in page.text
    assert "Use 2000 characters or fewer." in page.text
    assert "Not a valid choice" not in page.text


def test_what_a_service_refuses_is_shown_beside_the_field_it_names(shell: PageClient) -> None:
    page = shell.post("/sample", data={**GOOD, "title": "taken", "form_token": token_in(shell.get("/sample"))})
    assert page.status_code == 422
    assert '<a href="#title">1,200 have this title.</a>' in page.text
    assert "Not so." not in page.text


def test_what_a_service_refuses_as_a_whole_is_shown_above_the_form(shell: PageClient) -> None:
    page = shell.post("/sample", data={**GOOD, "title": "nobody", "form_token": token_in(shell.get("/sample"))})
    assert page.status_code == 422
    assert "Nobody can take this now." in page.text


def test_choices_stay_chosen_and_the_password_does_not_come_back(shell: PageClient) -> None:
    data = {"level": "1", "place": "b", "who": ["x", "y"], "sure": "y", "password": "tell-tale"}
    page = shell.post("/sample", data=data)
    assert re.search(r'value="1"\s+checked', page.text)
    assert re.search(r'value="b"\s+selected', page.text)
    assert len(re.findall(r'name="who"[^>]*checked', page.text)) == 2
    assert re.search(r'name="sure"[^>]*checked', page.text)
    assert "tell-tale" not in page.text


def test_files_come_along(shell: PageClient) -> None:
    token = token_in(shell.get("/sample"))
    data = {**GOOD, "form_token": token, "files": [(BytesIO(b"a"), "a.txt"), (BytesIO(b"b"), "b.txt")]}
    assert shell.post("/sample", data=data, content_type="multipart/form-data").status_code == 303


def typed_back(page: str) -> tuple[str, str]:
    """What a browser would show in the text field and the textarea, after HTML's own rules."""
    title = re.search(r'<input[^>]*name="title"[^>]*value="([^"]*)"', page, re.DOTALL)
    words = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert title
    assert words
    return unescape(title[1]), unescape(words[1].removeprefix("\n"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(typed=st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=200))
def test_nothing_typed_is_lost(shell: PageClient, typed: str) -> None:
    shell.check_pages = False  # the page is the same each time
    page = shell.post("/sample", data={"title": typed.replace("\n", " "), "words": typed})
    assert page.status_code == 422
    assert typed_back(page.text) == (typed.replace("\n", " "), typed)


def test_naughty_strings_come_back_as_they_were_typed(shell: PageClient) -> None:
    shell.check_pages = False  # the page is the same each time
    for typed in naughty_strings():
        page = shell.post("/sample", data={"words": typed})
        assert page.status_code == 422
        assert typed_back(page.text)[1] == typed
