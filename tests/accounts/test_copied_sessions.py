"""A session stolen: the cookie copied out of a browser, and used beside its owner or in their place.

Were these to fail, whoever reads a browser's files once could read cases for a day without anybody learning of it.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from portal.accounts import rules
from portal.accounts.errors import SignInIsOld
from portal.accounts.models import DeskSecret, SessionAlarm
from portal.accounts.queries import find_session, follower_of, open_private_keys
from portal.accounts.queries.sessions import decode_secret
from portal.accounts.services import end_everybodys_sessions, revoke_role, tend_session
from portal.accounts.session_secrets import follower, unwrap_key
from portal.audit.models import AuditEntry
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.crypto import CannotOpen
from tests.accounts.browsing import is_signed_in, send, token_in, try_sign_in
from tests.accounts.test_sessions import later
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.pages import PageClient

MINUTES = int(rules.SECRET_LASTS.total_seconds() // 60)
IDLE = timedelta(minutes=30)


def secret_of(client: PageClient) -> str:
    cookie = client.get_cookie("__Host-desk", domain="portal.test")
    assert cookie is not None
    return cookie.value


def thief_with(portal: Portal, secret: str) -> PageClient:
    """A browser elsewhere that was given the cookie."""
    thief = new_client(portal)
    thief.set_cookie("__Host-desk", secret, domain="portal.test", secure=True, path="/")
    return thief


def alarms(portal: Portal, someone: Someone) -> int:
    with portal.database.read() as session:
        return len(session.scalars(select(SessionAlarm).where(SessionAlarm.person_id == someone.id)).all())


def renewed(portal: Portal, client: PageClient) -> tuple[str, str]:
    """Use the session until its secret was replaced and the new one is in use; the old one and the new one."""
    old = secret_of(client)
    later(portal, minutes=MINUTES)
    assert is_signed_in(client)
    new = secret_of(client)
    assert new != old
    assert is_signed_in(client)
    return old, new


def test_a_secret_is_replaced_every_few_minutes_of_use(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    first = sign_in(client, someone)
    later(portal, minutes=MINUTES - 1)
    assert is_signed_in(client) and secret_of(client) == first
    seen = {first}
    for _ in range(4):
        seen.update(renewed(portal, client))
    assert len(seen) == 5 and alarms(portal, someone) == 0
    with portal.database.read() as session:
        opened = find_session(session, secret_of(client), now=portal.clock.now(), idle=IDLE)
        assert opened is not None and open_private_keys(session, opened) == someone.private


def test_two_holders_of_one_cookie_are_found_out_when_the_copy_comes_back(
    portal: Portal, client: PageClient
) -> None:
    someone = person(portal)
    thief = thief_with(portal, sign_in(client, someone))
    assert is_signed_in(thief)
    renewed(portal, client)
    later(portal, seconds=60)
    reply = thief.get("/desk")
    assert reply.status_code == 303 and "done=copied" in reply.headers["Location"]
    assert not is_signed_in(client) and not is_signed_in(thief)
    assert alarms(portal, someone) == 1


def test_a_thief_who_goes_on_first_is_found_out_by_the_owner(portal: Portal, client: PageClient) -> None:
    """The owner's session ends as well, and they read why before anything else when they sign in again."""
    someone = person(portal)
    thief = thief_with(portal, sign_in(client, someone))
    renewed(portal, thief)
    later(portal, seconds=60)
    shown = client.get("/desk", follow_redirects=True).get_data(as_text=True)
    assert "two browsers held it" in shown
    assert not is_signed_in(thief)
    with portal.database.read() as session:
        acts = session.execute(select(AuditEntry.act, AuditEntry.subject)).all()
    assert ("accounts.session-copied", someone.id) in {tuple(row) for row in acts}

    later(portal, minutes=1)
    reply = try_sign_in(client, someone)
    assert reply.headers["Location"] == "/desk/sessions"
    assert "was held by two browsers" in client.get("/desk/sessions").get_data(as_text=True)
    assert send(client, "/desk/sessions", "/desk/sessions/read").status_code == 303
    assert "was held by two browsers" not in client.get("/desk/sessions").get_data(as_text=True)


