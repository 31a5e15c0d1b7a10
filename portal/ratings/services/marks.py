"""A person's mark, and what they add to it, on their way into the holding table.

This is the one busy path of the portal: one statement without a receipt, three with one, no mapped object.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.foundation.crypto import hmac_digest
from portal.foundation.db import Database
from portal.foundation.i18n import N_
from portal.foundation.keys import KeyRing
from portal.ratings.codes import code_of, read_code
from portal.ratings.details import LOW, Details
from portal.ratings.errors import OtherRequest, ReceiptNotUsable
from portal.ratings.models import FollowUpRow, HeldRow
from portal.ratings.rules.integrity import ReceiptAge
from portal.ratings.services.offices import use_office_key
from portal.ratings.services.receipts import NOT_USABLE, redeem
from portal.ratings.values import Channel, KeyUse, Level, Office, month_of

_HELD = HeldRow.__table__
_ROW = (
    "key",
    "service",
    "period",
    "level",
    "channel",
    "verified",
    "text",
    "details",
    "follow_up",
    "age",
    "own_network",
)
_SENT_AGAIN = ("level", "text", "details", "follow_up", "own_network")


def _upsert(make: Any) -> Any:
    """Insert; the same form sent again while the row is held changes the level, once folded nothing."""
    insert = make(_HELD).values({name: bindparam(name, type_=_HELD.c[name].type) for name in _ROW})
    sent = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["key"],
        set_={name: sent[name] for name in _SENT_AGAIN}
        | {"verified": _HELD.c.verified | sent.verified, "age": func.coalesce(_HELD.c.age, sent.age)},
        where=_HELD.c.folded_on.is_(None) & (_HELD.c.service == sent.service),
    )


_UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}
_SENT = select(_HELD.c.service, _HELD.c.level, _HELD.c.folded_on).where(_HELD.c.key == bindparam("key"))
_FOUND = select(_HELD.c.verified, _HELD.c.folded_on).where(_HELD.c.key == bindparam("key"))


@dataclass(frozen=True)
class Mark:
    """One person's level for one service, and the way it came: its channel, and whether from the network of the
    very body that is rated."""

    service: str
    level: Level
    channel: Channel = Channel.WEB
    own_network: bool = False


def mark_key(keys: KeyRing, submission_id: str) -> bytes:
    """Where the mark of a form is held: the same form sent twice finds its own row, nobody else can."""
    return hmac_digest(keys.get("mark"), b"mark" + submission_id.encode())


def comment_key(keys: KeyRing, submission_id: str) -> bytes:
    return hmac_digest(keys.get("mark"), b"comment" + submission_id.encode())


def follow_up_code(keys: KeyRing, submission_id: str) -> str:
    """The code by which the giver of a low mark comes back for the answer; the same for the same form."""
    return code_of(hmac_digest(keys.get("mark"), b"follow-up of" + submission_id.encode()))


def follow_up_key(keys: KeyRing, typed: str) -> bytes | None:
    """How a follow-up code is known here, or None when what was typed cannot be a code."""
    code = read_code(typed)
    return None if code is None else hmac_digest(keys.get("mark"), b"follow-up" + code.encode())


def known_follow_up(session: Session, keys: KeyRing, typed: str) -> bytes | None:
    """How a follow-up code is known here, though the server key was changed since it was given out.

    None when what was typed cannot be a code. Nothing is looked up as long as there is one key.
    """
    code = read_code(typed)
    if code is None:
        return None
    digests = [hmac_digest(key, b"follow-up" + code.encode()) for key in keys.every("mark")]
    if len(digests) == 1:
        return digests[0]
    return session.scalar(select(FollowUpRow.key).where(FollowUpRow.key.in_(digests))) or digests[0]


def save_mark(session: Session, *, key: bytes, mark: Mark, receipt: bytes | None, now: datetime) -> None:
    """Hold `mark` under `key` until the next fold; redeem `receipt` (its key) when there is one.

    The same key again changes the level while the mark is held, counts nothing twice and spends nothing
    twice; once folded it does nothing. Raises ReceiptNotUsable, and then nothing was written.
    """
    age = None
    if receipt is not None and not _settled(session, key):
        age = redeem(session, key=receipt, service=mark.service, now=now)
        if age is None and not _settled(session, key):  # a double click may just have redeemed it
            raise ReceiptNotUsable(NOT_USABLE)
    _hold(session, _row(key, mark, month_of(now), verified=receipt is not None, age=age))


def save_open_mark(database: Database, *, key: bytes, mark: Mark, now: datetime) -> None:
    """`save_mark` for a mark without receipt, in a transaction of its own.

    Most marks of a busy hall come this way, each one statement: it is run without a session.
    """
    database.execute_alone(_UPSERT[database.dialect], _row(key, mark, month_of(now), verified=False))


def save_from_office(
    session: Session,
    *,
    office: Office,
    idempotency_key: str,
    mark: Mark,
    details: Details,
    text: str | None,
    keys: KeyRing,
    now: datetime,
) -> None:
    """Hold a mark that a body's own system sends, and what came with it; never verified, never twice.

    Sent again with the same idempotency key it changes nothing. Raises NotThisUse, UsedUp, and OtherRequest when
    the key came with another mark before, as long as that one is held.
    """
    use_office_key(session, office, KeyUse.RATINGS, count=1, now=now)
    said = f"office|{office.key_id}|{idempotency_key}".encode()
    mark, sent, found = replace(mark, channel=Channel.API), b"", None
    for key in reversed(keys.every("mark")):  # it may have been sent before the server key was changed
        sent = hmac_digest(key, said)
        found = session.connection().execute(_SENT, {"key": sent}).one_or_none()
        if found is not None:
            break
    if found is not None and found.folded_on is None:
        if (found.service, found.level) != (mark.service, mark.level.value):
            raise OtherRequest(N_("This idempotency key was used for another request."))
        return
    _hold(session, _row(sent, mark, month_of(now), verified=False))
    if text or details:
        more = hmac_digest(sent, b"more")
        add_to_mark(session, key=more, mark=mark, period=month_of(now), text=text, details=details)


def add_to_mark(
    session: Session,
    *,
    key: bytes,
    mark: Mark,
    period: str,
    text: str | None = None,
    details: Details | None = None,
    follow_up: bytes | None = None,
) -> None:
    """Hold what somebody adds to their mark under `key`; the same key again replaces it until the fold.

    `follow_up` is the key of the code by which they will ask for the answer they want; only a low mark has
    reasons and an answer.
    """
    given = details or Details()
    if mark.level not in LOW:
        given, follow_up = Details(given.dimensions, capacity=given.capacity), None
    row = _row(key, mark, period) | {"text": text or None, "details": given.as_json(), "follow_up": follow_up}
    _hold(session, row)


def _row(
    key: bytes, mark: Mark, period: str, *, verified: bool | None = None, age: ReceiptAge | None = None
) -> dict[str, Any]:
    """A mark says whether it is verified, an addition to one does not; of a verified mark nothing is noted but how
    old its receipt was, of another one whether it came from the body's own network."""
    return {
        "key": key,
        "service": mark.service,
        "period": period,
        "level": mark.level.value,
        "channel": mark.channel.value,
        "verified": verified,
        "text": None,
        "details": None,
        "follow_up": None,
        "age": None if age is None else age.value,
        "own_network": mark.own_network if verified is False else None,
    }


def _hold(session: Session, row: dict[str, Any]) -> None:
    session.connection().execute(_UPSERT[session.get_bind().dialect.name], row)


def _settled(session: Session, key: bytes) -> bool:
    """Whether this form's mark already has its receipt, or is folded, so that none is to be redeemed."""
    found = session.connection().execute(_FOUND, {"key": key}).one_or_none()
    return found is not None and (found.folded_on is not None or bool(found.verified))
