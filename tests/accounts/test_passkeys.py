"""Passkeys: they stand for the code and never for the phrase, once each, at this portal only."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.errors import PasskeyRefused
from portal.accounts.models import Passkey
from portal.accounts.passkeys import new_challenge, read_answer, written
from portal.accounts.passwords import Stretcher
from portal.accounts.services import disable_person, issue_start_code
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.removals import known_removals
from tests.accounts.browsing import is_signed_in, send, token_in, try_sign_in
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.passkeys import Authenticator, options_on
from tests.pages import PageClient


def later(portal: Portal, **how_much: Any) -> None:
    portal.clock.at += timedelta(**how_much)  # type: ignore[attr-defined]


def add(client: PageClient, key: Authenticator, name: str = "Office laptop") -> TestResponse:
    page = client.get("/desk/passkeys").get_data(as_text=True)
    fields = {"form_token": token_in(page), "name": name, "passkey": key.create(options_on(page))}
    return client.post("/desk/passkeys", data=fields)


def remove(client: PageClient, passkey_id: str) -> TestResponse:
    """With the token of a form of that kind, which every page with a passkey has."""
    page = client.get("/desk/passkeys").get_data(as_text=True)
    token = page.rpartition('name="form_token"')[2].split('value="')[1].split('"')[0]
    return client.post(f"/desk/passkeys/{passkey_id}/remove", data={"form_token": token})


def answer_of(client: PageClient, key: Authenticator) -> str:
    return key.get(options_on(client.get("/desk/sign-in").get_data(as_text=True)))


def with_passkey(portal: Portal) -> tuple[Someone, Authenticator]:
    """Somebody who added a passkey, and goes on a moment later."""
    someone, key, client = person(portal), Authenticator(), new_client(portal)
    sign_in(client, someone)
    assert add(client, key).status_code == 303
    later(portal, seconds=1)
    return someone, key


def test_a_passkey_takes_the_place_of_the_code(portal: Portal, client: PageClient) -> None:
    someone, key = with_passkey(portal)
    reply = try_sign_in(client, someone, code="", passkey=answer_of(client, key))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/desk")
    page = client.get("/desk/passkeys").get_data(as_text=True)
    assert "Office laptop" in page and "never" not in page.split("Last used")[1]
    assert client.get("/desk/keys").status_code == 200


def test_it_never_takes_the_place_of_the_phrase(portal: Portal, client: PageClient) -> None:
    someone, key = with_passkey(portal)
    for phrase in ("wrong", "one two three four five six seven"):
        reply = try_sign_in(client, someone, phrase=phrase, code="", passkey=answer_of(client, key))
        assert reply.status_code == 422
    assert not is_signed_in(client)


def test_an_answer_is_taken_once(portal: Portal, client: PageClient) -> None:
    someone, key = with_passkey(portal)
    answer = answer_of(client, key)
    assert try_sign_in(client, someone, code="", passkey=answer).status_code == 303
    thief = new_client(portal)
    assert try_sign_in(thief, someone, code="", passkey=answer).status_code == 422
    assert not is_signed_in(thief)


def test_an_answer_kept_back_is_not_taken_after_a_newer_one(portal: Portal, client: PageClient) -> None:
    someone, key = with_passkey(portal)
    kept = answer_of(client, key)
    later(portal, seconds=1)
    assert try_sign_in(client, someone, code="", passkey=answer_of(client, key)).status_code == 303
    assert try_sign_in(new_client(portal), someone, code="", passkey=kept).status_code == 422


WRONG: dict[str, Callable[[Portal, PageClient, Authenticator], str]] = {
    "somebody else's device": lambda _portal, client, key: answer_of(client, Authenticator(id=key.id)),
    "an unknown passkey": lambda _portal, client, _key: answer_of(client, Authenticator()),
    "made at another site": lambda _portal, client, key: answer_of(
        client, Authenticator(origin="https://portal.test.evil.example", id=key.id, key=key.key)
    ),
    "a challenge of our own making": lambda _portal, _client, key: key.get(
        {"challenge": written(bytes(40)), "rpId": "portal.test"}
    ),
    "a challenge for adding": lambda portal, _client, key: key.get(
        {
            "challenge": written(new_challenge(portal.keys, purpose="register x", now=portal.clock.now())),
            "rpId": "portal.test",
        }
    ),
    "not JSON": lambda _portal, _client, _key: "{",
    "not an object": lambda _portal, _client, _key: "[[]]",
    "too deep": lambda _portal, _client, _key: "[" * 19_000,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_other_answers_are_refused_in_the_same_words(portal: Portal, client: PageClient, wrong: str) -> None:
    someone, key = with_passkey(portal)
    reply = try_sign_in(client, someone, code="", passkey=WRONG[wrong](portal, client, key))
    assert reply.status_code == 422
    assert "The address, the pass phrase or the code is not right." in reply.get_data(as_text=True)
    assert not is_signed_in(client)


def test_a_colleagues_passkey_opens_nothing(portal: Portal, client: PageClient) -> None:
    someone, _ = with_passkey(portal)
    _, other = with_passkey(portal)
    assert try_sign_in(client, someone, code="", passkey=answer_of(client, other)).status_code == 422


def test_guesses_do_not_keep_a_passkey_out(portal: Portal, client: PageClient) -> None:
    """From the same office, in a browser never used before: still nobody can lock a colleague out."""
    someone, key = with_passkey(portal)
    for _ in range(6):
        try_sign_in(client, someone, phrase="wrong")
    assert try_sign_in(client, someone).status_code == 429
    assert try_sign_in(client, someone, code="", passkey=answer_of(client, key)).status_code == 303


def test_adding_one_needs_somebody_who_has_just_signed_in(portal: Portal, client: PageClient) -> None:
    someone, key = person(portal), Authenticator()
    sign_in(client, someone)
    page = client.get("/desk/passkeys").get_data(as_text=True)
    later(portal, minutes=11)
    stale = {"form_token": token_in(page), "name": "x", "passkey": key.create(options_on(page))}
    assert client.post("/desk/passkeys", data=stale).status_code == 422
    page = client.get("/desk/passkeys").get_data(as_text=True)
    assert "data-passkey" not in page and "confirm first that it is you" in page
    with portal.database.read() as session:
        assert session.scalars(select(Passkey)).all() == []


def test_a_challenge_of_another_session_adds_nothing(portal: Portal, client: PageClient) -> None:
    """Somebody who can plant an answer in a victim's form does not get their own device in."""
    attacker, key = new_client(portal), Authenticator()
    sign_in(attacker, person(portal))
    planted = key.create(options_on(attacker.get("/desk/passkeys").get_data(as_text=True)))
    sign_in(client, person(portal))
    assert send(client, "/desk/passkeys", name="x", passkey=planted).status_code == 422


