"""A person makes a new key pair while signed in: it is trusted no sooner than any other, and nothing is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.errors import FirstKeysMissed, KeyNotTrusted
from portal.accounts.jobs import take_keys_into_use
from portal.accounts.models import HandlerKey, KeySignature
from portal.accounts.passwords import Stretcher
from portal.accounts.queries import find_session, key_cards, open_private_keys, trusted_keys_of, waiting_keys
from portal.accounts.queries.keys import public_keys
from portal.accounts.queries.sessions import held_keys
from portal.accounts.services import issue_start_code, load_anchors
from portal.accounts.services.anchors import anchor_file
from portal.accounts.services.sign_in import prepare_sign_in
from portal.accounts.services.sign_in import sign_in as signed_in
from portal.accounts.session_secrets import keys_as_contents
from portal.accounts.values import PrivateKeys
from portal.audit.queries import acts_of_chain
from portal.audit.values import MAIN
from portal.duties.new_keys import ask, ask_for_signatures
from portal.duties.queries import duties_of
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.crypto import sign
from portal.foundation.ids import new_id
from tests.accounts.browsing import send
from tests.accounts.test_phrases import later
from tests.conftest import new_client
from tests.factories.accounts import Someone, new_key, person, renewed, sign_in, vouch_for
from tests.pages import PageClient


@pytest.fixture
def people(portal: Portal) -> tuple[Someone, Someone, Someone]:
    """Somebody with a trusted key, and two colleagues who may sign the next one."""
    one, two, three = (person(portal, roles=["case-officer"], name=name) for name in ("Ada", "Ben", "Cleo"))
    return one, two, three


def receives(portal: Portal, someone: Someone) -> list[str]:
    """Ids of the keys that anything would be sealed to for this person."""
    with portal.database.read() as session:
        found = trusted_keys_of(session, [someone.id], load_anchors(portal.settings.var))
    return [one.key_id for one in found]


def row_of(portal: Portal, key: PrivateKeys) -> HandlerKey:
    with portal.database.read() as session:
        return session.get_one(HandlerKey, key.key_id)


def opened_by_signing_in(portal: Portal, someone: Someone) -> tuple[PrivateKeys, tuple[PrivateKeys, ...]]:
    """What phrase and code open: the key in use with those before it, and all that are there."""
    later(portal, seconds=30)
    now = portal.clock.now()
    with portal.database.read() as session:
        cost = Stretcher.of(portal.settings).cost
        challenge = prepare_sign_in(
            session,
            address=someone.address,
            client="192.0.2.1",
            browser="",
            keys=portal.keys,
            cost=cost,
            now=now,
        )
    stretched = Stretcher.of(portal.settings).stretch(someone.phrase, salt=challenge.salt)
    with portal.database.write() as session:
        begun = signed_in(
            session, challenge=challenge, stretched=stretched, code=someone.code, keys=portal.keys, now=now
        )
        assert begun is not None
        opened = find_session(session, begun.secret, now=now, idle=timedelta(minutes=1))
        assert opened is not None
        return open_private_keys(session, opened), held_keys(opened)


@contextmanager
def writing(portal: Portal) -> Iterator[list[Any]]:
    """The writing transactions that are begun meanwhile."""
    begun: list[Any] = []

    def note(connection: Any) -> None:
        if not connection.get_execution_options().get("postgresql_readonly"):
            begun.append(connection)

    event.listen(portal.database.engine, "begin", note)
    try:
        yield begun
    finally:
        event.remove(portal.database.engine, "begin", note)


def test_a_new_key_receives_nothing_until_two_colleagues_have_signed_it(
    portal: Portal, people: tuple[Someone, ...]
) -> None:
    one, two, three = people
    key = new_key(one)
    assert receives(portal, one) == [one.private.key_id]
    vouch_for(key, two)
    vouch_for(key, two)
    assert receives(portal, one) == [one.private.key_id]
    vouch_for(key, three)

    assert receives(portal, one) == [key.key_id]
    former = row_of(portal, one.private)
    assert former.retired_at is not None and former.sealed_private is not None
    assert not row_of(portal, key).waiting


def test_its_owner_cannot_sign_it_with_the_former_key(portal: Portal, people: tuple[Someone, ...]) -> None:
    """Whoever has seen a key could otherwise make one of their own that counts half."""
    one, two, _ = people
    key = new_key(one)
    with pytest.raises(KeyNotTrusted):
        vouch_for(key, one)
    vouch_for(key, two)
    with portal.database.write() as session:  # nor by writing the row oneself
        statement = public_keys(session.get_one(HandlerKey, key.key_id)).statement
        session.add(
            KeySignature(
                key_id=key.key_id,
                signer_key_id=one.private.key_id,
                signature=sign(one.private.sign_seed, statement),
                signed_at=portal.clock.now(),
            )
        )
    take_keys_into_use(portal)  # type: ignore[arg-type]
    assert receives(portal, one) == [one.private.key_id]


def test_a_key_that_two_signed_in_the_same_moment_has_its_turn_minutes_later(
    portal: Portal, people: tuple[Someone, ...]
) -> None:
    one, *others = people
    key = new_key(one)
    with portal.database.write() as session:
        statement = public_keys(session.get_one(HandlerKey, key.key_id)).statement
        for two in others:
            signature = sign(two.private.sign_seed, statement)
            now = portal.clock.now()
            session.add(
                KeySignature(
                    key_id=key.key_id, signer_key_id=two.private.key_id, signature=signature, signed_at=now
                )
            )
    assert receives(portal, one) == [one.private.key_id]
    take_keys_into_use(portal)  # type: ignore[arg-type]
    assert receives(portal, one) == [key.key_id]


def test_nobody_waits_to_write_for_keys_while_none_has_its_turn(
    portal: Portal, people: tuple[Someone, ...]
) -> None:
    """Every ten minutes, on SQLite, everybody who writes would stand behind a look at nothing."""
    with writing(portal) as begun:
        take_keys_into_use(portal)  # type: ignore[arg-type]
        ask_for_signatures(portal)  # type: ignore[arg-type]
        assert begun == []
    key = new_key(people[0])
    with writing(portal) as begun:
        take_keys_into_use(portal)  # type: ignore[arg-type]
        assert begun == []
        ask_for_signatures(portal)  # type: ignore[arg-type]
        assert len(begun) == 1
        ask_for_signatures(portal)  # type: ignore[arg-type]
        assert len(begun) == 1
    vouch_for(key, *people[1:])
    with writing(portal) as begun:
        ask_for_signatures(portal)  # type: ignore[arg-type]
        assert len(begun) == 1
    with portal.database.read() as session:
        assert [duties_of(session, one.actor, now=portal.clock.now()) for one in people] == [()] * 3


@pytest.mark.parametrize("signed", [0, 1, 2])
def test_phrase_and_code_open_both_keys_at_every_moment(
    portal: Portal, people: tuple[Someone, ...], signed: int
) -> None:
    """However far it had come when the machine stopped: whatever was sealed to either can be opened."""
    one, *others = people
    key = new_key(one)
    vouch_for(key, *others[:signed])
    current, held = opened_by_signing_in(portal, one)

    assert {(pair.key_id, pair.box_private) for pair in held} == {
        (pair.key_id, pair.box_private) for pair in (one.private, key)
    }
    if signed < 2:
        assert (current.key_id, current.former) == (one.private.key_id, ())
    else:
        assert (current.key_id, [pair.key_id for pair in current.former]) == (key.key_id, [one.private.key_id])


def test_another_new_key_takes_the_place_of_the_one_that_waits(
    portal: Portal, people: tuple[Someone, ...]
) -> None:
    one, two, three = people
    given_up = new_key(one)
    vouch_for(given_up, two)
    key = new_key(one)
    vouch_for(key, three)

    assert receives(portal, one) == [one.private.key_id]  # one signature for each is not two for either
    gone = row_of(portal, given_up)
    assert gone.retired_at is not None and gone.sealed_private is None
    _, held = opened_by_signing_in(portal, one)
    assert [pair.key_id for pair in held] == [one.private.key_id, key.key_id]


def test_the_former_key_vouches_for_nobody_any_more(portal: Portal, people: tuple[Someone, ...]) -> None:
    """What it signed while in use goes on counting, or one change would take the trust from others' keys."""
    one, two, three = people
    before, later_on = (person(portal, roles=["case-officer"], trusted=False) for _ in range(2))
    vouch_for(before.private, one, two)
    again = renewed(one, two, three)
    with pytest.raises(KeyNotTrusted):
        vouch_for(later_on.private, one)
    vouch_for(later_on.private, again, two)

    assert receives(portal, before) == [before.private.key_id]
    assert receives(portal, later_on) == [later_on.private.key_id]


