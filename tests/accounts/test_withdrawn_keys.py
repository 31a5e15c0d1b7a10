"""Whoever made a new key can take it back while it waits: nothing is left that colleagues could bring to life.

Were this to fail, a key that somebody else had made in one's name would wait until two colleagues signed it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.errors import KeyIsInUse, NoSuchKey
from portal.accounts.jobs import take_keys_into_use
from portal.accounts.models import HandlerKey, KeySignature
from portal.accounts.queries import find_session, open_private_keys, trusted_keys_of, waiting_keys
from portal.accounts.queries.keys import public_keys
from portal.accounts.queries.sessions import held_keys
from portal.accounts.services import load_anchors, sign_key, withdraw_new_key
from portal.accounts.values import PrivateKeys
from portal.audit.queries import acts_of_chain
from portal.audit.values import MAIN
from portal.duties.models import DutyRow
from portal.duties.new_keys import ask, ask_for_signatures
from portal.duties.queries import duties_of
from portal.foundation.context import Portal
from portal.foundation.errors import PortalError
from portal.foundation.removals import known_removals
from tests.accounts.browsing import send, token_in
from tests.conftest import new_client
from tests.factories.accounts import Someone, new_key, person, sign_in, vouch_for
from tests.pages import PageClient

People = tuple[Someone, Someone, Someone]


@pytest.fixture
def people(portal: Portal) -> People:
    one, two, three = (person(portal, roles=["case-officer"], name=name) for name in ("Ada", "Ben", "Cleo"))
    return one, two, three


def withdraw(portal: Portal, someone: Someone, key_id: str, secret: str) -> None:
    with portal.database.write() as session:
        withdraw_in(session, someone, key_id, secret)


def withdraw_in(session: Session, someone: Someone, key_id: str, secret: str) -> None:
    now = someone.portal.clock.now()
    opened = find_session(session, secret, now=now, idle=timedelta(minutes=1))
    assert opened is not None
    withdraw_new_key(session, key_id=key_id, opened=opened, actor=someone.actor, now=now)


def sign_in_session(session: Session, signer: Someone, key: PrivateKeys) -> None:
    """The signer compares the key and signs it, in a transaction that goes on."""
    sign_key(
        session,
        key_id=key.key_id,
        fingerprint=public_keys(session.get_one(HandlerKey, key.key_id)).fingerprint,
        private=signer.private,
        anchors=load_anchors(signer.portal.settings.var),
        actor=signer.actor,
        now=signer.portal.clock.now(),
    )


@contextmanager
def beside(portal: Portal, other: Callable[[], object]) -> Iterator[Session]:
    """A transaction in which something is done; before it ends, somebody else has begun `other`, and waits."""

    unforeseen = list[Exception]()

    def run() -> None:
        try:
            with suppress(PortalError):
                other()
        except Exception as error:
            unforeseen.append(error)

    thread = threading.Thread(target=run)
    with portal.database.write() as session:
        yield session
        session.flush()
        thread.start()
        while not portal.database.is_sqlite and thread.is_alive():
            waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            with portal.database.read() as reading:
                if reading.scalar(waiting):
                    break
    thread.join()
    assert unforeseen == []


def row_of(portal: Portal, key: PrivateKeys) -> HandlerKey:
    with portal.database.read() as session:
        return session.get_one(HandlerKey, key.key_id)


def receives(portal: Portal, someone: Someone) -> list[str]:
    with portal.database.read() as session:
        found = trusted_keys_of(session, [someone.id], load_anchors(portal.settings.var))
    return [one.key_id for one in found]


def acts(portal: Portal) -> list[str]:
    with portal.database.read() as session:
        return [act.act for act in acts_of_chain(session, MAIN)]


def waits_for(portal: Portal, someone: Someone) -> int:
    with portal.database.read() as session:
        return len(duties_of(session, someone.actor, now=portal.clock.now()))


def test_a_key_that_was_withdrawn_is_never_taken_into_use(portal: Portal, people: People) -> None:
    one, two, three = people
    key = new_key(one)
    vouch_for(key, two)
    withdraw(portal, one, key.key_id, sign_in(new_client(portal), one))

    gone = row_of(portal, key)
    assert gone.retired_at is not None and gone.sealed_private is None
    with portal.database.read() as session:
        assert session.scalars(select(KeySignature).where(KeySignature.key_id == key.key_id)).all() == []
        assert waiting_keys(session, load_anchors(portal.settings.var)) == ()
        assert ("accounts.key-retired", key.key_id) in {(one.kind, one.subject) for one in known_removals(session)}
    with pytest.raises(NoSuchKey):
        vouch_for(key, three)
    take_keys_into_use(portal)  # type: ignore[arg-type]
    assert receives(portal, one) == [one.private.key_id]
    assert acts(portal)[-1] == "accounts.withdraw-key"


def test_only_its_owner_can_withdraw_it_and_only_while_it_waits(portal: Portal, people: People) -> None:
    one, two, three = people
    key = new_key(one)
    hers, his = (sign_in(new_client(portal), someone) for someone in (one, two))
    with pytest.raises(NoSuchKey):
        withdraw(portal, two, key.key_id, his)
    with pytest.raises(NoSuchKey):
        withdraw(portal, one, "no-such-key", hers)
    with pytest.raises(KeyIsInUse):
        withdraw(portal, one, one.private.key_id, hers)
    vouch_for(key, two, three)
    with pytest.raises(KeyIsInUse):
        withdraw(portal, one, key.key_id, hers)
    assert receives(portal, one) == [key.key_id]


def test_withdrawing_twice_changes_nothing_more(portal: Portal, people: People) -> None:
    one = people[0]
    key, secret = new_key(one), sign_in(new_client(portal), one)
    withdraw(portal, one, key.key_id, secret)
    withdraw(portal, one, key.key_id, secret)
    assert acts(portal).count("accounts.withdraw-key") == 1


def test_no_session_holds_it_any_more_and_this_one_goes_on(portal: Portal, people: People) -> None:
    """A phrase changed in another session would seal it anew otherwise, and whoever made it would still be in."""
    one = people[0]
    here, elsewhere = new_client(portal), new_client(portal)
    secret = sign_in(here, one)
    send(here, "/desk/keys/new", phrase=one.phrase)
    sign_in(elsewhere, one)
    with portal.database.read() as session:
        (waits,) = waiting_keys(session, load_anchors(portal.settings.var))
    withdraw(portal, one, waits.key_id, secret)
    with portal.database.read() as session:
        opened = find_session(session, secret, now=portal.clock.now(), idle=timedelta(minutes=1))
        assert opened is not None
        assert [pair.key_id for pair in held_keys(opened)] == [one.private.key_id]
        current = open_private_keys(session, opened)
    assert (current.key_id, current.former) == (one.private.key_id, ())
    assert here.get("/desk/cases").status_code == 200
    assert elsewhere.get("/desk/keys").status_code == 303


def test_nobody_is_asked_for_signatures_any_more_from_that_moment(portal: Portal, people: People) -> None:
    """Before any job has run; the next run of it deletes what nobody sees."""
    one = people[0]
    key = new_key(one)
    with portal.database.write() as session:
        ask(session, anchors=load_anchors(portal.settings.var), now=portal.clock.now())
    assert [waits_for(portal, someone) for someone in people] == [1, 1, 1]
    withdraw(portal, one, key.key_id, sign_in(new_client(portal), one))
    assert [waits_for(portal, someone) for someone in people] == [0, 0, 0]
    ask_for_signatures(portal)  # type: ignore[arg-type]
    with portal.database.read() as session:
        assert session.scalars(select(DutyRow)).all() == []


def test_nobody_is_asked_any_more_from_the_second_signature_on(portal: Portal, people: People) -> None:
    one, two, three = people
    key = new_key(one)
    with portal.database.write() as session:
        ask(session, anchors=load_anchors(portal.settings.var), now=portal.clock.now())
    vouch_for(key, two, three)
    assert [waits_for(portal, someone) for someone in people] == [0, 0, 0]


def test_a_withdrawal_beside_the_second_signature_leaves_the_owner_a_key(portal: Portal, people: People) -> None:
    """Whoever is faster: one key of theirs is in use, and it is trusted."""
    one, two, three = people
    key = new_key(one)
    vouch_for(key, two)
    secret = sign_in(new_client(portal), one)
    with beside(portal, lambda: vouch_for(key, three)) as session:
        withdraw_in(session, one, key.key_id, secret)
    assert receives(portal, one) == [one.private.key_id]
    assert row_of(portal, one.private).retired_at is None

    key = new_key(one)
    vouch_for(key, two)
    secret = sign_in(new_client(portal), one)
    with beside(portal, lambda: withdraw(portal, one, key.key_id, secret)) as session:
        sign_in_session(session, three, key)
    assert receives(portal, one) == [key.key_id]
    assert row_of(portal, key).sealed_private is not None


def test_another_key_made_beside_the_second_signature_does_not_give_up_the_one_in_use(
    portal: Portal, people: People
) -> None:
    one, two, three = people
    key = new_key(one)
    vouch_for(key, two)
    with beside(portal, lambda: new_key(one)) as session:
        sign_in_session(session, three, key)
    assert receives(portal, one) == [key.key_id]
    assert row_of(portal, key).sealed_private is not None
    with portal.database.read() as session:
        assert len(waiting_keys(session, load_anchors(portal.settings.var))) == 1


@pytest.mark.parametrize(
    ("prefix", "link", "said"),
    [
        ("", "Withdraw the new key", "Your new key is withdrawn"),
        ("/zh-Hans", "撤回新密钥", "您的新密钥已撤回"),
    ],
)
def test_the_page_of_keys_leads_to_it(portal: Portal, people: People, prefix: str, link: str, said: str) -> None:
    one, two, _ = people
    client: PageClient = new_client(portal)
    sign_in(client, one)
    send(client, "/desk/keys/new", phrase=one.phrase)
    with portal.database.read() as session:
        (waits,) = waiting_keys(session, load_anchors(portal.settings.var))
    address = f"{prefix}/desk/keys/{waits.key_id}/withdraw"
    page = client.get(f"{prefix}/desk/keys").get_data(as_text=True)
    assert f'href="{address}"' in page and link in page
    token_page = client.get(address).get_data(as_text=True)
    sent = client.post(address, data={"form_token": token_in(token_page)})
    assert sent.headers["Location"] == f"{prefix}/desk/keys?done=withdrawn"
    after = client.get(sent.headers["Location"]).get_data(as_text=True)
    assert said in after and address not in after
    again = client.post(address, data={"form_token": token_in(token_page)})
    assert again.headers["Location"] == sent.headers["Location"]

    stranger = new_client(portal)
    sign_in(stranger, two)
    assert stranger.get(address).status_code == 404
    assert new_client(portal).get(address).status_code == 303
