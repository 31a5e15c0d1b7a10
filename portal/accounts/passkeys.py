"""Passkeys (W3C Web Authentication): a second factor in place of the one-time code, never of the pass phrase.

A passkey shows that whoever signs in holds a device; it opens no key, so losing one to a thief opens nothing. A
challenge is made without being stored: it bears the moment it was made and a MAC. An answer is taken once, since
the moment of its challenge must be later than that of the last one taken from the same passkey.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from portal.accounts.errors import PasskeyRefused
from portal.foundation.crypto import hkdf, hmac_digest, same
from portal.foundation.ids import random_bytes
from portal.foundation.keys import KeyRing

SIGN_IN = "sign-in"
CHALLENGE_LASTS = timedelta(hours=2)  # as the form it stands in
MOST_BYTES = 20_000
_MAC = 16


@dataclass(frozen=True)
class Answer:
    """What a browser sent, its challenge found to be ours: by which passkey, and when the challenge was made."""

    credential_id: bytes
    issued: int
    """Microseconds since 1970."""
    challenge: bytes = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class NewPasskey:
    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int


def registering(session_ref: str) -> str:
    """The purpose of a challenge for adding a passkey: good in one session only."""
    return f"register {session_ref}"


def new_challenge(keys: KeyRing, *, purpose: str, now: datetime) -> bytes:
    said = int(now.timestamp() * 1_000_000).to_bytes(8, "big") + random_bytes(16)
    return said + _mac(keys.get("form-token"), purpose, said)


def read_answer(text: str, *, keys: KeyRing, purpose: str, now: datetime) -> Answer:
    """Raises PasskeyRefused when it is none, or not to a fresh challenge of ours for this purpose."""
    try:
        if len(text) > MOST_BYTES:
            raise ValueError("too long")
        said = json.loads(text)
        client = json.loads(_bytes(said["response"]["clientDataJSON"]))
        challenge, credential_id = _bytes(client["challenge"]), _bytes(said["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasskeyRefused from None
    plain, mac = challenge[:-_MAC], challenge[-_MAC:]
    issued = int.from_bytes(plain[:8], "big")
    fits = any(same(mac, _mac(key, purpose, plain)) for key in keys.every("form-token"))
    age = now.timestamp() - issued / 1_000_000
    if not fits or not -1 <= age <= CHALLENGE_LASTS.total_seconds():
        raise PasskeyRefused
    return Answer(credential_id, issued, challenge, text)


def check_new(answer: Answer, *, origin: str) -> NewPasskey:
    """Raises PasskeyRefused."""
    import webauthn  # here: a tenth of a second that only passkeys need, not every start of a process
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_registration_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=party_of(origin),
            expected_origin=origin,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise PasskeyRefused from None
    return NewPasskey(found.credential_id, found.credential_public_key, found.sign_count)


def check(answer: Answer, *, origin: str, public_key: bytes, sign_count: int) -> int:
    """Its new count of signatures. Raises PasskeyRefused when it did not sign, or its count went back."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=party_of(origin),
            expected_origin=origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise PasskeyRefused from None
    return found.new_sign_count


def party_of(origin: str) -> str:
    """The host a passkey is bound to: one made for this portal works on no other site."""
    return urlsplit(origin).hostname or ""


def written(data: bytes) -> str:
    """Bytes as the browser's interface writes them: base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _mac(key: bytes, purpose: str, said: bytes) -> bytes:
    return hmac_digest(hkdf(key, "accounts: passkey challenges"), purpose.encode() + b"\0" + said)[:_MAC]