def test_a_key_that_nobody_trusts_is_replaced_at_once(portal: Portal, people: tuple[Someone, ...]) -> None:
    newcomer = person(portal, roles=["case-officer"], trusted=False)
    key = new_key(newcomer)
    assert not row_of(portal, key).waiting and receives(portal, newcomer) == []
    vouch_for(key, *people[:2])
    assert receives(portal, newcomer) == [key.key_id]


def test_no_key_is_made_while_the_first_ones_are_missed(portal: Portal, people: tuple[Someone, ...]) -> None:
    """Every key looks untrusted then: the one in use would be given up for nothing."""
    anchor_file(portal.settings.var).unlink()
    with pytest.raises(FirstKeysMissed):
        new_key(people[0])
    client = new_client(portal)
    sign_in(client, people[0])
    refused = send(client, "/desk/keys/new", phrase=people[0].phrase)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 503 and people[0].phrase not in page
    assert "Tell whoever runs the portal." in page and 'name="phrase"' in page


def test_a_reset_gives_up_every_key(portal: Portal, people: tuple[Someone, ...]) -> None:
    """Were one that waits left, an administrator's reset would end in a key that two colleagues had signed."""
    one, two, three = people
    again = renewed(one, two, three)
    waiting = new_key(again)
    with portal.database.write() as session:
        issue_start_code(
            session,
            person_id=one.id,
            stretcher=Stretcher.of(portal.settings),
            actor=Actor.system(),
            now=portal.clock.now(),
        )
    for key in (one.private, again.private, waiting):
        row = row_of(portal, key)
        assert row.retired_at is not None and row.sealed_private is None
    assert receives(portal, one) == []