def test_a_thief_who_never_takes_the_new_secret_is_found_out_as_well(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    old = sign_in(client, someone)
    later(portal, minutes=MINUTES)
    assert is_signed_in(thief_with(portal, old))
    assert is_signed_in(client) and secret_of(client) != old
    assert is_signed_in(thief_with(portal, old))
    assert is_signed_in(client)
    later(portal, seconds=60)
    assert not is_signed_in(thief_with(portal, old)) and not is_signed_in(client)
    assert alarms(portal, someone) == 1


def test_what_a_browser_asks_at_the_same_time_ends_nothing(portal: Portal, client: PageClient) -> None:
    """Tabs and pictures are asked with the old secret until the answer with the new one is there."""
    someone = person(portal)
    old = sign_in(client, someone)
    later(portal, minutes=MINUTES)
    tabs = [thief_with(portal, old) for _ in range(3)]
    assert all(is_signed_in(tab) for tab in (client, *tabs))
    assert {secret_of(tab) for tab in tabs} == {secret_of(client)}
    assert is_signed_in(client)
    later(portal, seconds=59)
    late = thief_with(portal, old)
    assert is_signed_in(late) and is_signed_in(client)
    assert alarms(portal, someone) == 0


def test_two_requests_that_both_find_the_old_secret_get_the_same_new_one(
    portal: Portal, client: PageClient
) -> None:
    cookie, now = sign_in(client, person(portal)), portal.clock.now() + rules.SECRET_LASTS
    with portal.database.read() as session:
        both = [find_session(session, cookie, now=now, idle=IDLE) for _ in range(2)]
    given = []
    for opened in both:
        assert opened is not None and opened.nonce is None
        with portal.database.write() as session:
            given.append(follower_of(tend_session(session, opened=opened, now=now)))
    assert given[0] is not None and given[0] == given[1]


def test_processes_that_answer_at_the_same_moment_give_the_same_new_secret(
    portal: Portal, client: PageClient
) -> None:
    """Several processes serve the desk: nothing but the database tells them of each other."""
    someone = person(portal)
    cookie, now = sign_in(client, someone), portal.clock.now() + rules.SECRET_LASTS
    with portal.database.read() as session:
        opened = find_session(session, cookie, now=now, idle=IDLE)
    assert opened is not None
    together = Barrier(4)

    def answered(_: int) -> str | None:
        together.wait(timeout=30)
        with portal.database.write() as session:
            return follower_of(tend_session(session, opened=opened, now=now))

    with ThreadPoolExecutor(4) as processes:
        given = set(processes.map(answered, range(4)))
    assert len(given) == 1 and None not in given
    with portal.database.read() as session:
        assert len(session.scalars(select(DeskSecret)).all()) == 2


def test_an_answer_that_never_arrives_costs_nothing(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    old = sign_in(client, someone)
    for _ in range(3):
        later(portal, minutes=MINUTES)
        assert is_signed_in(client)
        client.set_cookie("__Host-desk", old, domain="portal.test", secure=True, path="/")
    assert is_signed_in(client)
    assert alarms(portal, someone) == 0


def test_what_was_typed_in_another_tab_can_be_sent_after_the_secret_was_replaced(
    portal: Portal, client: PageClient
) -> None:
    sign_in(client, person(portal))
    token = token_in(client.get("/desk/mail").get_data(as_text=True))
    renewed(portal, client)
    reply = client.post("/desk/mail", data={"form_token": token, "mail": "en"})
    assert reply.status_code == 303


@pytest.mark.parametrize("end", ["signed out", "phrase", "role", "restored"])
def test_an_old_cookie_is_worth_nothing_after(portal: Portal, client: PageClient, end: str) -> None:
    someone = person(portal, roles=["moderator"])
    copied = sign_in(client, someone)
    if end == "signed out":
        client.post("/desk/sign-out")
    elif end == "phrase":
        send(client, "/desk/phrase", phrase=someone.phrase)
        page = client.get("/desk/phrase/new").get_data(as_text=True)
        words = page.split('class="gp-secret">')[1].split("<")[0]
        assert send(client, "/desk/phrase/new", phrase=words).status_code == 303
        assert is_signed_in(client) and secret_of(client) != copied
        later(portal, seconds=60)
    else:
        with portal.database.write() as session:
            if end == "role":
                about = {"actor": Actor.system(), "now": portal.clock.now()}
                revoke_role(session, person_id=someone.id, role="moderator", **about)
            else:
                end_everybodys_sessions(session)
    assert not is_signed_in(thief_with(portal, copied))


def test_a_cookie_chosen_by_somebody_else_is_not_taken_at_sign_in(portal: Portal, client: PageClient) -> None:
    someone, planted = person(portal), sign_in(new_client(portal), person(portal))
    for fixed in ("A" * 43, planted):
        client.set_cookie("__Host-desk", fixed, domain="portal.test", secure=True, path="/")
        assert try_sign_in(client, someone).status_code == 303
        assert secret_of(client) != fixed
        later(portal, seconds=31)


def test_an_old_cookie_and_the_whole_database_open_no_key(portal: Portal, client: PageClient) -> None:
    """What opened the session's key under it is deleted, and so is what would lead on to the new secret."""
    sign_in(client, person(portal))
    old, _ = renewed(portal, client)
    with portal.database.read() as session:
        nonces = [row.nonce for row in session.scalars(select(DeskSecret))]
    later(portal, seconds=61)
    assert is_signed_in(client)
    with portal.database.read() as session:
        rows = session.scalars(select(DeskSecret)).all()
    keys, ref = [row.key for row in rows if row.key is not None], rows[0].ref
    assert nonces == [None, None] and len(keys) == 1
    for guess in (decode_secret(old), follower(decode_secret(old), b"")):
        with pytest.raises(CannotOpen):
            unwrap_key(keys[0], secret=guess, ref=ref)


@pytest.mark.parametrize("path", ["/desk/passkeys/x/remove", "/desk/keys/x/sign"])
def test_a_copied_cookie_does_nothing_that_is_grave(portal: Portal, client: PageClient, path: str) -> None:
    sign_in(client, person(portal, roles=["case-officer"]))
    later(portal, minutes=11)
    reply = client.post(path, data={"form_token": token_in(client.get("/desk/mail").get_data(as_text=True))})
    assert reply.status_code == 303
    assert reply.headers["Location"].replace("%2F", "/").startswith("/desk/confirm?next=/desk/")


def test_a_code_confirms_and_the_copy_stays_outside(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    thief = thief_with(portal, sign_in(client, someone))
    later(portal, minutes=11)
    assert is_signed_in(thief)
    asked = {"code": someone.code, "next": "/desk/passkeys"}
    reply = send(client, "/desk/confirm", **asked)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/desk/passkeys")
    assert "Confirm that it is you" not in client.get("/desk/passkeys").get_data(as_text=True)
    assert "Confirm that it is you" in thief.get("/desk/passkeys").get_data(as_text=True)
    later(portal, seconds=60)
    assert not is_signed_in(thief) and alarms(portal, someone) == 1


def test_a_confirmation_whose_answer_is_lost_or_clicked_twice_signs_nobody_out(
    portal: Portal, client: PageClient
) -> None:
    """The old secret stays good, and unproved, until the browser comes back with the new one."""
    someone = person(portal)
    sign_in(client, someone)
    later(portal, minutes=11)
    assert is_signed_in(client)
    old = secret_of(client)
    token = token_in(client.get("/desk/confirm").get_data(as_text=True))
    typed = {"form_token": token, "code": someone.code}
    assert client.post("/desk/confirm", data=typed).status_code == 303
    client.set_cookie("__Host-desk", old, domain="portal.test", secure=True, path="/")
    assert client.post("/desk/confirm", data=typed).status_code == 422, "a code is good once"
    later(portal, minutes=5)
    assert is_signed_in(client) and alarms(portal, someone) == 0
    assert "Confirm that it is you" in client.get("/desk/passkeys").get_data(as_text=True)
    assert send(client, "/desk/confirm", code=someone.code).status_code == 303
    assert "Confirm that it is you" not in client.get("/desk/passkeys").get_data(as_text=True)
    later(portal, minutes=5)
    assert is_signed_in(client) and alarms(portal, someone) == 0


def test_what_was_sent_long_before_it_came_is_refused_and_ends_nothing(portal: Portal, client: PageClient) -> None:
    """A file on a slow line comes with the secret of minutes ago, while another tab has gone on."""
    someone = person(portal)
    sign_in(client, someone)
    token = token_in(client.get("/desk/mail").get_data(as_text=True))
    old, new = renewed(portal, client)
    later(portal, minutes=3)
    client.set_cookie("__Host-desk", old, domain="portal.test", secure=True, path="/")
    reply = client.post("/desk/mail", data={"form_token": token, "mail": "en"})
    assert reply.status_code == 303 and reply.headers["Location"] == "/desk/sign-in?done=late"
    client.set_cookie("__Host-desk", new, domain="portal.test", secure=True, path="/")
    assert "came too late" in client.get(reply.headers["Location"]).get_data(as_text=True)
    assert is_signed_in(client) and alarms(portal, someone) == 0


def test_a_copied_cookie_that_only_sends_is_found_out_by_the_page_that_follows(
    portal: Portal, client: PageClient
) -> None:
    someone = person(portal)
    thief = thief_with(portal, sign_in(client, someone))
    token = token_in(thief.get("/desk/mail").get_data(as_text=True))
    renewed(portal, client)
    later(portal, seconds=60)
    reply = thief.post("/desk/mail", data={"form_token": token, "mail": "en"}, follow_redirects=True)
    assert "two browsers held it" in reply.get_data(as_text=True)
    assert not is_signed_in(client) and alarms(portal, someone) == 1


def test_a_used_code_confirms_nothing_and_five_guesses_end_the_session(portal: Portal, client: PageClient) -> None:
    """Whoever guesses gets five guesses, and makes nobody wait: its owner signs in again at once."""
    someone = person(portal)
    assert try_sign_in(client, someone).status_code == 303
    for number in range(5):
        assert is_signed_in(client), number
        reply = send(client, "/desk/confirm", code=someone.code if number == 0 else "000000")
        assert reply.status_code == 422
    assert not is_signed_in(client)
    later(portal, minutes=1)
    assert try_sign_in(client, someone).status_code == 303


def test_who_is_fresh_is_a_rule(portal: Portal) -> None:
    now = portal.clock.now()
    assert rules.is_fresh(now - timedelta(minutes=10), is_start=False, now=now)
    assert not rules.is_fresh(now - timedelta(minutes=10, seconds=1), is_start=False, now=now)
    assert not rules.is_fresh(now, is_start=True, now=now)
    assert SignInIsOld().status == 403
