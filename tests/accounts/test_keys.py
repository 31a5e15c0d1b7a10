"""Trust in keys: two colleagues or the file outside the database, and no other way."""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from portal.accounts.errors import AnchorsExist, KeyNotTrusted, NoSuchKey, RolesClash
from portal.accounts.key_pairs import PublicKeys, generate
from portal.accounts.models import HandlerKey, KeySignature
from portal.accounts.passwords import Stretcher
from portal.accounts.queries import fingerprint_of, key_cards, trusted_keys
from portal.accounts.rules import Voucher, standing
from portal.accounts.services import (
    enrol_first,
    establish,
    grant_role,
    issue_start_code,
    load_anchors,
    sign_key,
)
from portal.accounts.services.anchors import anchor_file
from portal.cases.permissions import CasesPermission
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.crypto import sign
from portal.foundation.errors import Forbidden
from tests.accounts.browsing import send
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.pages import PageClient


def officer(portal: Portal, *, trusted: bool = True) -> Someone:
    return person(portal, roles=["case-officer"], trusted=trusted)


def fingerprint(portal: Portal, someone: Someone) -> str:
    with portal.database.read() as session:
        return fingerprint_of(session, someone.id)


def vouch(portal: Portal, signer: Someone, owner: Someone) -> None:
    with portal.database.write() as session:
        sign_key(
            session,
            key_id=owner.private.key_id,
            fingerprint=fingerprint_of(session, owner.id),
            private=signer.private,
            anchors=load_anchors(portal.settings.var),
            actor=signer.actor,
            now=portal.clock.now(),
        )


def trusted_people(portal: Portal) -> set[str]:
    with portal.database.read() as session:
        found = trusted_keys(session, CasesPermission.INTAKE, load_anchors(portal.settings.var))
    return {key.person_id for key in found}


def test_new_key_is_trusted_after_two_signatures_and_not_one(portal: Portal) -> None:
    one, two, newcomer = officer(portal), officer(portal), officer(portal, trusted=False)
    assert trusted_people(portal) == {one.id, two.id}
    vouch(portal, one, newcomer)
    vouch(portal, one, newcomer)
    assert trusted_people(portal) == {one.id, two.id}
    vouch(portal, two, newcomer)
    assert trusted_people(portal) == {one.id, two.id, newcomer.id}


def test_trusted_key_gives_nothing_without_the_permission(portal: Portal) -> None:
    person(portal, roles=["moderator"])
    assert trusted_people(portal) == set()


def test_untrusted_colleague_cannot_vouch(portal: Portal) -> None:
    untrusted, newcomer = officer(portal, trusted=False), officer(portal, trusted=False)
    with pytest.raises(KeyNotTrusted):
        vouch(portal, untrusted, newcomer)


def test_nobody_vouches_for_themselves(portal: Portal) -> None:
    one = officer(portal)
    with pytest.raises(KeyNotTrusted):
        vouch(portal, one, one)


def test_vouching_needs_the_right(portal: Portal) -> None:
    moderator, newcomer = person(portal, roles=["moderator"]), officer(portal, trusted=False)
    with pytest.raises(Forbidden):
        vouch(portal, moderator, newcomer)


def test_only_the_fingerprint_that_was_compared_is_signed(portal: Portal) -> None:
    one, newcomer = officer(portal), officer(portal, trusted=False)
    with pytest.raises(NoSuchKey), portal.database.write() as session:
        sign_key(
            session,
            key_id=newcomer.private.key_id,
            fingerprint="0" * 40,
            private=one.private,
            anchors=load_anchors(portal.settings.var),
            actor=one.actor,
            now=portal.clock.now(),
        )


def test_administrator_gains_no_key_by_resetting_a_handler(portal: Portal) -> None:
    """The attack: reset a handler's phrase, set up in their name, and wait for reports."""
    one, two, victim = officer(portal), officer(portal), officer(portal)
    stretcher, now = Stretcher.of(portal.settings), portal.clock.now()
    with portal.database.write() as session:
        code = issue_start_code(session, person_id=victim.id, stretcher=stretcher, actor=Actor.system(), now=now)
    with portal.database.write() as session:
        establish(
            session,
            person_id=victim.id,
            phrase=code.phrase,
            totp_secret="JBSWY3DPEHPK3PXP",
            keys=portal.keys,
            stretcher=stretcher,
            now=now,
        )
    assert trusted_people(portal) == {one.id, two.id}
    with portal.database.read() as session:
        rows = session.query(HandlerKey).filter_by(person_id=victim.id).all()
    assert [row.sealed_private is None for row in rows if row.retired_at] == [True]


def test_administrator_cannot_grant_themselves_a_role_on_reports(portal: Portal) -> None:
    administrator = person(portal, roles=["administrator"])
    with pytest.raises(RolesClash), portal.database.write() as session:
        grant_role(
            session,
            person_id=administrator.id,
            role="case-officer",
            actor=administrator.actor,
            now=portal.clock.now(),
        )


