"""People who can sign in, hold keys and are connected to bodies.

officer = person(portal, roles=["case-officer"], connected_to=["DPR"])
sign_in(client, officer)
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts.codes import current_code, new_secret
from portal.accounts.key_pairs import open_private
from portal.accounts.models import Credential, HandlerKey
from portal.accounts.passwords import Stretcher
from portal.accounts.queries import actor_for, find_session, fingerprint_of, get_person
from portal.accounts.queries.keys import find_key_row, find_waiting_row, public_keys, rows_with_private
from portal.accounts.queries.sessions import decode_secret
from portal.accounts.services import (
    connect,
    create_person,
    enter_certificate,
    establish,
    load_anchors,
    make_new_key,
    sign_key,
)
from portal.accounts.services.anchors import anchor_file
from portal.accounts.services.sessions import begin_session
from portal.accounts.session_secrets import keys_as_contents
from portal.accounts.values import ConnectionKind, PersonKind, PrivateKeys
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.ids import new_id, secret_token
from portal.foundation.phrases import new_phrase
from portal.foundation.storage import write_durably
from portal.roles import TRAINING

SYSTEM = Actor.system()


@dataclass(frozen=True)
class Someone:
    """A person with everything they know themselves."""

    id: str
    name: str
    address: str
    phrase: str
    totp_secret: str
    private: PrivateKeys
    portal: Portal

    @property
    def actor(self) -> Actor:
        """Who acts, with the permissions they have now."""
        with self.portal.database.read() as session:
            return actor_for(get_person(session, self.id))

    @property
    def code(self) -> str:
        """The one-time code their authenticator shows now."""
        return current_code(self.totp_secret, self.portal.clock.now())


def person(
    portal: Portal,
    *,
    roles: Collection[str] = (),
    connected_to: Collection[str] = (),
    name: str | None = None,
    trusted: bool = True,
    kind: PersonKind | None = None,
    trained: bool = True,
) -> Someone:
    """Somebody who has set up, with a trusted (anchored) key and the training that their roles need, unless told
    otherwise."""
    now, phrase, totp_secret = portal.clock.now(), new_phrase(), new_secret()
    if kind is None:
        kind = PersonKind.OUTSIDE if "outside-recipient" in roles else PersonKind.STAFF
    stretcher = Stretcher.of(portal.settings)
    mark = new_id()[:8]
    with portal.database.write() as session:
        made = create_person(
            session,
            name=name or f"Person {mark}",
            address=f"{mark}@office.example",
            roles=roles,
            kind=kind,
            actor=SYSTEM,
            now=now,
        )
        for course in {TRAINING[role] for role in roles if role in TRAINING} if trained else ():
            enter_certificate(
                session, person_id=made.id, course=course, issued_on=now.date(), actor=SYSTEM, now=now
            )
        establish(
            session,
            person_id=made.id,
            phrase=phrase,
            totp_secret=totp_secret,
            keys=portal.keys,
            stretcher=stretcher,
            now=now,
        )
        for body_code in connected_to:
            connect(session, person_id=made.id, body_code=body_code, kind=ConnectionKind.EMPLOYED, now=now)
        row, credential = find_key_row(session, made.id), session.get(Credential, made.id)
        assert row is not None and credential is not None
        private = _opened(portal, row, credential, phrase)
        fingerprint = fingerprint_of(session, made.id)
    if trusted:
        anchor(portal, fingerprint)
    return Someone(made.id, made.name, made.address, phrase, totp_secret, private, portal)


def new_key(someone: Someone) -> PrivateKeys:
    """They make a new key pair at their desk; it waits for signatures where the one in use is trusted."""
    portal, actor, secret = someone.portal, someone.actor, secret_token()
    now = portal.clock.now()
    with portal.database.write() as session:
        begin_session(
            session,
            person_id=someone.id,
            secret=decode_secret(secret),
            contents=keys_as_contents(*_held(session, someone)),
            is_start=False,
            now=now,
        )
        opened = find_session(session, secret, now=now, idle=timedelta(minutes=1))
        credential = session.get(Credential, someone.id)
        assert opened is not None and credential is not None
        make_new_key(
            session,
            opened=opened,
            stretched=Stretcher.of(portal.settings).stretch(someone.phrase, salt=credential.salt),
            keys=portal.keys,
            anchors=load_anchors(portal.settings.var),
            actor=actor,
            now=now,
        )
        row = find_waiting_row(session, someone.id) or find_key_row(session, someone.id)
        assert row is not None
        return _opened(portal, row, credential, someone.phrase)


def vouch_for(key: PrivateKeys, *signers: Someone) -> None:
    """These colleagues compare its fingerprint with its owner, and sign it."""
    for signer in signers:
        portal, actor = signer.portal, signer.actor
        with portal.database.write() as session:
            row = session.get_one(HandlerKey, key.key_id)
            sign_key(
                session,
                key_id=row.id,
                fingerprint=public_keys(row).fingerprint,
                private=signer.private,
                anchors=load_anchors(portal.settings.var),
                actor=actor,
                now=portal.clock.now(),
            )


def renewed(someone: Someone, *signers: Someone) -> Someone:
    """The same person, with a new key in use and the former one kept."""
    key = new_key(someone)
    vouch_for(key, *signers)
    return replace(someone, private=replace(key, former=(someone.private,)))


def _held(session: Session, someone: Someone) -> list[PrivateKeys]:
    """Every pair of theirs that is there, as signing in would open them."""
    credential = session.get(Credential, someone.id)
    assert credential is not None
    rows = rows_with_private(session, someone.id)
    return [_opened(someone.portal, row, credential, someone.phrase) for row in rows]


def sign_in(client: FlaskClient, someone: Someone) -> str:
    """Begin a session for `someone` in this client; return the cookie's secret."""
    secret = secret_token()
    with someone.portal.database.write() as session:
        begin_session(
            session,
            person_id=someone.id,
            secret=decode_secret(secret),
            contents=keys_as_contents(someone.private, *someone.private.former),
            is_start=False,
            now=someone.portal.clock.now(),
        )
    client.set_cookie("__Host-desk", secret, domain="portal.test", secure=True, path="/")
    return secret


def anchor(portal: Portal, fingerprint: str) -> None:
    """Add a fingerprint to the anchor file (the product itself writes that file once)."""
    path = anchor_file(portal.settings.var)
    found = json.loads(path.read_text())["fingerprints"] if path.exists() else []
    content = {"version": 1, "fingerprints": sorted({*found, fingerprint})}
    write_durably(path, json.dumps(content).encode())


def _opened(portal: Portal, row: HandlerKey, credential: Credential, phrase: str) -> PrivateKeys:
    assert row.sealed_private is not None
    stretched = Stretcher.of(portal.settings).stretch(phrase, salt=credential.salt)
    return open_private(
        row.sealed_private,
        key_id=row.id,
        person_id=row.person_id,
        opener=stretched.opener,
        server_keys=portal.keys.every("opener"),
    )
