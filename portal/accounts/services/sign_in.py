"""Signing in, in three steps, so that no lock is held while the pass phrase is stretched:

`prepare_sign_in` (reads), `Stretcher.stretch` (no database), `sign_in` (one write).

An unknown address takes the same steps and gets the same answer. Wrong tries are counted for each address
and class of clients, or for a browser in which the person signed in before, so that nobody can lock a
colleague out: a wait is a minute at most, and a known browser has its own count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts import codes
from portal.accounts.key_pairs import open_private, seal_private
from portal.accounts.models import Credential, KnownBrowser, PersonRow
from portal.accounts.passwords import SALT_BYTES, Cost, Stretched
from portal.accounts.queries.keys import rows_with_private
from portal.accounts.queries.people import actor_for, get_person
from portal.accounts.queries.sessions import decode_secret
from portal.accounts.services.passkeys import Shown, find_shown, use_up
from portal.accounts.services.sessions import begin_session
from portal.accounts.services.training import settle_roles
from portal.accounts.services.tries import (
    bucket_for,
    count_wrong_try,
    forget_tries,
    require_no_wait,
    take_turn,
)
from portal.accounts.session_secrets import keys_as_contents, pending_contents
from portal.accounts.totp import open_totp, seal_totp
from portal.accounts.values import PendingPhrase, PrivateKeys
from portal.audit.services import record
from portal.foundation.crypto import CannotOpen, hkdf, hmac_digest, same, sha256
from portal.foundation.db import insert_if_absent
from portal.foundation.ids import secret_token
from portal.foundation.keys import KeyRing
from portal.foundation.phrases import new_phrase


@dataclass(frozen=True)
class Challenge:
    """What is needed to stretch the phrase, and where wrong tries are counted."""

    person_id: str | None
    salt: bytes
    cost: Cost
    bucket: bytes
    browser: str = field(repr=False)
    known: bool = False
    """Whether the person signed in with this browser before, or has just shown a passkey of theirs."""
    passkey: Shown | None = None


@dataclass(frozen=True)
class SignedIn:
    """The two cookies to set. `is_start`: the person now sets up their phrase and code, nothing else."""

    person_id: str
    is_start: bool
    secret: str = field(repr=False)
    browser: str = field(repr=False)


def prepare_sign_in(
    session: Session,
    *,
    address: str,
    client: str,
    browser: str,
    keys: KeyRing,
    cost: Cost,
    now: datetime,
    passkey: str = "",
    origin: str = "",
) -> Challenge:
    """Look up what to stretch with. `client` is the network address, `browser` the browser's own cookie.

    `passkey` is the answer of one that was made at `origin`, if one is used; wrong tries then count for it alone.
    Stores nothing: network addresses are never written anywhere. Raises WaitBeforeSignIn.
    """
    lowered = address.strip().lower()
    person_id = session.scalar(select(PersonRow.id).where(PersonRow.address == lowered))
    known = browser if _is_known(session, browser, person_id) else None
    shown = None
    if passkey:
        shown = find_shown(session, person_id=person_id, answer=passkey, origin=origin, keys=keys, now=now)
        known = f"passkey {shown.id}" if shown is not None else known
    bucket = bucket_for(keys, lowered, client=client, browser=known, now=now)
    require_no_wait(session, bucket, now)
    credential = session.get(Credential, person_id) if person_id is not None else None
    if credential is None:
        stand_in = hmac_digest(hkdf(keys.get("opener"), "accounts: stand-in salt"), lowered.encode())
        return Challenge(None, stand_in[:SALT_BYTES], cost, bucket, browser, known is not None)
    own = Cost(credential.memory_kib, credential.time, credential.parallelism)
    return Challenge(person_id, credential.salt, own, bucket, browser, known is not None, shown)


def sign_in(
    session: Session, *, challenge: Challenge, stretched: Stretched, code: str, keys: KeyRing, now: datetime
) -> SignedIn | None:
    """Begin a session under a new secret, or count a wrong try and return None (the caller commits both).

    A code, or the answer of a passkey, is accepted once; a start phrase needs neither. Raises WaitBeforeSignIn.
    """
    take_turn(session, challenge.bucket, now)
    credential = _recognised(session, challenge, stretched, now)
    if credential is None or not _second_factor(session, challenge, credential, code, keys, now):
        count_wrong_try(session, challenge.bucket, now)
        return None
    forget_tries(session, challenge.bucket)
    settle_roles(session, people=[credential.person_id], now=now)
    person = get_person(session, credential.person_id)
    if credential.is_start:
        contents = pending_contents(PendingPhrase(new_phrase(), codes.new_secret()))
    else:
        contents = _opened_keys(session, person.id, stretched, keys)
    secret, browser = secret_token(), challenge.browser or secret_token()
    begin_session(
        session,
        person_id=person.id,
        secret=decode_secret(secret),
        contents=contents,
        is_start=credential.is_start,
        now=now,
    )
    digest = sha256(browser.encode())
    insert_if_absent(session, KnownBrowser, digest=digest, person_id=person.id, since=now)
    record(session, actor=actor_for(person), act="accounts.sign-in", subject=person.id, now=now)
    return SignedIn(person.id, credential.is_start, secret, browser)


def confirm_phrase(session: Session, *, challenge: Challenge, stretched: Stretched, now: datetime) -> bool:
    """Whether somebody signed in knows their phrase; a wrong try is counted (the caller commits it).

    Raises WaitBeforeSignIn.
    """
    take_turn(session, challenge.bucket, now)
    if _recognised(session, challenge, stretched, now) is None:
        count_wrong_try(session, challenge.bucket, now)
        return False
    forget_tries(session, challenge.bucket)
    return True


def _recognised(session: Session, challenge: Challenge, stretched: Stretched, now: datetime) -> Credential | None:
    person = session.get(PersonRow, challenge.person_id) if challenge.person_id else None
    found = session.get(Credential, challenge.person_id) if challenge.person_id else None
    fits = same(found.verifier if found is not None else bytes(32), stretched.verifier)
    if person is None or found is None or person.disabled_at is not None or found.salt != challenge.salt:
        return None
    if found.expires_at is not None and now >= found.expires_at:
        return None
    return found if fits else None


def _second_factor(
    session: Session, challenge: Challenge, credential: Credential, code: str, keys: KeyRing, now: datetime
) -> bool:
    if challenge.passkey is not None and not credential.is_start:
        return use_up(session, challenge.passkey, now)
    return code_accepted(session, credential, code, keys, now)


def code_accepted(session: Session, credential: Credential, code: str, keys: KeyRing, now: datetime) -> bool:
    """Whether this is the code of now, which is then used up."""
    if credential.is_start:
        return True
    if credential.totp_sealed is None:
        return False
    secret = open_totp(keys, credential.person_id, credential.totp_sealed)
    step = codes.matching_step(secret, code, now=now, last_step=credential.totp_last_step)
    if step is None:
        return False
    # the condition is in the statement: of two people sending the same code at once, one is refused
    used = session.scalar(
        update(Credential)
        .where(Credential.person_id == credential.person_id, Credential.totp_last_step < step)
        .values(totp_last_step=step, totp_sealed=seal_totp(keys, credential.person_id, secret))
        .returning(Credential.person_id)
        .execution_options(synchronize_session=False)
    )
    return used is not None


def _opened_keys(session: Session, person_id: str, stretched: Stretched, keys: KeyRing) -> dict[str, str]:
    """The private keys for the session, the one in use and others of theirs, sealed again under the newest server
    key. Those that cannot be opened are left out."""
    found = list[PrivateKeys]()
    for row in rows_with_private(session, person_id):
        try:
            private = open_private(
                row.sealed_private or b"",
                key_id=row.id,
                person_id=person_id,
                opener=stretched.opener,
                server_keys=keys.every("opener"),
            )
        except CannotOpen:
            continue
        row.sealed_private = seal_private(
            private, person_id=person_id, opener=stretched.opener, server_key=keys.get("opener")
        )
        found.append(private)
    return keys_as_contents(*found) if found else {}


def _is_known(session: Session, browser: str, person_id: str | None) -> bool:
    if not browser or person_id is None:
        return False
    return session.get(KnownBrowser, (sha256(browser.encode()), person_id)) is not None