def test_two_keys_of_one_person_are_never_in_use(portal: Portal, people: tuple[Someone, ...]) -> None:
    key = new_key(people[0])
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.get_one(HandlerKey, key.key_id).waiting = False


def test_the_page_makes_it_and_ends_sessions_elsewhere(portal: Portal, people: tuple[Someone, ...]) -> None:
    one = people[0]
    here, elsewhere = new_client(portal), new_client(portal)
    sign_in(elsewhere, one)
    sign_in(here, one)
    assert send(here, "/desk/keys/new", phrase="not mine").status_code == 422
    made = send(here, "/desk/keys/new", phrase=one.phrase)

    assert made.headers["Location"] == "/desk/keys?done=made"
    page = here.get("/desk/keys?done=made").get_data(as_text=True)
    assert "Your new key is made" in page and "Until two colleagues have signed it" in page
    assert elsewhere.get("/desk/keys").status_code == 303
    with portal.database.read() as session:
        (waits,) = waiting_keys(session, load_anchors(portal.settings.var))
        cards = [
            card for card in key_cards(session, load_anchors(portal.settings.var)) if card.person_id == one.id
        ]
        assert [card.waiting for card in cards] == [False, True] and cards[1].fingerprint[:4] in page
        acts = acts_of_chain(session, MAIN)
    assert set(waits.signers) == {one.id for one in people[1:]}
    assert ("accounts.make-key", one.id) in {(act.act, act.actor_id) for act in acts}


