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
from portal.accounts.models import ConnectionRow, HandlerKey, KeySignature, PersonRow, RoleGrant
from portal.accounts.permissions import AccountsPermission
from portal.accounts.values import Anchors, Policy, Scope, TrustedPerson
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
        type_coerce(HandlerKey.retired_at, String),
    ).order_by(HandlerKey.created_at, HandlerKey.id)
)
_SIGNATURES = Read(select(KeySignature.key_id, KeySignature.signer_key_id, KeySignature.signature))
_SINCE, _UNTIL = (type_coerce(column, String) for column in (ConnectionRow.since, ConnectionRow.until))
_CONNECTED = Read(
    select(ConnectionRow.person_id)
    .where(
        ConnectionRow.body_code == bindparam("body", type_=String),
        *(
            or_(bindparam(name, type_=String).is_(None), column.is_(None), column == bindparam(name, type_=String))
            for name, column in (
                ("indicator", ConnectionRow.indicator_code),
                ("period", ConnectionRow.period),
                ("cycle", ConnectionRow.cycle),
            )
        ),
        bindparam("now", type_=String) >= _SINCE,
        or_(_UNTIL.is_(None), bindparam("ended", type_=String) <= _UNTIL),
    )
    .distinct()
)


def trusted_people(
    session: Session, permissions: Sequence[str], anchors: Anchors, *, even_held_back: bool = False
) -> Mapping[str, tuple[TrustedPerson, ...]]:
    """For each permission those of its active holders whose key in use may receive wraps, by id.

    The same keys as `trusted_keys` gives, with their owners; `even_held_back`: see `people_with`.
    """
    session.flush()  # what this transaction has changed is asked for, too
    asked = tuple(permissions), anchors.fingerprints, even_held_back
    found = _PEOPLE.rows(session), _KEYS.rows(session), _SIGNATURES.rows(session)
    known = _KNOWN.get(asked)
    if known is None or known[0] is not policy.current() or known[1] != found:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[asked] = policy.current(), found, _sound(*found, *asked)
    return known[2]


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


_KNOWN: dict[Any, tuple[Policy, Any, Mapping[str, tuple[TrustedPerson, ...]]]] = {}
"""What came of the rows that were read last: they are the same for days, and every page of a report asks."""
_MOST_KNOWN = 32


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
        if row[4] is None and standing[key.key_id].trusted and key.person_id in people
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
            body=scope.body_code,
            indicator=scope.indicator_code,
            period=scope.period,
            cycle=scope.cycle,
            now=now,
            ended=ended,
        )
    )


def _moment(at: datetime) -> str:
    """As `foundation.db.UtcDateTime` stores it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
