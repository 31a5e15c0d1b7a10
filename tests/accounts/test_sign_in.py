"""Signing in: the colleague gets in, the guesser does not, and nobody is locked out."""

import threading
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts import passwords
from portal.accounts.passwords import Stretcher
from portal.foundation.context import Portal
from tests.accounts.browsing import is_signed_in, send, try_sign_in
from tests.conftest import new_client
from tests.factories.accounts import person, sign_in
from tests.pages import PageClient


def later(portal: Portal, **how_much: Any) -> None:
    portal.clock.at += timedelta(**how_much)  # type: ignore[attr-defined]


def test_phrase_and_code_open_the_desk(portal: Portal, client: PageClient) -> None:
    reply = try_sign_in(client, person(portal))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/desk")
    assert is_signed_in(client)


def test_phrase_may_be_typed_with_capitals_hyphens_and_spaces(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    assert try_sign_in(client, someone, phrase=f"  {someone.phrase.title().replace(' ', '-')} ").status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [{"phrase": "one two three four five six seven"}, {"code": "000000"}, {"code": ""}, {"address": "x@y.z"}],
)
def test_every_wrong_answer_gets_the_same_words(portal: Portal, client: PageClient, wrong: dict[str, str]) -> None:
    reply = try_sign_in(client, person(portal), **wrong)
    assert reply.status_code == 422
    assert "The address, the pass phrase or the code is not right." in reply.get_data(as_text=True)
    assert not is_signed_in(client)


