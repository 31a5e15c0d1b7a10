"""Tables of people, credentials, sessions, keys and connections."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.values import ConnectionKind, PersonKind
from portal.foundation.db import Base, UtcDateTime


def _one_of(column: str, values: type[ConnectionKind] | type[PersonKind], name: str) -> CheckConstraint:
    return CheckConstraint(
        "{} IN ({})".format(column, ", ".join(f"'{value.value}'" for value in values)), name=name
    )


_NOT_RETIRED = text("retired_at IS NULL")


class PersonRow(Base):
    __tablename__ = "person"
    __table_args__ = (_one_of("kind", PersonKind, "kind"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(254), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail: Mapped[str | None] = mapped_column(String(16))
    """The language mail is written in, or accounts.values.NO_MAIL; empty: as the office does."""


class RoleGrant(Base):
    __tablename__ = "role_grant"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(64), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_back: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Granted, but of no effect while the training it needs is missing or has lapsed."""


class Certificate(Base):
    """That somebody was trained in a course. `recorded_by` is the person who vouches for it, or the system."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("valid_until >= issued_on", name="days"),
        Index(None, "person_id", "course"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    course: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(String(26))


class Credential(Base):
    """How a person is recognised. A start credential is good for setting up once, and has no code."""

    __tablename__ = "credential"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    is_start: Mapped[bool]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32))
    memory_kib: Mapped[int] = mapped_column(Integer)
    time: Mapped[int] = mapped_column(Integer)
    parallelism: Mapped[int] = mapped_column(Integer)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(Integer, default=0)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A passkey's public half. `last_challenge` is when the challenge it last answered was made, in microseconds:
    answers to older ones are not taken. Of the device nothing is kept but the name its owner gave it."""

    __tablename__ = "passkey"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    last_challenge: Mapped[int] = mapped_column(BigInteger)
    added_on: Mapped[date] = mapped_column(Date)
    used_on: Mapped[date | None] = mapped_column(Date)


class HandlerKey(Base):
    """A person's key pair. Of those that are not retired one is in use, and one more may wait to take its place.

    A retired one whose private half is there was in use before; that goes once nothing is sealed to it any more.
    """

    __tablename__ = "handler_key"
    __table_args__ = (
        Index(
            "uq_handler_key_not_retired",
            "person_id",
            "waiting",
            unique=True,
            sqlite_where=_NOT_RETIRED,
            postgresql_where=_NOT_RETIRED,
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    box_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_private: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Made by its owner to take the place of the one in use, once two colleagues have signed it."""


class KeySignature(Base):
    __tablename__ = "key_signature"

    key_id: Mapped[str] = mapped_column(ForeignKey("handler_key.id"), primary_key=True)
    signer_key_id: Mapped[str] = mapped_column(ForeignKey("handler_key.id"), primary_key=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeskSession(Base):
    """A session. `sealed` opens with the session's own key, which lies only under secrets that cookies hold."""

    __tablename__ = "desk_session"

    ref: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    is_start: Mapped[bool]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wrong_codes: Mapped[int] = mapped_column(Integer, default=0)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class DeskSecret(Base):
    """A secret of a session: the one in use, its follower until that is used, and those that were replaced.

    `digest` is SHA-256 of the secret, `key` the session's key under it (gone once it opens nothing any more),
    `nonce` what its follower is derived with, `spent_at` when another took its place, `proved_at` when whoever
    holds it last proved to be the person.
    """

    __tablename__ = "desk_secret"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    ref: Mapped[str] = mapped_column(ForeignKey("desk_session.ref", ondelete="CASCADE"), index=True)
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    nonce: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    is_new: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    spent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionAlarm(Base):
    """That a session of a person was held by two, until they have read it."""

    __tablename__ = "session_alarm"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnownBrowser(Base):
    """A browser in which a person once signed in: wrong tries made elsewhere do not slow it."""

    __tablename__ = "known_browser"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class WrongTries(Base):
    """Wrong tries against one address from one class of clients; both are hidden in `bucket`."""

    __tablename__ = "wrong_tries"

    bucket: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AbsenceRow(Base):
    """That a person is away up to and with a day, and who may sign in their place."""

    __tablename__ = "absence"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    until: Mapped[date] = mapped_column(Date)
    stand_in_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class ConnectionRow(Base):
    __tablename__ = "connection"
    __table_args__ = (
        _one_of("kind", ConnectionKind, "kind"),
        Index(None, "person_id", "body_code"),
        Index(None, "body_code"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    body_code: Mapped[str] = mapped_column(String(80))
    indicator_code: Mapped[str | None] = mapped_column(String(80))
    period: Mapped[str | None] = mapped_column(String(20))
    cycle: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Standing(Base):
    """One row, whose stamp changes in each transaction that changes who may receive a report: people, roles, keys,
    signatures of keys, or connections. The database does it itself (see the migration)."""

    __tablename__ = "standing"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(32))