def test_whoever_writes_the_database_gains_no_trusted_key(portal: Portal) -> None:
    """The attack: put one's own public key in a trusted handler's row, or invent signatures."""
    one, two = officer(portal), officer(portal)
    public, private = generate(one.id)
    with portal.database.write() as session:
        session.execute(
            update(HandlerKey)
            .where(HandlerKey.person_id == one.id)
            .values(box_public=public.box_public, sign_public=public.sign_public)
        )
    assert trusted_people(portal) == {two.id}
    mallory = officer(portal, trusted=False)
    with portal.database.write() as session:
        row = session.get(HandlerKey, mallory.private.key_id)
        assert row is not None
        for signer in (one, two):
            session.add(
                KeySignature(
                    key_id=row.id,
                    signer_key_id=signer.private.key_id,
                    signature=sign(private.sign_seed, secrets.token_bytes(32)),
                    signed_at=portal.clock.now(),
                )
            )
    assert trusted_people(portal) == {two.id}


def test_key_row_given_to_another_person_is_not_trusted(portal: Portal) -> None:
    """The fingerprint covers whose key it is."""
    one, mallory = officer(portal), officer(portal, trusted=False)
    with portal.database.write() as session:
        session.execute(
            update(HandlerKey).where(HandlerKey.person_id == mallory.id).values(retired_at=portal.clock.now())
        )
        session.execute(update(HandlerKey).where(HandlerKey.person_id == one.id).values(person_id=mallory.id))
    assert trusted_people(portal) == set()


def test_first_keys_are_enrolled_once(portal: Portal) -> None:
    people = [officer(portal, trusted=False) for _ in range(2)]
    with portal.database.write() as session:
        found = enrol_first(
            session,
            people=[one.id for one in people],
            var=portal.settings.var,
            actor=Actor.system(),
            now=portal.clock.now(),
        )
    assert trusted_people(portal) == {one.id for one in people}
    assert list(found) == [fingerprint(portal, one) for one in people]
    late = officer(portal, trusted=False)
    with pytest.raises(AnchorsExist), portal.database.write() as session:
        enrol_first(
            session, people=[late.id], var=portal.settings.var, actor=Actor.system(), now=portal.clock.now()
        )


def test_without_the_anchor_file_nobody_is_trusted(portal: Portal) -> None:
    officer(portal)
    anchor_file(portal.settings.var).unlink()
    assert trusted_people(portal) == set()


def test_colleagues_sign_on_the_page(portal: Portal, client: PageClient) -> None:
    one, two, newcomer = officer(portal), officer(portal), officer(portal, trusted=False)
    for signer in (one, two):
        browser = new_client(portal)
        sign_in(browser, signer)
        action = f"/desk/keys/{newcomer.private.key_id}/sign"
        told = {"fingerprint": fingerprint(portal, newcomer)}
        assert send(browser, "/desk/keys", action, **told).status_code == 422  # did not tick that they compared
        assert f'by telephone<span class="govuk-visually-hidden"> ({newcomer.name})' in browser.get(
            "/desk/keys"
        ).get_data(as_text=True), "who goes from box to box hears whose key it is"
        assert browser.get(f"/zh-Hans{action}").headers["Location"] == "/zh-Hans/desk/keys"
        assert send(browser, "/desk/keys", action, compared="y", **told).status_code == 303
    assert newcomer.id in trusted_people(portal)


def test_others_keys_are_not_listed_for_people_who_do_not_vouch(portal: Portal, client: PageClient) -> None:
    other, moderator = officer(portal), person(portal, roles=["moderator"])
    sign_in(client, moderator)
    page = client.get("/desk/keys").get_data(as_text=True)
    assert other.name not in page
    spaced = fingerprint(portal, moderator)[:4]
    assert spaced in page


def test_cards_say_who_signed(portal: Portal) -> None:
    one, newcomer = officer(portal), officer(portal, trusted=False)
    vouch(portal, one, newcomer)
    with portal.database.read() as session:
        cards = {card.person_id: card for card in key_cards(session, load_anchors(portal.settings.var))}
    assert cards[newcomer.id].signed_by == (one.id,)
    assert not cards[newcomer.id].trusted
    assert cards[one.id].anchored


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5))), st.sets(st.integers(0, 5), max_size=3))
def test_trust_never_comes_from_nothing(signed: set[tuple[int, int]], anchored: set[int]) -> None:
    """However people sign each other in circles, each trusted key rests on an anchor or on two others' trust."""
    pairs = [generate(f"{number:026d}") for number in range(6)]
    keys: dict[str, PublicKeys] = {public.key_id: public for public, _ in pairs}
    vouchers = []
    for signer, owner in signed:
        public, (signing, private) = pairs[owner][0], pairs[signer]
        signature = sign(private.sign_seed, public.statement)
        vouchers.append(Voucher(public.key_id, signing.key_id, signature))
    found = standing(keys, vouchers, {pairs[number][0].fingerprint for number in anchored})
    trusted = {number for number in range(6) if found[pairs[number][0].key_id].trusted}
    expected = set(anchored)
    for _ in range(6):
        good = {(signer, owner) for signer, owner in signed if signer != owner and signer in expected}
        expected |= {owner for owner in range(6) if len([pair for pair in good if pair[1] == owner]) >= 2}
    assert trusted == expected


def test_anchors_lie_outside_the_database(portal: Portal) -> None:
    officer(portal)
    path: Path = anchor_file(portal.settings.var)
    assert path.is_relative_to(portal.settings.var / "anchors")