def test_a_session_goes_on_with_the_new_key_once_it_is_signed(portal: Portal, people: tuple[Someone, ...]) -> None:
    one, two, three = people
    client = new_client(portal)
    sign_in(client, one)
    send(client, "/desk/keys/new", phrase=one.phrase)
    for signer in (two, three):
        signing = new_client(portal)
        sign_in(signing, signer)
        with portal.database.read() as session:
            (card,) = (one for one in key_cards(session, load_anchors(portal.settings.var)) if one.waiting)
        fields = {"fingerprint": card.fingerprint, "compared": "y"}
        sent = send(signing, "/desk/keys", f"/desk/keys/{card.key_id}/sign", **fields)
        assert sent.status_code == 303

    assert receives(portal, one) == [card.key_id]
    page = client.get("/desk/keys").get_data(as_text=True)
    assert "Your former key receives nothing any more" in page
    assert client.get("/desk/cases").status_code == 200
    with portal.database.read() as session:
        acts = [act.act for act in acts_of_chain(session, MAIN)]
    assert acts[-2:] == ["accounts.sign-key", "accounts.key-in-use"]


def test_a_copied_cookie_makes_no_key(portal: Portal, people: tuple[Someone, ...], client: PageClient) -> None:
    """Neither without a proof of the last minutes nor without the pass phrase, nor from another site."""
    one = people[0]
    sign_in(client, one)
    assert send(client, "/desk/keys/new", form_token="x", phrase=one.phrase).status_code in (400, 403, 422)
    later(portal, minutes=11)
    for ask_for in (client.get, client.post):
        reply = ask_for("/desk/keys/new")
        assert reply.status_code == 303 and reply.headers["Location"].startswith("/desk/confirm?next=")
    with portal.database.read() as session:
        assert len(session.scalars(select(HandlerKey).where(HandlerKey.person_id == one.id)).all()) == 1


def test_wrong_phrases_are_counted_as_at_the_door(portal: Portal, people: tuple[Someone, ...]) -> None:
    client = new_client(portal)
    sign_in(client, people[0])
    answers = [send(client, "/desk/keys/new", phrase=f"guess {n}").status_code for n in range(5)]
    assert answers[0] == 422 and answers[-1] == 429


def test_a_new_phrase_seals_both_keys_anew(portal: Portal, people: tuple[Someone, ...]) -> None:
    """Else the one that waits would open by the phrase that was seen, or never again."""
    one = people[0]
    client = new_client(portal)
    sign_in(client, one)
    send(client, "/desk/keys/new", phrase=one.phrase)
    with portal.database.read() as session:
        before = {
            row.id: row.sealed_private for row in session.scalars(select(HandlerKey)) if row.person_id == one.id
        }
    send(client, "/desk/phrase", phrase=one.phrase)
    phrase = client.get("/desk/phrase/new").get_data(as_text=True).split('class="gp-secret">')[1].split("<")[0]
    assert send(client, "/desk/phrase/new", phrase=phrase).status_code == 303
    with portal.database.read() as session:
        after = {
            row.id: row.sealed_private for row in session.scalars(select(HandlerKey)) if row.person_id == one.id
        }
    assert len(before) == 2 and all(before[key] != after[key] for key in before)
    _, held = opened_by_signing_in(portal, replace(one, phrase=phrase))
    assert {pair.key_id for pair in held} == set(before)


def test_colleagues_and_the_owner_are_told_that_a_key_waits_and_nobody_else(
    portal: Portal, people: tuple[Someone, ...]
) -> None:
    """By a duty, and so by the mail that says that something waits: the owner, too, who may not have made it."""
    one, two, three = people
    other = person(portal, roles=["moderator"])
    key = new_key(one)

    def waiting_for() -> list[list[str]]:
        with portal.database.write() as session:
            ask(session, anchors=load_anchors(portal.settings.var), now=portal.clock.now())
            found = [
                duties_of(session, someone.actor, now=portal.clock.now()) for someone in (one, two, three, other)
            ]
        return [[duty.address for duty in duties] for duties in found]

    assert waiting_for() == [["/desk/keys"], ["/desk/keys"], ["/desk/keys"], []]
    vouch_for(key, two)
    assert waiting_for() == [["/desk/keys"], [], ["/desk/keys"], []]
    vouch_for(key, three)
    assert waiting_for() == [[], [], [], []]


def test_session_contents_hold_several_pairs(portal: Portal) -> None:
    one, two = (PrivateKeys(new_id(), bytes([n]) * 32, bytes([n + 9]) * 32) for n in (1, 2))
    assert "more" not in keys_as_contents(one)
    assert keys_as_contents(one, two)["more"]