def test_what_was_typed_is_kept_but_the_phrase(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    page = try_sign_in(client, someone, code="000000").get_data(as_text=True)
    assert someone.address in page
    assert someone.phrase not in page


def test_the_summary_of_errors_names_each_field(client: PageClient) -> None:
    """Twice "this needs an answer" above a form says nothing to whoever hears the page read out."""
    page = send(client, "/desk/sign-in", code="123456").get_data(as_text=True)
    for label in ("E-mail address", "Pass phrase"):
        assert f"{label} – this needs an answer." in page


def test_unknown_address_costs_the_same_one_run_of_argon2(
    portal: Portal, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    original = Stretcher.stretch

    def counted(self: Stretcher, phrase: str, **how: Any) -> Any:
        runs.append(self.cost)
        return original(self, phrase, **how)

    someone = person(portal)
    monkeypatch.setattr(Stretcher, "stretch", counted)
    try_sign_in(client, someone, phrase="wrong words")
    try_sign_in(client, someone, address="nobody@office.example")
    assert len(runs) == 2
    assert runs[0] == runs[1]


def test_code_is_refused_the_second_time(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    code = someone.code
    assert try_sign_in(client, someone, code=code).status_code == 303
    other = new_client(portal)
    assert try_sign_in(other, someone, code=code).status_code == 422
    assert not is_signed_in(other)
    later(portal, seconds=30)
    assert try_sign_in(other, someone).status_code == 303


def test_older_code_is_refused_after_a_newer_one(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    older = someone.code
    later(portal, seconds=30)
    assert try_sign_in(client, someone).status_code == 303
    assert try_sign_in(new_client(portal), someone, code=older).status_code == 422


def test_code_of_yesterday_is_refused(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    code = someone.code
    later(portal, days=1)
    assert try_sign_in(client, someone, code=code).status_code == 422


def test_guessing_is_slowed_to_a_minute_at_most(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    for _ in range(3):
        assert try_sign_in(client, someone, phrase="wrong").status_code == 422
    reply = try_sign_in(client, someone, phrase="wrong")
    assert reply.status_code == 429
    assert reply.headers["Retry-After"] == "1"
    for _ in range(12):
        later(portal, seconds=61)
        assert try_sign_in(client, someone, phrase="wrong").status_code == 422
    waiting = try_sign_in(client, someone)
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) <= 60
    later(portal, seconds=60)
    assert try_sign_in(client, someone).status_code == 303


def test_guesses_from_elsewhere_do_not_keep_a_colleague_out(portal: Portal, client: PageClient) -> None:
    """An attacker in another network tries on and on; the colleague signs in at once."""
    someone = person(portal)
    attacker = new_client(portal)
    attacker.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    for _ in range(8):
        try_sign_in(attacker, someone, phrase="wrong")
        later(portal, seconds=5)
    assert try_sign_in(attacker, someone, phrase="wrong").status_code == 429
    assert try_sign_in(client, someone).status_code == 303


def test_guesses_from_the_same_office_do_not_keep_a_known_browser_out(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    assert try_sign_in(client, someone).status_code == 303
    client.post("/desk/sign-out")
    neighbour = new_client(portal)
    for _ in range(8):
        try_sign_in(neighbour, someone, phrase="wrong")
    assert try_sign_in(neighbour, someone, phrase="wrong").status_code == 429
    later(portal, seconds=30)
    assert try_sign_in(client, someone).status_code == 303


def test_a_flood_of_guesses_does_not_keep_a_known_browser_out(portal: Portal, client: PageClient) -> None:
    """Every guess at any address costs a run of Argon2, and runs are few: colleagues have a line of their own."""
    someone = person(portal)
    assert try_sign_in(client, someone).status_code == 303
    client.post("/desk/sign-out")
    later(portal, seconds=30)
    with ExitStack() as guesses:
        for _ in range(portal.settings.sign_in_concurrency):
            guesses.enter_context(passwords._turn(portal.settings.sign_in_concurrency, known=False))
        assert try_sign_in(client, someone).status_code == 303


def test_unknown_address_is_slowed_like_a_known_one(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    for _ in range(3):
        try_sign_in(client, someone, address="nobody@office.example")
    assert try_sign_in(client, someone, address="nobody@office.example").status_code == 429


def test_disabled_person_cannot_sign_in(portal: Portal, client: PageClient) -> None:
    from portal.accounts.services import disable_person
    from portal.foundation.actor import Actor

    someone = person(portal)
    with portal.database.write() as session:
        disable_person(session, person_id=someone.id, actor=Actor.system(), now=portal.clock.now())
    assert try_sign_in(client, someone).status_code == 422


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/desk/keys", "/desk/keys"),
        ("/desk?x=1", "/desk?x=1"),
        ("//evil.example/desk", "/desk"),
        ("https://evil.example/", "/desk"),
        ("/desk/\\evil", "/desk"),
        ("/deskevil", "/desk"),
    ],
)
def test_only_desk_pages_are_gone_on_to(portal: Portal, client: PageClient, target: str, goes_to: str) -> None:
    reply = try_sign_in(client, person(portal), next=target)
    assert reply.headers["Location"] == goes_to


def test_planted_session_is_never_taken_over(portal: Portal, client: PageClient) -> None:
    """Fixation: the attacker's session in the victim's browser does not become the victim's."""
    attacker, victim = person(portal), person(portal)
    planted = sign_in(client, attacker)
    reply = try_sign_in(client, victim)
    assert reply.status_code == 303
    cookie = client.get_cookie("__Host-desk", domain="portal.test")
    assert cookie is not None and cookie.value != planted
    thief = new_client(portal)
    thief.set_cookie("__Host-desk", planted, domain="portal.test", secure=True)
    assert not is_signed_in(thief)


def test_cookies_are_bound_to_the_host_and_hidden_from_scripts(portal: Portal, client: PageClient) -> None:
    reply = try_sign_in(client, person(portal))
    cookies = reply.headers.getlist("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["__Host-desk", "__Host-browser"]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_sign_in_form_sent_by_another_site_is_refused(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    fields = {"address": someone.address, "phrase": someone.phrase, "code": someone.code}
    reply = client.post("/desk/sign-in", data=fields, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403
    assert client.post("/desk/sign-in", data=fields).status_code == 422  # and without its token


def test_signing_in_in_chinese_stays_in_chinese(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    reply = send(
        client,
        "/zh-Hans/desk/sign-in",
        address=someone.address,
        phrase=someone.phrase,
        code=someone.code,
    )
    assert reply.headers["Location"] == "/zh-Hans/desk"


def test_signing_in_leaves_no_network_address_behind(portal: Portal, client: PageClient) -> None:
    client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    client.environ_base["HTTP_USER_AGENT"] = "TellTale/1.0"
    someone = person(portal)
    try_sign_in(client, someone, phrase="wrong")
    try_sign_in(client, someone)
    from tests.accounts.dumping import dump

    found = dump(portal)
    assert b"203.0.113" not in found
    assert b"TellTale" not in found


def test_simultaneous_guesses_are_all_counted(portal: Portal, client: PageClient) -> None:
    """Twelve at once do not fail for one another, and do not get twelve tries for the price of one."""
    someone = person(portal)
    clients = [new_client(portal) for _ in range(12)]
    outcomes: list[int] = []

    def guess(browser: PageClient) -> None:
        outcomes.append(try_sign_in(browser, someone, phrase="wrong").status_code)

    threads = [threading.Thread(target=guess, args=(browser,)) for browser in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [422] * 3 + [429] * 9
