"""Sessions: revocable, short, and worth nothing to the thief of a dump."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import services
from portal.accounts.models import Credential, DeskSecret, DeskSession, HandlerKey, KnownBrowser
from portal.accounts.passwords import Stretcher
from portal.accounts.queries import find_session, open_private_keys
from portal.accounts.session_secrets import open_contents, unwrap_key
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.crypto import CannotOpen
from tests.accounts.browsing import is_signed_in, send, token_in, try_sign_in
from tests.accounts.dumping import dump
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.pages import PageClient

IDLE = timedelta(minutes=30)


def later(portal: Portal, **how_much: Any) -> None:
    portal.clock.at += timedelta(**how_much)  # type: ignore[attr-defined]


def refs(portal: Portal, someone: Someone) -> list[str]:
    with portal.database.read() as session:
        query = select(DeskSession.ref).where(DeskSession.person_id == someone.id)
        return list(session.scalars(query.order_by(DeskSession.started_at)))


def test_session_falls_idle_after_half_an_hour(portal: Portal, client: PageClient) -> None:
    sign_in(client, person(portal))
    later(portal, minutes=30)
    assert not is_signed_in(client)


def test_use_keeps_a_session_awake_but_not_beyond_twelve_hours(portal: Portal, client: PageClient) -> None:
    sign_in(client, person(portal))
    for _ in range(35):
        later(portal, minutes=20)
        assert is_signed_in(client)
    later(portal, minutes=20)
    assert not is_signed_in(client)


def test_signing_out_ends_the_session_for_good(portal: Portal, client: PageClient) -> None:
    secret = sign_in(client, person(portal))
    reply = client.post("/desk/sign-out")
    assert reply.status_code == 303
    thief = new_client(portal)
    thief.set_cookie("__Host-desk", secret, domain="portal.test", secure=True)
    assert not is_signed_in(thief)


def test_session_can_be_ended_from_another_browser(portal: Portal, client: PageClient) -> None:
    someone, other = person(portal), new_client(portal)
    sign_in(other, someone)
    (lost,) = refs(portal, someone)
    later(portal, seconds=1)
    sign_in(client, someone)
    reply = send(client, "/desk/sessions", f"/desk/sessions/{lost}/end")
    assert reply.status_code == 303
    assert not is_signed_in(other)
    assert is_signed_in(client)


def test_nobody_ends_a_colleagues_session(portal: Portal, client: PageClient) -> None:
    victim, theirs = person(portal), new_client(portal)
    sign_in(theirs, victim)
    (ref,) = refs(portal, victim)
    sign_in(client, person(portal))
    assert send(client, "/desk/sessions", f"/desk/sessions/{ref}/end").status_code == 404
    assert is_signed_in(theirs)


def test_form_token_of_another_person_is_refused(portal: Portal, client: PageClient) -> None:
    attacker, victim = new_client(portal), person(portal)
    sign_in(attacker, person(portal))
    token = token_in(attacker.get("/desk/sessions").get_data(as_text=True))
    sign_in(client, victim)
    (ref,) = refs(portal, victim)
    reply = client.post(f"/desk/sessions/{ref}/end", data={"form_token": token})
    assert reply.status_code == 409
    assert is_signed_in(client)


def test_form_token_of_ones_own_older_session_is_refused(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    sign_in(client, someone)
    token = token_in(client.get("/desk/sessions").get_data(as_text=True))
    sign_in(client, someone)
    ref = refs(portal, someone)[0]
    assert client.post(f"/desk/sessions/{ref}/end", data={"form_token": token}).status_code == 409


@pytest.mark.parametrize("cookie", ["", "x", "é", "A" * 43, "A" * 44, "=" * 43, "../../etc/passwd", "\x00"])
def test_invented_cookie_opens_nothing(portal: Portal, cookie: str) -> None:
    with portal.database.read() as session:
        assert find_session(session, cookie, now=portal.clock.now(), idle=IDLE) is None


def test_session_opens_its_owners_keys(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    secret = sign_in(client, someone)
    with portal.database.read() as session:
        opened = find_session(session, secret, now=portal.clock.now(), idle=IDLE)
    assert opened is not None
    assert open_private_keys(session, opened) == someone.private


def test_stolen_dump_continues_no_session_and_opens_no_key(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    assert try_sign_in(client, someone).status_code == 303
    cookie = client.get_cookie("__Host-desk", domain="portal.test")
    assert cookie is not None
    stolen = dump(portal)
    for secret in (
        cookie.value.encode(),
        someone.phrase.encode(),
        someone.totp_secret.encode(),
        someone.private.box_private,
        someone.private.box_private.hex().encode(),
        someone.private.sign_seed,
    ):
        assert secret not in stolen
    with portal.database.read() as session:
        row = session.scalars(select(DeskSession).where(DeskSession.person_id == someone.id)).one()
        secret_row = session.scalars(select(DeskSecret).where(DeskSecret.ref == row.ref)).one()
        credential = session.get(Credential, someone.id)
        key = session.scalars(select(HandlerKey).where(HandlerKey.person_id == someone.id)).one()
    assert credential is not None and row.sealed is not None and key.sealed_private is not None
    assert secret_row.key is not None
    for guess in (
        secret_row.digest,
        credential.verifier,
        hashlib.sha256(credential.verifier).digest(),
        key.box_public,
    ):
        with pytest.raises(CannotOpen):
            open_contents(row.sealed, key=guess, ref=row.ref)
        with pytest.raises(CannotOpen):
            unwrap_key(secret_row.key, secret=guess, ref=row.ref)
    thief = new_client(portal)
    for value in (secret_row.digest.hex(), row.ref):
        thief.set_cookie("__Host-desk", value, domain="portal.test", secure=True)
        assert not is_signed_in(thief)


def test_contents_of_one_session_do_not_open_in_another(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    secret = sign_in(client, someone)
    with portal.database.read() as session:
        opened = find_session(session, secret, now=portal.clock.now(), idle=IDLE)
    assert opened is not None
    with pytest.raises(CannotOpen):
        open_contents(opened.sealed, key=opened.key, ref="another-session")


def test_ended_sessions_are_deleted_within_the_hour(portal: Portal, client: PageClient) -> None:
    from portal.accounts.jobs import tidy

    someone = person(portal)
    sign_in(client, someone)
    later(portal, minutes=31)
    tidy(portal)
    assert refs(portal, someone) == []


def test_signing_out_everywhere_ends_all_and_forgets_the_browsers(portal: Portal, client: PageClient) -> None:
    someone, other = person(portal), new_client(portal)
    sign_in(other, someone)
    assert try_sign_in(client, someone).status_code == 303
    reply = send(client, "/desk/sessions", "/desk/sessions/end-all")
    assert reply.headers["Location"] == "/desk/sign-in?done=everywhere"
    assert not is_signed_in(client)
    assert not is_signed_in(other)
    with portal.database.read() as session:
        assert session.scalars(select(KnownBrowser)).all() == []
    assert "signed out everywhere" in client.get(reply.headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize("act", ["a role is given", "a role is taken", "they leave", "a reset", "a lost device"])
def test_sessions_end_when_what_they_stand_for_changes(portal: Portal, client: PageClient, act: str) -> None:
    """A session must not go on under rights, or a person's standing, that it was not begun with."""
    someone, stretcher = person(portal, roles=["moderator"]), Stretcher.of(portal.settings)
    sign_in(client, someone)
    about: Any = {"person_id": someone.id, "actor": Actor.system(), "now": portal.clock.now()}
    with portal.database.write() as session:
        if act == "a role is given":
            services.grant_role(session, role="auditor", **about)
        elif act == "a role is taken":
            services.revoke_role(session, role="moderator", **about)
        elif act == "they leave":
            services.disable_person(session, **about)
        elif act == "a reset":
            services.issue_start_code(session, stretcher=stretcher, **about)
        else:
            services.sign_out_everywhere(session, **about)
    assert not is_signed_in(client)


def test_a_role_given_twice_ends_nothing(portal: Portal, client: PageClient) -> None:
    someone = person(portal, roles=["moderator"])
    sign_in(client, someone)
    about: Any = {"person_id": someone.id, "actor": Actor.system(), "now": portal.clock.now()}
    with portal.database.write() as session:
        services.grant_role(session, role="moderator", **about)
        services.revoke_role(session, role="auditor", **about)
    assert is_signed_in(client)


def test_a_session_is_remembered_by_its_times_alone() -> None:
    """No address, browser or device: a list of sessions must not become one of a colleague's whereabouts."""
    assert {column.name for column in DeskSession.__table__.columns} == {
        *("ref", "person_id", "is_start", "started_at", "last_seen_at", "wrong_codes", "sealed")
    }
    assert {column.name for column in DeskSecret.__table__.columns} == {
        *("digest", "ref", "key", "nonce", "is_new", "made_at", "proved_at", "spent_at")
    }
