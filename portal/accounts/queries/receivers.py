"""Who may receive a case, asked with every page of a report: few reads for all permissions and people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, bindparam, or_, select, type_coerce
from sqlalchemy.orm import Session

from portal.accounts import policy, rules
from portal.accounts.key_pairs import PublicKeys
from portal.accounts.models import ConnectionRow, HandlerKey, KeySignature, PersonRow, RoleGrant, Standing
from portal.accounts.permissions import AccountsPermission
from portal.accounts.values import Anchors, Policy, Scope, TrustedPerson
from portal.foundation.db import Database
from portal.foundation.reads import Read, Rows

_PEOPLE = Read(
    select(PersonRow.id, PersonRow.name, PersonRow.address, RoleGrant.role, RoleGrant.held_back)
    .join(RoleGrant, RoleGrant.person_id == PersonRow.id)
    .where(PersonRow.disabled_at.is_(None))
    .order_by(PersonRow.id)
)
_KEYS = Read(
    select(
        *(HandlerKey.id, HandlerKey.person_id, HandlerKey.box_public, HandlerKey.sign_public),
        HandlerKey.retired_at.is_(None) & ~HandlerKey.waiting,
    ).order_by(HandlerKey.created_at, HandlerKey.id)
)
_SIGNATURES = Read(select(KeySignature.key_id, KeySignature.signer_key_id, KeySignature.signature))
_SINCE, _UNTIL = (type_coerce(column, String) for column in (ConnectionRow.since, ConnectionRow.until))
_TOUCHED = (
    ConnectionRow.body_code == bindparam("body", type_=String),
    *(
        or_(bindparam(name, type_=String).is_(None), column.is_(None), column == bindparam(name, type_=String))
        for name, column in (
            ("indicator", ConnectionRow.indicator_code),
            ("period", ConnectionRow.period),
            ("cycle", ConnectionRow.cycle),
        )
    ),
)
_CONNECTED = Read(
    select(ConnectionRow.person_id)
    .where(
        *_TOUCHED,
        bindparam("now", type_=String) >= _SINCE,
        or_(_UNTIL.is_(None), bindparam("ended", type_=String) <= _UNTIL),
    )
    .distinct()
)
_LINKS = Read(select(ConnectionRow.person_id, _SINCE, _UNTIL).where(*_TOUCHED))


STAMP = select(Standing.stamp).scalar_subquery()
"""A column for the queries of others: what `receiving` may go by, as of the moment of the query."""
_STAMP = Read(select(Standing.stamp))


def trusted_people(
    session: Session, permissions: Sequence[str], anchors: Anchors, *, even_held_back: bool = False
) -> Mapping[str, tuple[TrustedPerson, ...]]:
    """For each permission those of its active holders whose key in use may receive wraps, by id.

    The same keys as `trusted_keys` gives, with their owners; `even_held_back`: see `people_with`.
    """
    session.flush()  # what this transaction has changed is asked for, too
    found = _PEOPLE.rows(session), _KEYS.rows(session), _SIGNATURES.rows(session)
    return _sound(*found, tuple(permissions), anchors.fingerprints, even_held_back)


def left_too_few(
    session: Session, *, person_id: str, body_code: str, anchors: Anchors, at: datetime
) -> int | None:
    """How many who handle reports could still receive those about a body once this person is connected to it.

    None where that is enough, or where this person is not one of them as it is.
    """
    handlers = trusted_people(session, (AccountsPermission.SIGN_KEYS,), anchors)[AccountsPermission.SIGN_KEYS]
    free = {one.id for one in handlers} - connected_people(session, (Scope(body_code),), at=at)
    left = len(free - {person_id})
    return left if person_id in free and left < rules.FEWEST_LEFT else None


class Trusted:
    """Those whose key in use may receive wraps, by permission. It is the same thing until something changes: what
    is made of it can be remembered by it."""

    def __init__(self, found: Mapping[str, tuple[TrustedPerson, ...]]) -> None:
        self._found = found

    def __getitem__(self, permission: str) -> tuple[TrustedPerson, ...]:
        return self._found[permission]


class _Known:
    """What was read while the stamp was this one: it is the same for days, and every page of a report asks."""

    def __init__(self, stamp: str) -> None:
        self.stamp = stamp
        self.trusted: dict[Any, tuple[Policy, Trusted]] = {}
        self.links: dict[Scope, Rows] = {}


_KNOWN: list[_Known] = []
"""The newest first: of the databases this process uses, and of those who still read what was before."""
_MOST_KNOWN, _MOST_LINKS = 8, 5000


def receiving(
    database: Database,
    permissions: Sequence[str],
    scopes: Iterable[Scope],
    anchors: Anchors,
    *,
    at: datetime,
    stamp: str | None = None,
) -> tuple[Trusted, frozenset[str]]:
    """What `trusted_people` and `connected_people` say of what is committed, without reading it each time.

    `stamp`: STAMP as it was just read; where it is not given, or somebody or something has changed since what is
    known here was read, the database is asked.
    """
    wanted, right = tuple(scopes), (tuple(permissions), anchors.fingerprints)
    stamp = stamp or database.read_alone(_STAMP)[0][0]
    known = next((one for one in _KNOWN if one.stamp == stamp), None) or _Known(stamp)
    trusted, links = known.trusted.get(right), known.links
    if trusted is None or trusted[0] is not policy.current() or any(one not in links for one in wanted):
        trusted, links = _read(database, right, wanted)
    if not any(links[one] for one in wanted):
        return trusted[1], frozenset()
    now, ended = _moment(at), _moment(at - policy.current().connection_lasts)
    near = frozenset(
        person_id
        for one in wanted
        for person_id, since, until in links[one]
        if since <= now and (until is None or ended <= until)
    )
    return trusted[1], near


def _read(
    database: Database, right: tuple[tuple[str, ...], frozenset[str]], scopes: Sequence[Scope]
) -> tuple[tuple[Policy, Trusted], dict[Scope, Rows]]:
    """Read it, with the stamp of the same moment, and know it from now on."""
    permissions, fingerprints = right
    with database.read() as session:
        stamp = _STAMP.rows(session)[0][0]
        known = next((one for one in _KNOWN if one.stamp == stamp), None) or _Known(stamp)
        found = _PEOPLE.rows(session), _KEYS.rows(session), _SIGNATURES.rows(session)
        found_links = {one: _LINKS.rows(session, **_asked(one)) for one in scopes}
    trusted = policy.current(), Trusted(_sound(*found, permissions, fingerprints, even_held_back=False))
    known.trusted[right] = trusted
    links = known.links = {**(known.links if len(known.links) < _MOST_LINKS else {}), **found_links}
    _KNOWN[:] = [known, *(one for one in _KNOWN if one is not known)][:_MOST_KNOWN]
    return trusted, links


def _sound(
    named: Rows,
    with_keys: Rows,
    signed: Rows,
    permissions: Sequence[str],
    fingerprints: frozenset[str],
    even_held_back: bool,
) -> Mapping[str, tuple[TrustedPerson, ...]]:
    """What the rows of the three queries say."""
    people: dict[str, tuple[str, str]] = {}
    roles: dict[str, list[str]] = defaultdict(list)
    for person_id, name, address, role, held_back in named:
        people[person_id] = name, address
        if even_held_back or not held_back:
            roles[person_id].append(role)
    rights = {one: rules.permissions_of(policy.current(), roles[one]) for one in people}
    keys = {row[0]: PublicKeys(*row[:4]) for row in with_keys}
    standing = rules.standing(keys, [rules.Voucher(*row) for row in signed], fingerprints)
    sound = [
        TrustedPerson(key.person_id, *people[key.person_id], key.key_id, key.box_public)
        for key, row in zip(keys.values(), with_keys, strict=True)
        if row[4] and standing[key.key_id].trusted and key.person_id in people
    ]
    sound.sort(key=lambda one: one.id)
    return {right: tuple(one for one in sound if right in rights[one.id]) for right in permissions}


def connected_people(session: Session, scopes: Iterable[Scope], *, at: datetime) -> frozenset[str]:
    """Everybody whom something connects to any of these; the same decision as `is_connected_to`."""
    session.flush()
    now, ended = _moment(at), _moment(at - policy.current().connection_lasts)
    return frozenset(
        person_id
        for scope in scopes
        for (person_id,) in _CONNECTED.rows(
            session,
            **_asked(scope),
            now=now,
            ended=ended,
        )
    )


def _asked(scope: Scope) -> dict[str, str | None]:
    return {
        "body": scope.body_code,
        "indicator": scope.indicator_code,
        "period": scope.period,
        "cycle": scope.cycle,
    }


def _moment(at: datetime) -> str:
    """As `foundation.db.UtcDateTime` stores it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