def test_several_are_told_apart_by_name_and_removed_one_by_one(portal: Portal, client: PageClient) -> None:
    someone, first, second = person(portal), Authenticator(), Authenticator()
    sign_in(client, someone)
    assert add(client, first, "First").status_code == 303
    assert add(client, second, "Second").status_code == 303
    assert add(client, second, "Again").status_code == 422
    with portal.database.read() as session:
        gone = session.scalars(select(Passkey.id).where(Passkey.name == "First")).one()
    assert remove(client, gone).status_code == 303
    later(portal, seconds=1)
    other = new_client(portal)
    assert try_sign_in(other, someone, code="", passkey=answer_of(other, first)).status_code == 422
    assert try_sign_in(other, someone, code="", passkey=answer_of(other, second)).status_code == 303
    with portal.database.read() as session:
        assert [one.kind for one in known_removals(session)] == ["accounts.passkey-removed"]


def test_nobody_removes_a_colleagues(portal: Portal, client: PageClient) -> None:
    with_passkey(portal)
    with portal.database.read() as session:
        theirs = session.scalars(select(Passkey.id)).one()
    sign_in(client, person(portal))
    assert add(client, Authenticator(), "My own").status_code == 303
    assert remove(client, theirs).status_code == 404
    with portal.database.read() as session:
        assert len(session.scalars(select(Passkey)).all()) == 2


@pytest.mark.parametrize("act", ["reset", "disabled"])
def test_they_go_with_a_reset_and_a_departure(portal: Portal, act: str) -> None:
    someone, _ = with_passkey(portal)
    with portal.database.write() as session:
        about: Any = {"person_id": someone.id, "actor": Actor.system(), "now": portal.clock.now()}
        if act == "reset":
            issue_start_code(session, stretcher=Stretcher.of(portal.settings), **about)
        else:
            disable_person(session, **about)
        assert session.scalars(select(Passkey)).all() == []


def test_a_challenge_grows_old(portal: Portal) -> None:
    made = portal.clock.now()
    challenge = new_challenge(portal.keys, purpose="sign-in", now=made)
    answer = Authenticator().get({"challenge": written(challenge), "rpId": "portal.test"})
    assert read_answer(answer, keys=portal.keys, purpose="sign-in", now=made + timedelta(hours=2))
    for off in (timedelta(hours=2, seconds=1), timedelta(seconds=-2)):
        with pytest.raises(PasskeyRefused):
            read_answer(answer, keys=portal.keys, purpose="sign-in", now=made + off)


def test_the_page_is_bound_by_the_same_strict_policy(portal: Portal, client: PageClient) -> None:
    sign_in(client, person(portal))
    reply = client.get("/desk/passkeys")
    assert "script-src 'self';" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
