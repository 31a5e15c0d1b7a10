"""Values of the accounts room that other rooms and templates may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class PersonKind(StrEnum):
    STAFF = "staff"
    OUTSIDE = "outside"
    """The outside recipient: receives reports nobody unconnected in the office could handle."""


class ConnectionKind(StrEnum):
    EMPLOYED = "employed"
    SUPERVISING = "supervising"
    DECLARED = "declared"
    ENTERED = "entered"
    SIGNED = "signed"
    VERIFIED = "verified"
    SCORED = "scored"
    INSPECTED = "inspected"
    COUNSELLED = "counselled"

    @property
    def lasts_while_open(self) -> bool:
        """Whether the connection holds until somebody ends it; the others are acts of one moment."""
        return self in (ConnectionKind.EMPLOYED, ConnectionKind.SUPERVISING, ConnectionKind.DECLARED)


NO_MAIL = "none"


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    address: str
    kind: PersonKind
    roles: tuple[str, ...]
    disabled_at: datetime | None = None
    held_back: tuple[str, ...] = ()
    """Roles that were given and have no effect, because the training they need is missing or has lapsed."""
    mail: str = ""
    """The language in which they are written to, or NO_MAIL; "" means the office's."""

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None


@dataclass(frozen=True)
class Connection:
    id: str
    person_id: str
    body_code: str
    kind: ConnectionKind
    since: datetime
    until: datetime | None
    indicator_code: str | None = None
    period: str | None = None
    cycle: str | None = None


@dataclass(frozen=True)
class Absence:
    """That somebody is away up to and with a day, and whom they named to stand in for them, if anybody."""

    until: date
    stand_in: str | None


@dataclass(frozen=True)
class Scope:
    """What a case or a score is about, as finely as known: None means 'all of them'."""

    body_code: str
    indicator_code: str | None = None
    period: str | None = None
    cycle: str | None = None


@dataclass(frozen=True)
class TrustedKey:
    """A public key that may receive wraps: anchored, or signed by two people with trusted keys."""

    person_id: str
    key_id: str
    box_public: bytes


@dataclass(frozen=True, slots=True)
class TrustedPerson:
    """Somebody active with such a key in use."""

    id: str
    name: str
    address: str
    key_id: str
    box_public: bytes


@dataclass(frozen=True)
class PrivateKeys:
    """A person's opened private keys, 32 bytes each. Never stored, logged or shown."""

    key_id: str
    box_private: bytes = field(repr=False)
    sign_seed: bytes = field(repr=False)
    former: tuple[PrivateKeys, ...] = field(default=(), repr=False)
    """Those that were in use before, as long as something may still be sealed to them."""


@dataclass(frozen=True)
class KeyCard:
    """A person's public keys with their standing, for the page on which colleagues vouch for them."""

    key_id: str
    person_id: str
    person_name: str
    fingerprint: str
    created_at: datetime
    anchored: bool
    trusted: bool
    signed_by: tuple[str, ...]
    """Ids of the people whose trusted keys signed it."""
    waiting: bool = False
    """Whether it is to take the place of another that is in use until this one is trusted."""


@dataclass(frozen=True)
class WaitingKey:
    """A key that its owner made anew, and who could still sign it."""

    key_id: str
    person_id: str
    signers: tuple[str, ...]
    """Ids of the people who may vouch for it and have not."""
    made_at: datetime


@dataclass(frozen=True)
class SessionCard:
    """A session as its owner sees it listed. `ref` names the row; it opens nothing."""

    ref: str
    started_at: datetime
    last_seen_at: datetime
    is_current: bool


@dataclass(frozen=True)
class PasskeyCard:
    """A passkey as its owner sees it listed."""

    id: str
    name: str
    credential_id: bytes
    added_on: date
    used_on: date | None


@dataclass(frozen=True)
class CertificateCard:
    """A certificate as it is listed."""

    id: str
    person_id: str
    person_name: str
    course: str
    issued_on: date
    valid_until: date


@dataclass(frozen=True)
class EndingTraining:
    """Somebody with a role whose training ends on `until`, or ended then."""

    person_id: str
    course: str
    until: date


@dataclass(frozen=True)
class Anchors:
    """Fingerprints of the first trusted keys, read from the file outside the database."""

    fingerprints: frozenset[str]

    @property
    def are_there(self) -> bool:
        """Without them nobody can say whose key is trusted: a reason to give nothing, and to take nothing."""
        return bool(self.fingerprints)


@dataclass(frozen=True)
class StartCode:
    """What an administrator hands a new or reset colleague: a phrase good for setting up, once."""

    person_id: str
    phrase: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class PendingPhrase:
    """A new phrase being shown; with the secret of the one-time codes at the first setting up."""

    phrase: str = field(repr=False)
    totp_secret: str | None = field(repr=False)


@dataclass(frozen=True)
class Policy:
    """What the assembly tells this room: which role holds what, and how long a connection outlasts its end."""

    roles: Mapping[str, frozenset[str]]
    incompatible: frozenset[frozenset[str]] = frozenset()
    connection_lasts: timedelta = timedelta(days=730)
    training: Mapping[str, str] = field(default_factory=dict)
    """Which course a role needs, for those that need one."""
    courses: Mapping[str, int] = field(default_factory=dict)
    """For how many months the certificates of a course are valid."""
